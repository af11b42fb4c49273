"""What this process can say of itself: how long it runs, and how many sockets are open in it."""

import time

_started = time.monotonic()
_open = 0


def uptime() -> int:
    """Whole seconds since this process began."""
    return int(time.monotonic() - _started)


def open_sockets() -> int:
    return _open


def count(change: int) -> None:
    """One more, or one less. Called on the event loop only."""
    global _open
    _open += change
