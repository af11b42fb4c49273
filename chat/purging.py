"""The page on which a moderator deletes many messages at once."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.pages import person, signed_in
from chat import access, actions
from chat.forms import PurgeForm
from guilds.access import require
from guilds.permissions import Permission
from together.forms import show_form


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def purge(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """Asks which messages of a channel shall go; `after` and `before`, ids of messages, narrow it down."""
    channel = access.find_channel(person(request), channel_id, server=server_id)
    require(person(request), Permission.MANAGE_MESSAGES, channel)
    given = {name: request.GET[name] for name in ("after", "before", "person") if name in request.GET}
    form = PurgeForm(request.POST if request.method == "POST" else None, channel=channel, initial=given)
    back = reverse("channel", args=[server_id, channel_id])
    if request.method == "POST" and form.carried_out(actions.purge_messages, actor=person(request), channel=channel):
        done = ngettext("{count} message was deleted.", "{count} messages were deleted.", form.result)
        messages.success(request, done.format(count=form.result))
        return redirect(back)
    return show_form(request, "chat/purge_view.html", form, channel=channel, back=back)
