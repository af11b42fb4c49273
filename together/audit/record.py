"""The one way in: an act is written down in the transaction that carries it out."""

import uuid
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
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An act must be recorded in its own transaction.")
    return AuditEntry.objects.create(
        server=server,
        server_name=server.name if server else "",
        actor=actor,
        action=action,
        target_type=target[0] if target else None,
        target_id=target[1] if target else None,
        channel_id=channel_id,
        details=details or {},
        before=before or {},
        after=after or {},
        reason=reason or None,
        created_at=_moment(server),
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
