"""Coming and going: which processes hold open sockets of whom.

Each of these takes people's rows in the order of their ids and looks only then: of two processes, one of which somebody
leaves while they enter the other, the second sees what the first did, and what is told last is true.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Presence, Status, User
from accounts.signals import presence_changed
from together.housekeeping import every

# How long somebody is thought to be there without word from the process that holds their sockets. With the tick of
# the purge below, who was in a process that died is gone within 75 s (threats.md: no ghost after 90 s).
LIFETIME = timedelta(seconds=60)


@transaction.atomic
def appear(*, process: uuid.UUID, user_ids: Collection[uuid.UUID]) -> None:
    """These people have sockets open in a process. Who was nowhere else has come, and those who may know are told."""
    people = _take_turn(user_ids)
    there = _live(people)
    Presence.objects.bulk_create(
        [Presence(user=user, process=process, expires_at=Now() + LIFETIME) for user in people],
        update_conflicts=True,
        unique_fields=["user", "process"],
        update_fields=["expires_at"],
    )
    _announce(user for user in people if user.pk not in there)


@transaction.atomic
def disappear(*, process: uuid.UUID, user_ids: Collection[uuid.UUID]) -> None:
    """These people have no socket open in a process any more. Who is nowhere else has gone."""
    people = _take_turn(user_ids)
    rows = Presence.objects.filter(process=process, user__in=people)
    left = set(rows.values_list("user_id", flat=True))
    rows.delete()
    gone = left - _live(people)
    _announce(user for user in people if user.pk in gone)


def prolong(*, process: uuid.UUID) -> set[uuid.UUID]:
    """Whom a process keeps here for another `LIFETIME`; who is missing was taken for gone meanwhile."""
    kept = Presence.objects.filter(process=process)
    kept.update(expires_at=Now() + LIFETIME)
    return set(kept.values_list("user_id", flat=True))


@every(seconds=10)
@transaction.atomic
def purge_presences() -> int:
    """Remove what processes left behind that died; returns how many rows."""
    people = _take_turn(Presence.objects.expired().values_list("user_id", flat=True))
    removed: int = Presence.objects.expired().filter(user__in=people).delete()[0]
    there = _live(people)
    _announce(user for user in people if user.pk not in there)
    return removed


def _take_turn(user_ids: Iterable[uuid.UUID]) -> list[User]:
    return list(User.objects.filter(pk__in=list(user_ids)).order_by("pk").select_for_update(no_key=True))


def _live(people: list[User]) -> set[uuid.UUID]:
    return set(Presence.objects.live().filter(user__in=people).values_list("user_id", flat=True))


def _announce(people: Iterable[User]) -> None:
    # Whether somebody invisible comes or goes, nobody may notice.
    visible = [user for user in people if user.status != Status.OFFLINE]
    if visible:
        presence_changed.send(sender=User, users=visible)
