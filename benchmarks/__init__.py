"""Moderato against its peers and its machine's limits: ``python -m benchmarks --help``."""
