"""The audit log in words: who did what to whom, and what was before and after."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.templatetags.moments import plain
from guilds import access
from guilds.models import Role, Server
from guilds.words import FLAGS
from together.audit.entry import AuditEntry
from together.forms import duration

ACTS: dict[str, Promise] = {
    "server_create": gettext_lazy("made the server"),
    "server_update": gettext_lazy("changed the server"),
    "server_delete": gettext_lazy("deleted the server"),
    "server_transfer": gettext_lazy("gave the server away"),
    "channel_create": gettext_lazy("made the channel"),
    "channel_update": gettext_lazy("changed the channel"),
    "channel_delete": gettext_lazy("deleted the channel"),
    "channel_reorder": gettext_lazy("sorted the channels"),
    "channel_override_update": gettext_lazy("changed who may do what in"),
    "channel_override_delete": gettext_lazy("changed who may do what in"),
    "category_create": gettext_lazy("made the category"),
    "category_update": gettext_lazy("changed the category"),
    "category_delete": gettext_lazy("deleted the category"),
    "category_reorder": gettext_lazy("sorted the categories"),
    "role_create": gettext_lazy("made the role"),
    "role_update": gettext_lazy("changed the role"),
    "role_delete": gettext_lazy("deleted the role"),
    "role_reorder": gettext_lazy("sorted the roles"),
    "member_role_add": gettext_lazy("gave a role to"),
    "member_role_remove": gettext_lazy("took a role from"),
    "member_update": gettext_lazy("renamed"),
    "member_kick": gettext_lazy("kicked"),
    "member_ban": gettext_lazy("banned"),
    "member_unban": gettext_lazy("lifted the ban of"),
    "member_timeout": gettext_lazy("timed out"),
    "member_timeout_remove": gettext_lazy("ended the timeout of"),
    "invite_create": gettext_lazy("made an invite"),
    "invite_revoke": gettext_lazy("revoked an invite"),
    "message_delete": gettext_lazy("deleted a message"),
    "message_restore": gettext_lazy("restored a message"),
    "message_purge": gettext_lazy("deleted many messages"),
}
FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "topic": gettext_lazy("Topic"),
    "position": gettext_lazy("Position"),
    "category_id": gettext_lazy("Category"),
    "inherits": gettext_lazy("Permissions of its category"),
    "default_allow": gettext_lazy("Allowed to everyone"),
    "default_deny": gettext_lazy("Denied to everyone"),
    "slow_mode": gettext_lazy("Seconds between messages"),
    "permissions": gettext_lazy("Permissions"),
    "default_permissions": gettext_lazy("What everyone may do"),
    "allow": gettext_lazy("Allowed"),
    "deny": gettext_lazy("Denied"),
    "color": gettext_lazy("Colour"),
    "nickname": gettext_lazy("Nickname"),
    "icon_url": gettext_lazy("Icon"),
    "is_public": gettext_lazy("Public"),
    "require_invite": gettext_lazy("Joined by invite only"),
    "joins_locked": gettext_lazy("Closed to newcomers"),
    "expires_at": gettext_lazy("Until"),
    "owner_id": gettext_lazy("Owner"),
    "max_uses": gettext_lazy("Uses at most"),
    "uses": gettext_lazy("Uses"),
    "role_id": gettext_lazy("Role"),
    "user_id": gettext_lazy("Person"),
}
NOTHING = "–"
_OF_FLAGS = {"permissions", "default_permissions", "default_allow", "default_deny", "allow", "deny"}


@dataclass
class Changed:
    label: str
    before: str
    after: str


@dataclass
class Told:
    """One entry, as it is shown. A redacted one says no more than who did what kind of thing, and when."""

    entry: AuditEntry
    act: str
    target: str = ""
    aside: str = ""
    changes: list[Changed] = field(default_factory=list)


def retell(entries: Iterable[AuditEntry], reader: User, server: Server) -> list[Told]:
    """Those entries in words, with the names that the reader may know."""
    listed = list(entries)
    names = _names(listed, reader, server)
    return [_told(entry, names) for entry in listed]


def act_in_words(action: str) -> str:
    return str(ACTS.get(action, action.replace("_", " ")))


def _told(entry: AuditEntry, names: dict[str, str]) -> Told:
    if entry.redacted:  # type: ignore[attr-defined]
        return Told(entry, act_in_words(entry.action))
    target = names.get(str(entry.target_id), "") if entry.target_type != "server" else ""
    named = entry.details.get("name") or entry.before.get("name") or entry.details.get("code")
    counted = [str(value) for key in ("role_name", "deleted") if (value := entry.details.get(key)) is not None]
    spans = [entry.details.get(key, 0) or 0 for key in ("duration_minutes", "expires_in_hours")]
    if seconds := spans[0] * 60 + spans[1] * 3600:
        counted.append(_("for {span}").format(span=duration(seconds)))
    keys = [key for key in {**entry.before, **entry.after} if key in FIELDS]
    told = [_changed(key, entry.before.get(key), entry.after.get(key), names) for key in keys]
    changes = [change for change in told if change.before != change.after]
    if "expires_at" not in keys and (until := entry.details.get("expires_at")):
        changes.append(_changed("expires_at", None, until, names))
    return Told(entry, act_in_words(entry.action), target or str(named or ""), ", ".join(counted), changes)


def _changed(key: str, before: Any, after: Any, names: dict[str, str]) -> Changed:
    if key in _OF_FLAGS:
        # Of many flags only those that went and those that came.
        was, will = int(before or 0), int(after or 0)
        return Changed(str(FIELDS[key]), _flags(was & ~will), _flags(will & ~was))
    return Changed(str(FIELDS[key]), _value(key, before, names), _value(key, after, names))


def _flags(value: int) -> str:
    return ", ".join(str(words.name) for flag, words in FLAGS.items() if flag & value) or NOTHING


def _value(key: str, value: Any, names: dict[str, str]) -> str:
    if value in (None, ""):
        return NOTHING
    if key == "expires_at":
        moment = parse_datetime(str(value))
        return plain(moment) if moment else str(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key.endswith("_id"):
        return names.get(str(value), "?")
    return str(value)


def _names(entries: list[AuditEntry], reader: User, server: Server) -> dict[str, str]:
    ids: set[uuid.UUID] = {entry.target_id for entry in entries if entry.target_id}
    for entry in entries:
        for values in (entry.before, entry.after, entry.details):
            ids |= {uuid.UUID(value) for key, value in values.items() if key.endswith("_id") and _is_id(value)}
    seen = access.visible_channels(reader, server=server.pk).values_list("pk", "name", "type")
    names = {str(id): name if kind == "category" else f"#{name}" for id, name, kind in seen}
    names |= {str(id): name for id, name in Role.objects.filter(server=server).values_list("pk", "name")}
    return names | {str(id): name for id, name in User.objects.filter(pk__in=ids).values_list("pk", "username")}


def _is_id(value: Any) -> bool:
    try:
        return bool(uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        return False
