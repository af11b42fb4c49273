"""The request as the site is given it."""

from django.core.handlers.wsgi import WSGIRequest


class Request(WSGIRequest):
    """Forgets everything when it is closed, once it has been answered.

    Middleware and views hang on it what knows the request again. That would stay until Python's garbage collector finds
    it, which holds up all threads while it looks. (Pages still leave it the contexts of their templates.)
    """

    def close(self) -> None:
        super().close()
        self.__dict__.clear()
