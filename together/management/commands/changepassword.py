"""`manage.py changepassword`: Django's own, after which whoever was signed in with the old password is so no more."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from accounts.actions import end_sessions
from accounts.models import Session


class Command(changepassword.Command):
    help = "Change a person's password, and end all their sign-ins."

    def handle(self, *args: Any, **options: Any) -> str | None:
        said: str | None = super().handle(*args, **options)
        with transaction.atomic():
            end_sessions(Session.objects.filter(user__username=options["username"] or getpass.getuser()))
        return said
