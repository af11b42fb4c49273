"""`manage.py purge`: do now what housekeeping does every few seconds, and wait for it."""

from typing import Any

from django.core.management.base import BaseCommand

from guilds.purge import purge_deleted_servers


class Command(BaseCommand):
    help = "Remove what is left of deleted servers, now."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Servers purged: {purge_deleted_servers()}.")
