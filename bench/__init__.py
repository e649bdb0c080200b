"""Benchmarks: our figures beside the peers' of the same run, as ratios. Run them with ``make bench``."""
