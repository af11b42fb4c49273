"""Guessing codes of invites is slowed, wherever somebody tries: API, page, registration."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import User
from together import limits
from together.http.address import household
from together.refusals import NotFound


@contextmanager
def guesses(address: str | None, actor: User | None = None) -> Iterator[None]:
    """Around a lookup of a code: what is `NotFound` counts, and nothing else does.

    Without an account it counts against the address. With one it counts against the account, and widely against the
    address: one who guesses must not shut out their neighbours. Raises `TooMany` for any lookup from where too many
    have missed.
    """
    counters: list[tuple[str, object]] = []
    if address:
        counters.append(("invite_neighbours" if actor else "invite_address", household(address)))
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
