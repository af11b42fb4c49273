"""Who has a socket open in this process, kept in the database so that every process knows who is there."""

import asyncio
import contextlib
import logging
import time
import uuid
from collections import Counter

from accounts import actions
from together.gateway.work import people

log = logging.getLogger(__name__)

# Seconds that somebody without a socket stays: a page that loads anew, or a connection that drops, is nobody's news.
GRACE = 8.0
# Seconds between prolongations: two may fail before the rows expire (`accounts.actions.presence.LIFETIME`).
TICK = 20.0
# Seconds until the database is tried again.
PAUSE = 1.0


class Attendance:
    """One per process. Comings and goings are gathered while a write is under way: a storm of them takes few writes."""

    def __init__(self) -> None:
        self._process = uuid.uuid4()
        self._sockets: Counter[uuid.UUID] = Counter()
        self._leaving: dict[uuid.UUID, asyncio.TimerHandle] = {}
        # Who should have a row, and who has one as far as we know.
        self._here: set[uuid.UUID] = set()
        self._written: set[uuid.UUID] = set()
        self._changed = asyncio.Event()
        self._prolonged_at = time.monotonic()
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write. Call on the event loop that the sockets live on."""
        self._keeper = asyncio.create_task(self._keep())

    def stop(self) -> None:
        """Write no more. The rows stay until they expire: after a restart people come back before anybody notices."""
        for timer in self._leaving.values():
            timer.cancel()
        if self._keeper is not None:
            self._keeper.cancel()

    def came(self, user_id: uuid.UUID) -> None:
        """A socket of that person has opened."""
        self._sockets[user_id] += 1
        if timer := self._leaving.pop(user_id, None):
            timer.cancel()
        self._here.add(user_id)
        self._changed.set()

    def went(self, user_id: uuid.UUID) -> None:
        """A socket of that person, of which `came` was told, has closed."""
        self._sockets[user_id] -= 1
        if not self._sockets[user_id]:
            del self._sockets[user_id]
            self._leaving[user_id] = asyncio.get_running_loop().call_later(GRACE, self._is_gone, user_id)

    def _is_gone(self, user_id: uuid.UUID) -> None:
        del self._leaving[user_id]
        self._here.discard(user_id)
        self._changed.set()

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._prolonged_at + TICK - time.monotonic())
            self._changed.clear()
            try:
                await self._write()
            except Exception as error:
                log.warning("Who is here could not be written down and waits for the next try: %r", error)
                self._changed.set()
                await asyncio.sleep(PAUSE)

    async def _write(self) -> None:
        if time.monotonic() >= self._prolonged_at + TICK:
            # Who is not among them was taken for gone, and comes anew.
            self._written &= await people(actions.prolong, process=self._process)
            self._prolonged_at = time.monotonic()
        if came := self._here - self._written:
            await people(actions.appear, process=self._process, user_ids=came)
            self._written |= came
        if gone := self._written - self._here:
            await people(actions.disappear, process=self._process, user_ids=gone)
            self._written -= gone
