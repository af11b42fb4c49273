"""Removing what is over, off any request: deleted servers (minutes in all, never long at once), bans, invites."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from guilds.models import Ban, Invite, Server, Timeout
from guilds.signals import server_purging
from together.housekeeping import every

# Lists show expired invites, as the wire has it, for this long.
KEEP_INVITES = timedelta(days=30)


@every(seconds=10)
def purge_deleted_servers(batch: int = 5000) -> int:
    """Remove all deleted servers, up to `batch` rows of each kind in a transaction; returns how many are gone.

    Any number of processes may do this at once; what one leaves behind when it dies, the next goes on with.
    """
    deleted = Server.objects.filter(deleted_at__isnull=False).order_by("deleted_at")
    return sum(_purge(server_id, batch) for server_id in list(deleted.values_list("pk", flat=True)))


@every(seconds=3600)
def purge_expired() -> int:
    """Remove bans and timeouts that have run out; returns how many."""
    return sum(kind.objects.filter(expires_at__lte=Now()).delete()[0] for kind in (Ban, Timeout))


@every(seconds=3600)
def purge_invites() -> int:
    """Remove invites that have been expired for `KEEP_INVITES`; returns how many."""
    return Invite.objects.filter(expires_at__lte=Now() - KEEP_INVITES).delete()[0]


def _purge(server_id: uuid.UUID, batch: int) -> bool:
    while True:
        with transaction.atomic():
            # Held by another process: it is in good hands.
            deleted = Server.objects.select_for_update(skip_locked=True).filter(deleted_at__isnull=False)
            server = deleted.filter(pk=server_id).first()
            if server is None:
                return False
            answers = server_purging.send(sender=Server, server_id=server_id, batch=batch)
            if not any(removed for _receiver, removed in answers):
                server.delete()
                return True
