"""The base of viewsets for people who are signed in.

Apart from `accounts.authentication`, which DRF's own settings import before there are any viewsets.
"""

from typing import Any

from accounts.models import Session, User
from together.rest.views import ViewSet


class SignedInViewSet(ViewSet):
    """A viewset for people who are signed in: `actor` does what is asked, in the sign-in `session`."""

    @property
    def actor(self) -> User:
        person: Any = self.request.user
        assert isinstance(person, User)  # noqa: S101
        return person

    @property
    def session(self) -> Session:
        sign_in: Any = self.request.auth
        assert isinstance(sign_in, Session)  # noqa: S101
        return sign_in
