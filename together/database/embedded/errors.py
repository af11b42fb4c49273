"""What can go wrong with an embedded cluster."""


class DatabaseUnavailable(RuntimeError):  # noqa: N818
    """The embedded database cannot be had; the message is one sentence for the person who starts Together."""
