"""What people may say of themselves over a socket."""

import uuid
from typing import Any

from accounts.actions import update_profile
from accounts.models import User


def choose_presence(*, user_id: uuid.UUID, **choice: Any) -> None:
    """Show oneself as that `status`, with that `custom_status` and `activity`; kept like any other choice."""
    user = User.objects.active().filter(pk=user_id).first()
    if user is not None:
        update_profile(actor=user, **{name: value or None for name, value in choice.items()})
