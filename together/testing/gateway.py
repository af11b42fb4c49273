"""Steps of tests that hold sockets open."""

from collections.abc import Callable
from typing import Any

from accounts.actions import sign_in
from accounts.models import User
from accounts.tokens import access_token
from together.gateway.work import in_database


def token(user: User) -> str:
    """An access token of a new sign-in."""
    session, _refresh = sign_in(user=user)
    return access_token(user, session)


async def act(action: Callable[..., Any], **kwargs: Any) -> Any:
    """Take an action as a request's thread would."""
    return await in_database(action, **kwargs)
