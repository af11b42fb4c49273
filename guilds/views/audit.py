"""The audit log of a server."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from accounts.pages import person, signed_in
from guilds import access, audit
from guilds.retelling import ACTS, act_in_words, retell
from guilds.views.frame import show
from guilds.views.methods import page
from together.rest.fields import parse_id

PAGE = 50


@page
@signed_in
def audit_log(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """What was done, the newest first, narrowed to one kind of act or one actor."""
    server = access.find_server(person(request), server_id)
    entries = audit.log_of(person(request), server)
    action = request.GET.get("action", "")
    narrowed: dict[str, Any] = {"action": action} if action in ACTS else {}
    actor_id = parse_id(request.GET.get("actor"))
    if actor_id:
        narrowed["actor_id"] = actor_id
    found = audit.page(entries, before=parse_id(request.GET.get("before")), limit=PAGE + 1, **narrowed)
    shown = found[:PAGE]
    chosen = {"action": narrowed.get("action", ""), "actor": str(actor_id or "")}
    actors = entries.exclude(actor=None).order_by("actor__username").values_list("actor_id", "actor__username")
    return show(
        request,
        "guilds/settings/audit_view.html",
        server,
        tab="settings_audit",
        told=retell(shown, person(request), server),
        acts=sorted(((word, act_in_words(word)) for word in ACTS), key=lambda one: one[1]),
        actors=actors.distinct(),
        chosen=chosen,
        older=urlencode({**chosen, "before": shown[-1].pk}) if len(found) > PAGE else "",
    )
