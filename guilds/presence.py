"""Who hears of people's comings and goings: those who share a server with them."""

import uuid
from collections import defaultdict
from typing import Any

from django.dispatch import receiver

from accounts.events import presence_updated
from accounts.models import User
from accounts.signals import presence_changed
from guilds.models import Member
from together.events import publish_all


@receiver(presence_changed)
def tell(users: list[User], **_signal: Any) -> None:
    """Publish how these people look to others now. Runs in that transaction."""
    servers: defaultdict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    memberships = Member.objects.in_living_servers().filter(user__in=users).by_seniority()
    for user_id, server_id in memberships.values_list("user_id", "server_id"):
        servers[user_id].append(server_id)
    publish_all(presence_updated(user.pk, servers[user.pk]) for user in users)
