"""The channels of a server by category: their order, by steps or by dragging, and new categories."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.pages import person, signed_in
from guilds import access, actions
from guilds.forms import CategoryForm
from guilds.models import Server
from guilds.panels import channel_groups
from guilds.permissions import Permission
from guilds.reasons import lacking
from guilds.views.frame import carried_out, show
from guilds.views.methods import form_page

# Categories and the channels in them, from the top: "category:<id>" and "channel:<id>".
Arrangement = list[str]


@form_page
@signed_in
def arrange(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """The channels that one sees, by category; what is posted here is a new category."""
    found = access.find_server(person(request), server_id)
    form = CategoryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carried_out(actions.create_category, actor=person(request), server=found):
        return redirect("settings_channels", server_id)
    return _list(request, found, form=form)


@require_POST
@signed_in
def order_channels(request: HttpRequest, server_id: uuid.UUID) -> HttpResponse:
    """One channel or category a step up or down, or all of them as they were dragged."""
    found = access.find_server(person(request), server_id)
    before = arrangement(person(request), found)
    status = carried_out(
        request, _arrange, actor=person(request), server=found, before=before, after=rearranged(before, request.POST)
    )
    if status == 200 and not request.headers.get("HX-Request"):
        return redirect("settings_channels", server_id)
    return _list(request, found, status=status)


def arrangement(user: User, server: Server) -> Arrangement:
    """What a person sees of a server's channels, in order."""
    names = []
    for group in channel_groups(user, server):
        names += [f"category:{group.category.pk}"] if group.category else []
        names += [f"channel:{channel.pk}" for channel in group.channels]
    return names


def rearranged(before: Arrangement, posted: Mapping[str, str]) -> Arrangement:
    """That with `posted["up"]` or `posted["down"]` a step from its place, or in the order of `posted["order"]`.

    A channel at the edge of its category goes into the next one; a category moves with its channels.
    """
    if "order" in posted:
        wanted = [name for name in posted["order"].split(",") if name in before]
        return list(dict.fromkeys(wanted))
    for way, step in (("up", -1), ("down", 1)):
        name = posted.get(way, "")
        if name not in before:
            continue
        if name.startswith("category:"):
            return _with_category_moved(before, name, step)
        at = before.index(name)
        if 0 <= at + step < len(before):
            after = list(before)
            after[at], after[at + step] = after[at + step], after[at]
            return after
    return before


def _with_category_moved(before: Arrangement, name: str, step: int) -> Arrangement:
    blocks: list[Arrangement] = [[]]
    for one in before:
        if one.startswith("category:"):
            blocks.append([])
        blocks[-1].append(one)
    loose, *rest = blocks
    at = next(number for number, block in enumerate(rest) if block[0] == name)
    if 0 <= at + step < len(rest):
        rest[at], rest[at + step] = rest[at + step], rest[at]
    return [*loose, *(one for block in rest for one in block)]


@transaction.atomic
def _arrange(*, actor: User, server: Server, before: Arrangement, after: Arrangement) -> None:
    categories = [uuid.UUID(one.split(":")[1]) for one in after if one.startswith("category:")]
    if categories != [uuid.UUID(one.split(":")[1]) for one in before if one.startswith("category:")]:
        actions.reorder_categories(actor=actor, server=server, category_ids=categories)
    if _placed(after) != _placed(before):
        wanted = [{"id": id, "category_id": category_id} for id, category_id in _placed(after)]
        actions.reorder_channels(actor=actor, server=server, channels=wanted)


def _placed(order: Arrangement) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """Each channel with the category that it comes under."""
    placed, category_id = [], None
    for one in order:
        kind, id = one.split(":")
        if kind == "category":
            category_id = uuid.UUID(id)
        else:
            placed.append((uuid.UUID(id), category_id))
    return placed


def _list(request: HttpRequest, server: Server, status: int = 200, form: CategoryForm | None = None) -> HttpResponse:
    return show(
        request,
        "guilds/settings/channels_view.html",
        server,
        status,
        tab="settings_channels",
        form=form or CategoryForm(),
        closed=lacking(person(request), Permission.MANAGE_CHANNELS, server),
    )
