"""What a process that serves for weeks tells Python's garbage collector."""

import gc


def settle() -> None:
    """Leave alone from now on what has been loaded: it stays, and looking through it took a tenth of each request."""
    gc.collect()
    gc.freeze()
