"""The one way in: an act is written down in the transaction that carries it out."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from together.audit.entry import AuditEntry

TICK = timedelta(microseconds=1)
# So that two acts in one server cannot take the same moment; any constant that nothing else here locks will do.
_LOCK = 0x61_75_64_74


def record(
    action: str,
    *,
    actor: Any,
    server: Any = None,
    target: tuple[str, uuid.UUID] | None = None,
    channel_id: uuid.UUID | None = None,
    details: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Write down that `actor` did `action` to `target` (its kind and id).

    `details` is what the wire shows; `before` and `after` hold the fields that changed. Values are JSON. Acts in one
    server take turns here until their transactions end: call it last. Raises `RuntimeError` outside a transaction.
    """
    facts = {"target": target, "channel_id": channel_id, "details": details, "before": before, "after": after}
    return record_all(action, [facts], actor=actor, server=server, reason=reason)[0]


def record_all(
    action: str, acts: Iterable[dict[str, Any]], *, actor: Any, server: Any = None, reason: str | None = None
) -> list[AuditEntry]:
    """Write down that `actor` did the same to many; of each what `record` takes: target, channel, details, changes."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An act must be recorded in its own transaction.")
    if not (acts := list(acts)):
        return []
    first = _moment(server)
    return AuditEntry.objects.bulk_create(
        _entry(action, actor=actor, server=server, reason=reason or None, created_at=first + number * TICK, **facts)
        for number, facts in enumerate(acts)
    )


def _entry(action: str, *, server: Any, target: tuple[str, uuid.UUID] | None = None, **facts: Any) -> AuditEntry:
    target_type, target_id = target or (None, None)
    for name in ("details", "before", "after"):
        facts[name] = facts.get(name) or {}
    return AuditEntry(
        action=action,
        server=server,
        server_name=server.name if server else "",
        target_type=target_type,
        target_id=target_id,
        **facts,
    )


def _moment(server: Any) -> Any:
    if server is None:
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(server.pk)])
    entries = AuditEntry.objects.filter(server=server).order_by("-created_at")
    last = entries.values_list("created_at", flat=True).first()
    now = timezone.now()
    return max(now, last + TICK) if last else now
