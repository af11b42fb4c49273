"""Reading the audit log: what was done in a server, and what was done to oneself anywhere.

No entry tells of a channel that its reader does not see, nor of an invite, whose code is a key, unless they may see
invites. Such an entry is `redacted`: when, by whom and what kind of act it was stays, the rest goes.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from guilds import access
from guilds.models import Channel, Member, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry

# A moment, or the id of an entry.
Cursor = datetime | uuid.UUID
Entries = QuerySet[AuditEntry]

# What can be done to somebody who never was in the server, and so need not know that it exists.
_TO_STRANGERS = ("member_ban", "member_unban")
_OF_ALL_CHANNELS = ("channel_reorder", "category_reorder")


def log_of(actor: User, server: Server) -> Entries:
    """The log of a server, newest first, each entry with `redacted`. Raises `Forbidden` without MANAGE_SERVER."""
    access.require(actor, Permission.MANAGE_SERVER, server)
    entries = AuditEntry.objects.filter(server=server).select_related("actor").order_by("-created_at")
    held = access.flags(actor, server)
    if Permission.ADMINISTRATOR in held:
        return entries.annotate(redacted=Value(False))
    seen = access.seen_by([actor.pk], server.pk).get(actor.pk, frozenset())
    told = _about_seen(actor, seen)
    if Channel.objects.filter(server=server).exclude(pk__in=seen).exists():
        # How many moved says how many there are.
        told &= ~Q(action__in=_OF_ALL_CHANNELS)
    if Permission.CREATE_INVITES not in held:
        told &= Q(target_type=None) | ~Q(target_type="invite")
    return _redacted_unless(told, entries)


def acts_on(user: User) -> Entries:
    """What was done to a person, in all servers that they know, also those that they are no longer in; newest first."""
    entries = AuditEntry.objects.filter(target_type="user", target_id=user.pk)
    evident = ~Q(action__in=_TO_STRANGERS) | Q(before__member=True)
    elsewhere = entries.filter(evident, server=OuterRef("server"))
    known = evident | Q(server__in=Member.objects.filter(user=user).values("server")) | Exists(elsewhere)
    seen: set[uuid.UUID] = set().union(*access.seen_everywhere(user).values())
    return _redacted_unless(_about_seen(user, seen), entries.filter(known).order_by("-created_at", "-id"))


def page(
    entries: Entries, *, before: Cursor | None = None, after: Cursor | None = None, limit: int = 50, **narrowed: Any
) -> list[AuditEntry]:
    """Up to `limit` entries of a log, newest first: the newest, or those next to a cursor, with such fields only.

    An id that is not among the entries gives an empty page. With both cursors the page lies at their older end. Acts
    in one server never share a moment, so paging by moments alone loses none of them.
    """
    if "target_id" in narrowed:
        # That an entry matches would say what it is about.
        narrowed["redacted"] = False
    found = entries.filter(**narrowed)
    for cursor, beyond in ((before, "lt"), (after, "gt")):
        if cursor is None:
            continue
        place = _place(entries, cursor)
        if place is None:
            return []
        found = found.filter(_beyond(beyond, *place))
    if after is None:
        return [_told(entry) for entry in found[:limit]]
    return [_told(entry) for entry in found.reverse()[:limit]][::-1]


def _about_seen(reader: User, seen: Collection[uuid.UUID]) -> Q:
    # Of a channel that is gone, those who acted are still told what they did.
    gone = ~Exists(Channel.objects.filter(pk=OuterRef("channel_id")))
    about = Q(channel_id=None) | Q(channel_id__in=seen)
    # A channel is seen, but the category that it was in, or is put into, need not be.
    for category in ("before__category_id", "after__category_id", "details__category_id"):
        none = Q(**{f"{category}__isnull": True}) | Q(**{category: None})
        about &= none | Q(**{f"{category}__in": [str(id) for id in seen]})
    return about | (Q(actor=reader) & Q(gone))


def _redacted_unless(told: Q, entries: Entries) -> Entries:
    return entries.annotate(redacted=Case(When(told, then=Value(False)), default=Value(True)))


def _told(entry: Any) -> AuditEntry:
    # Here, so that no page and no serializer can forget it.
    if entry.redacted:
        entry.target_id = entry.channel_id = entry.reason = None
        entry.details, entry.before, entry.after = {}, {}, {}
    return cast(AuditEntry, entry)


def _place(entries: Entries, cursor: Cursor) -> tuple[datetime, uuid.UUID | None] | None:
    if isinstance(cursor, datetime):
        return cursor, None
    return entries.filter(pk=cursor).values_list("created_at", "pk").first()


def _beyond(sign: str, moment: datetime, entry_id: uuid.UUID | None) -> Q:
    strictly = Q(**{f"created_at__{sign}": moment})
    if entry_id is None:
        return strictly
    return Q(**{f"created_at__{sign}e": moment}) & (strictly | Q(**{f"id__{sign}": entry_id}))
