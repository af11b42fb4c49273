"""Reading a channel, and sending, editing and deleting messages."""

import uuid
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.pages import person, signed_in
from chat import access, actions
from chat.forms import EditForm, MessageForm
from chat.history import page
from chat.models import MAX_CONTENT, Message
from chat.read_states import first_unread
from guilds.access import flags
from guilds.models import Channel
from guilds.panels import panels
from guilds.permissions import Permission
from guilds.reasons import reason
from together.forms import duration, explain, from_script, show_form
from together.refusals import Forbidden, NotFound
from together.rest.fields import parse_id

# Rows of history on one page.
PAGE = 50

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@signed_in
def channel(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """A channel: its newest messages, or a page of older ones; what is posted here is sent."""
    found = access.find_channel(person(request), channel_id, server=server_id)
    if request.method == "POST":
        return _send(request, found)
    if request.headers.get("HX-Request"):
        return render(request, "chat/_history.html", _history(request, found))
    ahead = request.headers.get("Sec-Purpose", "").startswith("prefetch")
    opens = request.method == "GET" and "before" not in request.GET and not ahead
    context = _opened(request, found) if opens else _around(request, found)
    return show_form(request, "chat/channel_view.html", MessageForm(), **context)


@require_POST
@signed_in
def read(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """Somebody has read a channel, up to a message: for the script that knows what is on the screen."""
    found = access.find_channel(person(request), channel_id, server=server_id)
    message_id = parse_id(request.POST.get("message_id"))
    if message_id is None:
        raise NotFound
    actions.acknowledge(actor=person(request), channel=found, message_id=message_id)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD"])
@signed_in
def composer(request: HttpRequest, server_id: uuid.UUID, channel_id: uuid.UUID) -> HttpResponse:
    """Where one types, or why one cannot, for the script that keeps it fresh."""
    found = access.find_channel(person(request), channel_id, server=server_id)
    context = {"form": MessageForm(), "channel": found, **_composer(request, found)}
    return render(request, "chat/_composer_area.html", context)


def _send(request: HttpRequest, channel: Channel) -> HttpResponse:
    form = MessageForm(request.POST)
    if form.carried_out(actions.send_message, actor=person(request), channel_id=channel.pk):
        return _done(request, form.result, status=201)
    if from_script(request):
        return explain(form)
    if form.status == 409:
        # The nonce stands for another message: the next try needs its own.
        form.data = {"content": request.POST.get("content", ""), "nonce": uuid.uuid4().hex}
    return show_form(request, "chat/channel_view.html", form, **_around(request, channel))


@require_http_methods(["GET", "HEAD"])
@signed_in
def message(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """One message, and what may be done with it: how one gets there without scripts."""
    found = access.find_message(person(request), message_id)
    return render(request, "chat/message_view.html", _about(request, found))


@form_page
@signed_in
def edit_message(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    found = access.find_message(person(request), message_id)
    if found.author_id != request.user.pk:
        raise Forbidden
    form = EditForm(request.POST if request.method == "POST" else None, initial={"content": found.content})
    if request.method == "POST" and form.carried_out(actions.edit_message, actor=person(request), message=found):
        return _done(request, form.result)
    if request.method == "POST" and from_script(request):
        return explain(form)
    template = "chat/_edit.html" if request.headers.get("HX-Request") else "chat/message_edit_view.html"
    return show_form(request, template, form, **_about(request, found))


@form_page
@signed_in
def delete_message(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    found = access.find_message(person(request), message_id)
    if not _may_delete(person(request), found):
        raise Forbidden
    if request.method != "POST":
        return render(request, "chat/message_delete_view.html", _about(request, found))
    actions.delete_message(actor=person(request), message=found)
    return JsonResponse({"id": str(found.pk)}) if from_script(request) else _see_other(_address(found.channel))


def _history(request: HttpRequest, channel: Channel) -> dict[str, Any]:
    before = parse_id(request.GET.get("before"))
    if "before" in request.GET and before is None:
        raise NotFound
    newest_first = page(channel, before=before, limit=PAGE + 1)
    return {
        "channel": channel,
        "history": newest_first[:PAGE][::-1],
        "has_older": len(newest_first) > PAGE,
        "before": before,
    }


def _opened(request: HttpRequest, channel: Channel) -> dict[str, Any]:
    """Who opens a channel has read it. What was new to them until now is marked."""
    newest = _history(request, channel)
    first_new = first_unread(person(request), channel, newest["history"])
    if newest["history"]:
        actions.acknowledge(actor=person(request), channel=channel, message_id=newest["history"][-1].pk)
    return {**_around(request, channel, newest), "first_new": first_new}


def _around(request: HttpRequest, channel: Channel, shown: dict[str, Any] | None = None) -> dict[str, Any]:
    server_id = cast(uuid.UUID, channel.server_id)
    return {
        **panels(person(request), server_id, channel.pk),
        **(shown or _history(request, channel)),
        **_composer(request, channel),
    }


def _composer(request: HttpRequest, channel: Channel) -> dict[str, Any]:
    held = flags(person(request), channel)
    may_send = Permission.SEND_MESSAGES in held
    waits = not held & (Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS)
    return {
        "may_send": may_send,
        "may_moderate": Permission.MANAGE_MESSAGES in held,
        "closed": None if may_send else reason(person(request), Permission.SEND_MESSAGES, channel),
        "pause": duration(channel.slow_mode) if channel.slow_mode and waits else "",
        "max_content": MAX_CONTENT,
    }


def _about(request: HttpRequest, message: Message) -> dict[str, Any]:
    return {
        "message": message,
        "channel": message.channel,
        "back": _address(message.channel),
        "is_mine": message.author_id == request.user.pk,
        "may_delete": _may_delete(person(request), message),
        "may_moderate": Permission.MANAGE_MESSAGES in flags(person(request), message.channel),
    }


def _may_delete(user: User, message: Message) -> bool:
    return message.author_id == user.pk or Permission.MANAGE_MESSAGES in flags(user, message.channel)


def _done(request: HttpRequest, message: Message, status: int = 200) -> HttpResponse:
    if not from_script(request):
        return _see_other(f"{_address(message.channel)}#m{message.pk}")
    # With the row, so that a page whose socket is down shows it all the same.
    html = render_to_string("chat/_message.html", {"message": message})
    return JsonResponse({"id": str(message.pk), "html": html}, status=status)


def _address(channel: Channel) -> str:
    return reverse("channel", args=[channel.server_id, channel.pk])


def _see_other(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
