"""Faults done to real processes over the practice world, and what of it the store shows afterwards."""
