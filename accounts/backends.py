"""How Django's own parts (admin's sign-in form, `authenticate`) check a name and a password: by our action."""

import uuid
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.passwords import check
from together.refusals import Refusal, TooMany


class PasswordBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **rest: Any
    ) -> User | None:
        if not username or not password:
            return None
        try:
            return check(username, password, address=getattr(request, "client_address", None))
        except TooMany:
            raise
        except Refusal:
            return None

    def get_user(self, user_id: uuid.UUID) -> User | None:
        user: User | None = User.objects.active().filter(pk=user_id).first()
        return user
