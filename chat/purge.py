"""What the chat removes when a server goes."""

import uuid
from typing import Any

from chat.models import Message


def purge_messages(*, server_id: uuid.UUID, batch: int, **_signal: Any) -> int:
    """Delete up to `batch` messages of a server, with what hangs on them; returns how many."""
    some = Message.objects.filter(channel__server=server_id).values("pk")[:batch]
    # Only messages are counted: what hangs on them goes by the database's own rules.
    return Message.objects.filter(pk__in=some).delete()[0]
