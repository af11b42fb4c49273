"""Where everybody starts, and what they see when something is wrong."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guilds import access
from together import metrics
from together.http.middleware import wants_json


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The first of one's servers, or the page that helps to find one."""
    server = access.visible_servers(request.user).order_by("created_at", "id").first()  # type: ignore[arg-type]
    return redirect("server", server.pk) if server else redirect("servers")


def measures(request: HttpRequest) -> HttpResponse:
    """Prometheus, for the bearer of METRICS_TOKEN; for all others there is no such page."""
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given, wanted):
        return not_found(request)
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(request, 403, _("This form was open for too long. Please go back, reload the page and try again."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, _("The request was not understood."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403, _("You may not do that."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404, _("There is no such page."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, 500, _("Something went wrong on our side."))


def _error(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    return render(request, "error.html", {"sentence": sentence}, status=status)
