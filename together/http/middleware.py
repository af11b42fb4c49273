"""What happens around every HTTP request."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework.exceptions import APIException

from together import limits
from together.http.address import client_address, is_trusted
from together.refusals import TooMany
from together.rest.errors import body_of, translated

GetResponse = Callable[[HttpRequest], HttpResponse]


class ClientAddressMiddleware:
    """Sets `request.client_address`, and believes nobody but trusted proxies about what they forward."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        if not is_trusted(peer):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        request.client_address = client_address(peer, request.headers.get("X-Forwarded-For", ""))  # type: ignore[attr-defined]
        return self.get_response(request)


class RateLimitMiddleware:
    """Limits requests per client address, all but health checks and static files."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/api/health" and not request.path.startswith(("/api/health/", settings.STATIC_URL)):
            try:
                limits.hit_address("address", request.client_address)  # type: ignore[attr-defined]
            except TooMany as refusal:
                return refuse(request, refusal)
        return self.get_response(request)


class RefusalMiddleware:
    """Turns the refusals of actions into pages. (The API's viewsets answer for themselves.)"""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = translated(error)
        return refuse(request, refusal) if isinstance(refusal, APIException) else None


def wants_json(request: HttpRequest) -> bool:
    """Whether a program reads the answer: the API's clients, and our own scripts."""
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")


def refuse(request: HttpRequest, refusal: APIException) -> HttpResponse:
    """A refusal as its reader understands it: JSON under `/api` and for scripts, a page for people."""
    content: dict[str, Any] = body_of(refusal)
    if wants_json(request):
        response: HttpResponse = JsonResponse(content, status=refusal.status_code)
    else:
        response = render(request, "error.html", {"sentence": content["error"]}, status=refusal.status_code)
    if wait := getattr(refusal, "wait", None):
        response["Retry-After"] = str(wait)
    return response
