"""Benchmarks: `python bench/NAME.py` prints what it measured."""
