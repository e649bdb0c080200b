"""A small world on loopback for training, demonstration and tests; nothing in it is real."""
