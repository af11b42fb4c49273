"""Together: a self-hosted home for private communities."""

__version__ = "0.1.0"
