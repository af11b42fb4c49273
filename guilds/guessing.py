"""Guessing codes of invites is slowed, wherever somebody tries: API, page, registration."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import User
from together import limits
from together.http.address import household
from together.refusals import NotFound


@contextmanager
def guesses(address: str | None, actor: User | None = None) -> Iterator[None]:
    """Around a lookup of a code: what is `NotFound` counts against the address and the account, and nothing else does.

    Raises `TooMany` for any lookup from where too many have missed.
    """
    counters: list[tuple[str, object]] = []
    if address:
        counters.append(("invite_address", household(address)))
    if actor:
        counters.append(("invite_account", actor.pk))
    for counter in counters:
        limits.require_room(*counter)
    try:
        yield
    except NotFound:
        for counter in counters:
            limits.hit(*counter)
        raise
