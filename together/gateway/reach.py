"""What a socket may hear, asked of the same door as everything else."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from accounts.access import live_session
from accounts.models import Session, User
from guilds import access
from guilds.models import Channel, ChannelType
from guilds.permissions import Permission
from guilds.serializers import CategorySerializer, ChannelSerializer
from together import events
from together.database.snapshot import snapshot
from together.events import replay
from together.events.bus import Frame
from together.events.replay import Missed
from together.gateway.ready import Seen, channel_lists, ready
from together.rest.serializers import show


@dataclass
class View:
    """All that a person may hear now, and what READY says of it."""

    audiences: set[str]
    ready: dict[str, Any]
    # The place in the log as of which this is true, and what was missed up to there; None where one begins afresh.
    place: tuple[str, int]
    missed: list[Frame] | None = None


@dataclass
class ServerViews:
    """What each of some people may hear of one server, and all that there is to hear of it."""

    of_user: dict[uuid.UUID, set[str]] = field(default_factory=dict)
    all: set[str] = field(default_factory=set)
    # Its categories and then its channels, as on the wire, each with the word that its events begin with.
    places: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)


def view(user_id: uuid.UUID, session_id: uuid.UUID, resume: str | None = None) -> View | None:
    """The view of a person whose sign-in is alive; None otherwise. `resume` is the last place that they know of."""
    with snapshot():
        session = live_session(session_id)
        if session is None or session.user_id != user_id:
            return None
        user: User = session.user
        place = events.position()
        seen = access.seen_everywhere(user)
        audiences = {events.server(server_id) for server_id in seen}
        audiences |= {events.channel(channel_id) for channels in seen.values() for channel_id in channels}
        own = {events.user(user_id), events.session(session_id)}
        missed = _missed(user, seen, audiences | own, resume) if resume else None
        return View(audiences, {**ready(user, seen), "resumed": missed is not None}, place, missed)


def _missed(user: User, seen: Seen, audiences: set[str], resume: str) -> list[Frame] | None:
    farewells = {events.server(server_id) for server_id in access.deleted_servers(user)}
    found = replay.missed(resume, audiences | farewells, who=user.pk)
    if found is None:
        return None
    told = _since_joining(found, user, audiences)
    shown = _servers_with_invites(user, told)
    told = [frame for frame in told if not _is_invite(frame) or frame.d["server_id"] in shown]
    told += [frame for frame in found.frames if frame.name == "SERVER_DELETE"]
    # In their order: the last place that a client has handled is where it goes on.
    told.sort(key=lambda frame: frame.number or 0)
    told += [frame for frame in found.pending if frame.name == "SERVER_DELETE"]
    # What is pending counts in what is seen already, so that nobody is told of it later.
    changes = [frame for frame in found.frames + found.pending if frame.name == "@access_changed"]
    changed = {uuid.UUID(frame.d["server"]) for frame in changes} & seen.keys()
    lists = channel_lists({server_id: seen[server_id] for server_id in changed})
    return [frame for frame in told if not frame.name.startswith("@")] + lists


def _since_joining(found: Missed, user: User, audiences: set[str]) -> list[Frame]:
    """What somebody was told of a server, or would have been, from their coming on: before it they were a stranger."""
    begins: dict[str, int] = {}
    for index, frame in enumerate(found.frames + found.pending):
        if frame.name == "MEMBER_JOIN" and frame.d["user_id"] == str(user.pk):
            begins |= dict.fromkeys(frame.audiences, index)
    return [
        frame
        for index, frame in enumerate(found.frames)
        if any(begins.get(audience, 0) <= index for audience in audiences.intersection(frame.audiences))
    ]


def _servers_with_invites(user: User, frames: list[Frame]) -> set[str]:
    """Those servers of which invites are told here and may still be seen: a code is a key."""
    ids = {frame.d["server_id"] for frame in frames if _is_invite(frame)}
    servers = access.visible_servers(user).filter(pk__in=ids) if ids else ()
    return {str(server.pk) for server in servers if access.can(user, Permission.CREATE_INVITES, server)}


def _is_invite(frame: Frame) -> bool:
    return frame.name in ("INVITE_CREATE", "INVITE_DELETE")


def within_server(users: Collection[uuid.UUID], server_id: uuid.UUID) -> ServerViews:
    """What these people may hear of one server as of now."""
    # Those of a deleted server, too: nobody sees them, and nobody keeps their audiences.
    everything = list(Channel.objects.filter(server=server_id).with_category())
    here = events.server(server_id)
    views = ServerViews(all={here, *(events.channel(channel.pk) for channel in everything)})
    categories = [channel for channel in everything if channel.type == ChannelType.CATEGORY]
    channels = [channel for channel in everything if channel.type != ChannelType.CATEGORY]
    for category in categories:
        views.places[events.channel(category.pk)] = ("CATEGORY", show(CategorySerializer, category))
    for channel in channels:
        views.places[events.channel(channel.pk)] = ("CHANNEL", show(ChannelSerializer, channel))
    for user_id, heard in access.heard_by(users, server_id).items():
        views.of_user[user_id] = {here, *heard}
    return views


def live_sessions(session_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these sign-ins that still count."""
    return set(Session.objects.live().filter(pk__in=session_ids).values_list("pk", flat=True))
