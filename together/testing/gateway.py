"""Steps of tests that hold sockets open."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from accounts.actions import sign_in
from accounts.models import User
from accounts.tokens import access_token
from together.gateway.work import people

T = TypeVar("T")


def token(user: User) -> str:
    """An access token of a new sign-in."""
    session, _refresh = sign_in(user=user)
    return access_token(user, session)


async def act(action: Callable[..., Any], **kwargs: Any) -> Any:
    """Take an action as a request's thread would."""
    return await people(action, **kwargs)


def run(story: Coroutine[Any, Any, T]) -> T:
    """Live through a story on an event loop of its own. In a thread: Playwright may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
