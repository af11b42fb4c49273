"""An account of every request: its id in all that is logged of it, its figures in the metrics, a line at its end."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from together import logs, metrics

GetResponse = Callable[[HttpRequest], HttpResponse]

_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


class AccountingMiddleware:
    """The outermost: it also sees what the others refuse. Answers tell the id as `X-Request-ID`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        id = logs.request_id(request.headers.get("X-Request-ID", ""))
        # Never undone, only begun anew: Django has its say about an answer after the last of the middleware.
        logs.begin(request_id=id)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = id
        self._account(request, response, time.perf_counter() - began)
        return response

    def _account(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        # Both have few values, whatever clients send.
        method, route = request.method if request.method in _METHODS else "other", _route(request)
        metrics.answered(str(method), route, response.status_code, seconds)
        if logs.access.isEnabledFor(logging.INFO):
            facts = {"method": method, "route": route, "status": response.status_code, "ms": round(seconds * 1000, 1)}
            if not response.streaming:
                facts["bytes"] = len(response.content)
            logs.access.info("%s %s %s", method, route, response.status_code, extra=facts)


def _route(request: HttpRequest) -> str:
    """The pattern of the address, never the address itself."""
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    return settings.STATIC_URL if request.path.startswith(settings.STATIC_URL) else "none"
