"""What roles and members get or lose in one channel or category."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from guilds import access, events
from guilds.actions.common import lock_place, server_of
from guilds.models import Channel, Override, Role, Server
from guilds.permissions import Overrule, Permission, Rules
from guilds.places import rules_of
from guilds.rules import same, take_own, with_override
from together.audit import record
from together.events import publish
from together.refusals import NotFound, Refusal

# A channel has at most this many overrides (threats.md, resource caps).
MAX_OVERRIDES = 500


@transaction.atomic
def set_override(
    *, actor: User, channel: Channel, allow: int, deny: int, role: Role | None = None, user: User | None = None
) -> Override:
    """Say what a role, or a member, gets and loses in a channel or category. One that inherited has its own rules then.

    Raises `Forbidden` without MANAGE_CHANNELS there, for flags that the actor lacks there, and for who ranks as high.
    """
    channel, server = _locked(actor, channel)
    if role:
        access.find_role(server, role.pk)
    elif user:
        access.find_member(server, user.pk)
    holder = {"role": role, "user": user}
    before = rules_of(channel)
    keys = (role.pk if role else None, user.pk if user else None)
    after = with_override(before, keys, Overrule(int(allow), int(deny)))
    access.require_may_rule(actor, channel, before, after)
    earlier = Override.objects.filter(channel=channel, **holder).first()
    if earlier and (earlier.allow, earlier.deny) == (allow, deny):
        return earlier
    _own(channel)
    was = Override.objects.filter(channel=channel, **holder).first()
    if was is None and channel.overrides.count() >= MAX_OVERRIDES:
        raise Refusal(_("A channel has at most {count} overrides.").format(count=MAX_OVERRIDES))
    override = was or Override(channel=channel, **holder)
    past = _flags(override) if was else {}
    override.allow, override.deny = int(allow), int(deny)
    override.save()
    _tell(server, channel, before, after)
    publish(events.override_updated(override))
    record(
        "channel_override_update",
        actor=actor,
        server=server,
        target=("channel", channel.pk),
        channel_id=channel.pk,
        details={"override_id": str(override.pk), **_named(override), **_flags(override)},
        before=past,
        after=_flags(override),
    )
    return override


@transaction.atomic
def remove_override(*, actor: User, channel: Channel, override_id: uuid.UUID) -> None:
    """Take an override away, one that is shown there because of the category too: the channel has its own rules then.

    Raises `NotFound` for any that does not count there, and `Forbidden` as `set_override` does.
    """
    channel, server = _locked(actor, channel)
    source = channel.parent_id if channel.inherits else channel.pk
    shown = Override.objects.filter(channel=source, pk=override_id).first()
    if shown is None:
        raise NotFound
    before = rules_of(channel)
    after = with_override(before, (shown.role_id, shown.user_id), None)
    access.require_may_rule(actor, channel, before, after)
    _own(channel)
    override = Override.objects.get(channel=channel, role=shown.role_id, user=shown.user_id)
    past = _flags(override)
    override.delete()
    publish(events.override_deleted(Override(pk=override_id, channel=channel)))
    _tell(server, channel, before, after)
    record(
        "channel_override_delete",
        actor=actor,
        server=server,
        target=("channel", channel.pk),
        channel_id=channel.pk,
        details={"override_id": str(override_id)},
        before={**_named(shown), **past},
    )


def _locked(actor: User, channel: Channel) -> tuple[Channel, Server]:
    channel = lock_place(channel)
    access.require(actor, Permission.MANAGE_CHANNELS, channel)
    return channel, server_of(channel)


def _own(channel: Channel) -> None:
    """A channel that inherited is told of: from now on its overrides are others, with ids of their own."""
    if channel.inherits:
        take_own(channel)
        publish(events.channel_updated(channel))


def _tell(server: Server, channel: Channel, before: Rules, after: Rules) -> None:
    if not same(before, after):
        publish(events.access_changed(server.pk))


def _named(override: Override) -> dict[str, str | None]:
    return {name: str(id) if (id := getattr(override, name)) else None for name in ("role_id", "user_id")}


def _flags(override: Override) -> dict[str, int]:
    return {"allow": override.allow, "deny": override.deny}
