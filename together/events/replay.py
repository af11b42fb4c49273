"""Reading the log again, for a client that was away and for a hub that was not told.

What is told anew is built from the present: a text that was edited or deleted since is not shown as it was.
"""

import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial

from together import limits
from together.events import bus
from together.events.bus import Frame
from together.events.event import UNREACHABLE, Payload, rebuild_all
from together.events.log import EventRecord, position
from together.refusals import TooMany

log = logging.getLogger(__name__)

# More events than this are not told anew; reading what is there now costs less.
LIMIT = 1000
# Nor are more looked through for them: for somebody who hears 500 audiences these take PostgreSQL half a second.
MAX_PASSED = 50_000
# Seconds for which what was built serves others too: after a restart everybody asks for the same events at once.
FRESH = 1.0
# Payloads kept for that.
MAX_KEPT = 4 * LIMIT

_PLACE = re.compile(r"([0-9a-f]{32})\.(0|[1-9][0-9]{0,17})")
_kept: dict[int, tuple[float, Payload | None]] = {}


@dataclass(frozen=True, slots=True)
class Missed:
    """What was told after a place in the log, in order, and the place that one has reached with it.

    `pending` is what has happened already and has no place yet: it will be told once it has.
    """

    frames: list[Frame]
    place: str
    pending: list[Frame]


def missed(place: str, audiences: Collection[str], limit: int = LIMIT, *, who: object = None) -> Missed | None:
    """What these audiences were told after a place in the log, given as `s` on the wire.

    None when nobody knows any more (another life of the log, or the events are forgotten), when it is more than
    `limit`, when more than `MAX_PASSED` have happened to anybody, and when `who` was told too much lately. Call it in
    one snapshot with what decides about the audiences, so that neither is ahead of the other.
    """
    found = _PLACE.fullmatch(place)
    life, last = position()
    if found is None or found[1] != life:
        return None
    after = int(found[2])
    if not 0 <= last - after <= MAX_PASSED or _is_forgotten(after, last):
        return None
    concerning = EventRecord.objects.filter(audiences__overlap=list(audiences))
    records = list(concerning.filter(number__gt=after, number__lte=last).order_by("number")[: limit + 1])
    if len(records) > limit or not _may_be_told(who, len(records)):
        return None
    pending = concerning.filter(number=None).order_by("pk")[:limit]
    return Missed(frames_of(records, life), f"{life}.{last}", frames_of(pending, life))


def between(after: int, last: int) -> list[Frame] | None:
    """Every event after one number and up to another, also those that have nothing left to tell; None with a gap."""
    life, _last = position()
    records = list(EventRecord.objects.filter(number__gt=after, number__lte=last).order_by("number"))
    return frames_of(records, life) if len(records) == last - after else None


def frame_of(record: EventRecord, build: Callable[[], Payload | None], life: str) -> Frame:
    """A numbered event as it goes to hubs; what has nothing left to tell or cannot be built only fills its place."""
    try:
        payload = build()
        html = payload.html if payload and bus.pages_listen() else None
    except UNREACHABLE:
        # Nothing is wrong with the event: it is told when the database is back.
        raise
    except Exception:
        # One that cannot be built must not hold up all that come after it.
        log.exception("Event %s (%s) could not be built", record.number, record.name)
        payload = None
    if payload is None:
        return Frame("@nothing", [], {}, None, life, record.number)
    return Frame(record.name, record.audiences, payload.d, html, life, record.number)


def frames_of(records: Iterable[EventRecord], life: str) -> list[Frame]:
    """Those events, built from the present."""
    listed = list(records)
    payloads = _payloads(listed)
    return [frame_of(record, partial(payloads.get, record.pk), life) for record in listed]


def _may_be_told(who: object, count: int) -> bool:
    # Each costs 0.15 to 0.3 ms to build, on two threads that everybody waits for who comes in.
    try:
        if count:
            limits.hit("resume", who, cost=count)
    except TooMany:
        return False
    return True


def _is_forgotten(after: int, last: int) -> bool:
    # The log is forgotten from its beginning: when the next one is there, so are all that follow.
    return after < last and not EventRecord.objects.filter(number=after + 1).exists()


def _payloads(records: list[EventRecord]) -> dict[int, Payload | None]:
    now = time.monotonic()
    # Each asked for once: another thread may forget them at any moment.
    built = {record.pk: kept for record in records if (kept := _kept.get(record.pk))}
    known = {pk: payload for pk, (at, payload) in built.items() if now - at < FRESH}
    by_name: defaultdict[str, list[EventRecord]] = defaultdict(list)
    for record in records:
        if record.pk not in known:
            by_name[record.name].append(record)
    for name, alike in by_name.items():
        known.update(zip([record.pk for record in alike], _build(name, alike), strict=True))
    if len(_kept) > MAX_KEPT:
        _kept.clear()
    _kept.update({record.pk: (now, known[record.pk]) for alike in by_name.values() for record in alike})
    return known


def _build(name: str, records: list[EventRecord]) -> list[Payload | None]:
    try:
        return rebuild_all(name, [record.refs for record in records])
    except UNREACHABLE:
        raise
    except Exception:
        log.exception("Events %s (%s) could not be built", [record.number for record in records], name)
        # One that cannot be built must not keep the others from being told.
        return [None] if len(records) == 1 else [_build(name, [record])[0] for record in records]
