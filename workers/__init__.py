"""Processes that work through what Redis holds; run one with ``python -m workers.NAME``."""
