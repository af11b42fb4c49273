"""`manage.py restored`: after a backup was put back, before `up`, so that nobody takes a new event for an old one."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand

from together.events.log import EventClock


class Command(BaseCommand):
    help = "Begin a new life of the log, after a backup was restored: clients that come back start afresh."

    def handle(self, *args: Any, **options: Any) -> None:
        # Nothing else is touched or read: the backup may be older than the tables of this version.
        EventClock.objects.update(generation=uuid.uuid4())
        self.stdout.write("Whoever comes back starts afresh.")
