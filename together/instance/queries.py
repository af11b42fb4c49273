"""What administrators of the instance may look at. Nothing here tells what was said, to whom or by whom."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from accounts.presence import with_presence
from chat.models import Attachment, Message
from guilds.models import CONVERSATIONS, Channel, ChannelType, Member, Server
from together.census import open_sockets, uptime
from together.refusals import NotFound

_NO_PLACE_TO_TALK = [ChannelType.CATEGORY, *CONVERSATIONS]


@dataclass
class Page:
    """A part of a list, and how long the whole is."""

    rows: list[Any]
    total: int
    page: int
    per_page: int


def stats() -> dict[str, int]:
    """The figures of the instance. Of conversations between people nothing is counted."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    latency = round((time.perf_counter() - began) * 1000)
    stored: int | None = Attachment.objects.aggregate(stored=Sum("file_size"))["stored"]
    return {
        "total_users": User.objects.count(),
        "total_servers": Server.objects.living().count(),
        "total_messages": Message.objects.filter(_in_living_servers("channel__")).count(),
        "total_channels": Channel.objects.filter(_in_living_servers()).exclude(type__in=_NO_PLACE_TO_TALK).count(),
        "active_ws_connections": open_sockets(),
        "db_latency_ms": latency,
        "storage_bytes": int(stored or 0),
        "uptime_secs": uptime(),
    }


def users(*, search: str = "", sort_by: str = "") -> QuerySet[User]:
    """Everybody, or those whose name or address contains that; the newest first unless it is said otherwise."""
    found: QuerySet[User] = with_presence(User.objects.all()).annotate(
        disabled=Q(disabled_at__isnull=False),
        server_count=_count(Member.objects.in_living_servers(), "user"),
        message_count=_count(Message.objects.filter(channel__server__isnull=False), "author"),
    )
    if search:
        found = found.filter(Q(username__icontains=search) | Q(email__icontains=search))
    orders = {"username": Lower("username").asc(), "message_count": F("message_count").desc()}
    return found.order_by(orders.get(sort_by, F("created_at").desc()), "id")


def find_user(user_id: uuid.UUID) -> User:
    """Anybody, as in the list. Raises `NotFound`."""
    user = users().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def servers(*, search: str = "") -> QuerySet[Server]:
    """All servers, private ones too, or those whose name contains that; the newest first."""
    places = Channel.objects.exclude(type__in=_NO_PLACE_TO_TALK)
    found = Server.objects.living().select_related("owner")
    found = found.annotate(
        member_count=_count(Member.objects.all(), "server"),
        channel_count=_count(places, "server"),
        message_count=_count(Message.objects.all(), "channel__server"),
    )
    return found.filter(name__icontains=search).order_by("-created_at", "id")


def find_any_server(server_id: uuid.UUID) -> Server:
    """Any living server. Raises `NotFound`."""
    server = Server.objects.living().filter(pk=server_id).first()
    if server is None:
        raise NotFound
    return server


def part(rows: QuerySet[Any], *, page: int, per_page: int) -> Page:
    """One page of a list."""
    start = (page - 1) * per_page
    return Page(list(rows[start : start + per_page]), rows.order_by().count(), page, per_page)


def _in_living_servers(path: str = "") -> Q:
    return Q(**{f"{path}server__isnull": False, f"{path}server__deleted_at": None})


def _count(rows: QuerySet[Any], of: str) -> Coalesce:
    """How many of these rows are of each one that is listed: counted for those shown only, from an index."""
    counted = rows.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)
