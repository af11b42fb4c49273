"""What `manage.py up` does, step by step: a port, a database, its tables and first data, and then the server."""


class CannotStart(RuntimeError):  # noqa: N818
    """Together cannot start as it is configured; the message is one sentence that says why."""
