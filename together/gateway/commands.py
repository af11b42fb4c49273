"""What a socket may say, beside heartbeats: each word with the shape of what comes with it, and what it does.

Nobody is answered: what is wrong, or not allowed, is ignored. But for what people choose to show of themselves,
nothing that a socket says is kept.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from rest_framework.exceptions import ValidationError

from accounts.commands import choose_presence
from accounts.serializers import PresenceChoice
from chat.commands import start_typing
from chat.serializers import TypingStart
from together import events
from together.gateway.latest import Latest
from together.gateway.socket import Socket
from together.gateway.work import people
from together.refusals import Refusal
from together.rest.serializers import Input

log = logging.getLogger(__name__)

# Seconds between two tellings that somebody types in a channel, and between two changes of what one shows of oneself.
TYPING_PAUSE = 3.0
PRESENCE_PAUSE = 2.0
# Channels in which one person is told to be typing within that pause: each costs as much as a coming in.
MAX_TYPED = 5

# What is under way: the event loop itself does not hold on to a task.
_tasks: set[asyncio.Task[None]] = set()
# When somebody was last told to be typing somewhere, the longest ago first.
_typed: dict[tuple[uuid.UUID, uuid.UUID], float] = {}
# What people choose to show of themselves, over whatever sockets: all those of one person share one.
_choices: WeakValueDictionary[uuid.UUID, Latest[dict[str, Any]]] = WeakValueDictionary()


class Commands:
    """What one socket says."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._presence = _choices.setdefault(socket.user_id, Latest(_chooser(socket.user_id), PRESENCE_PAUSE))

    def obey(self, frame: dict[str, Any]) -> None:
        """Do what a sound frame says, if it is any of `WORDS`. Returns at once, and raises nothing."""
        known = WORDS.get(frame["op"])
        if known is None:
            return
        shape, act = known
        try:
            said = _understood(shape, frame.get("d"))
            if said is not None:
                act(self, said)
        except Exception:
            log.exception("%s could not be understood", frame["op"])

    def type(self, said: dict[str, Any]) -> None:
        place = self._socket.user_id, said["channel_id"]
        now = time.monotonic()
        # Asked here first, where it costs nothing: whoever sees the channel hears it.
        heard = events.channel(said["channel_id"]) in self._socket.audiences
        if not heard or now - _typed.get(place, -TYPING_PAUSE) < TYPING_PAUSE:
            return
        _forget_before(now - TYPING_PAUSE)
        if sum(user_id == self._socket.user_id for user_id, _channel in _typed) >= MAX_TYPED:
            return
        _typed[place] = now
        _begin(people(start_typing, user_id=self._socket.user_id, **said))

    def show(self, said: dict[str, Any]) -> None:
        self._presence.put(said)


Act = Callable[[Commands, dict[str, Any]], None]
WORDS: dict[str, tuple[type[Input], Act]] = {
    "PRESENCE_UPDATE": (PresenceChoice, Commands.show),
    "TYPING_START": (TypingStart, Commands.type),
}


def _chooser(user_id: uuid.UUID) -> Callable[[dict[str, Any]], Awaitable[None]]:
    async def choose(said: dict[str, Any]) -> None:
        await people(choose_presence, user_id=user_id, **said)

    return choose


def _begin(work: Coroutine[Any, Any, Any]) -> None:
    task = asyncio.create_task(_carry_out(work))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _carry_out(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except Refusal:
        pass
    except Exception:
        log.exception("What a socket said could not be done")


def _understood(shape: type[Input], d: Any) -> dict[str, Any] | None:
    try:
        return shape.read(d)
    except ValidationError:
        return None


def _forget_before(moment: float) -> None:
    while _typed and next(iter(_typed.values())) <= moment:
        del _typed[next(iter(_typed))]
