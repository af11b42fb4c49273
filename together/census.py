"""How many sockets are open in this process."""

_open = 0


def open_sockets() -> int:
    return _open


def count(change: int) -> None:
    """One more, or one less. Called on the event loop only."""
    global _open
    _open += change
