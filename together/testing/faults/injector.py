"""Who hits the world: one fault after the other, of kinds and in an order that a seed decides."""

import random
import signal
import threading
import time
from collections.abc import Callable

from together.testing.faults.ledger import CHANNELS, GAMES, PEOPLE, SERVER, STRATEGY, Blindness, Fault, Ledger
from together.testing.faults.line import Line
from together.testing.faults.readers import Room
from together.testing.faults.world import World
from together.testing.process import Instance

VIEW_CHANNEL = 1
# Seconds that sight stays lost, that a thing stays frozen or down, and that readers stay away, at most.
DARK, COLD, AWAY = 4.0, 3.0, 8.0


class Injector:
    """Faults by name. Changes of sight go on beside what follows; every other fault is over when it returns."""

    def __init__(self, world: World, room: Room, owner: Line, leaver: Line, ledger: Ledger, seed: str) -> None:
        self._world, self._room, self._ledger = world, room, ledger
        self._owner, self._leaver = owner, leaver
        self._chance = random.Random(seed)
        # One of them at a time, each on a thread of its own.
        self._changes: list[threading.Thread] = []
        self.kinds: dict[str, Callable[[], None]] = {
            "process killed": lambda: world.kill(self._one),
            "process told to stop": lambda: world.restart(self._one),
            "PostgreSQL killed": lambda: world.restart_database(signal.SIGKILL),
            "PostgreSQL restarted": world.restart_database,
            "a process of PostgreSQL killed": world.kill_backend,
            "PostgreSQL frozen": lambda: world.freeze_database(self._chance.uniform(1, COLD)),
            "sockets cut": self._cut,
            "readers away for a while": lambda: self._cut(away=self._chance.uniform(1, AWAY)),
            "channel hidden and shown": lambda: self._beside(self._hide),
            "member kicked and back": lambda: self._beside(self._kick),
        }
        if redis := world.redis:
            self.kinds |= {
                "Redis killed": self._kill_redis,
                "Redis emptied": redis.flush,
                "connections of Redis cut": redis.cut,
                "Redis frozen": self._freeze_redis,
            }

    def plan(self, count: int) -> list[str]:
        """So many names: all kinds, again and again, each time in another order."""
        names: list[str] = []
        while len(names) < count:
            names += self._chance.sample(sorted(self.kinds), len(self.kinds))
        return names[:count]

    def inject(self, name: str) -> None:
        began = time.monotonic()
        self.kinds[name]()
        self._ledger.faults.append(Fault(name, time.monotonic() - began))

    def finish(self) -> None:
        """Wait until everybody sees again what they saw."""
        for change in self._changes:
            change.join(120)

    @property
    def _one(self) -> Instance:
        return self._chance.choice(self._world.instances)

    def _cut(self, away: float = 0.0) -> None:
        self._room.cut(self._chance.sample(self._room.readers, (len(self._room.readers) + 1) // 2), away)

    def _kill_redis(self) -> None:
        assert self._world.redis
        self._world.redis.kill()
        time.sleep(self._chance.uniform(0, COLD))
        self._world.redis.start()

    def _freeze_redis(self) -> None:
        assert self._world.redis
        self._world.redis.freeze()
        time.sleep(self._chance.uniform(0.5, COLD))
        self._world.redis.thaw()

    # -- changes of sight ----------------------------------------------------------------------------------

    def _beside(self, change: Callable[[], None]) -> None:
        self.finish()
        self._changes = [threading.Thread(target=self._watch, args=[change])]
        self._changes[0].start()

    def _watch(self, change: Callable[[], None]) -> None:
        try:
            change()
        except Exception as error:
            self._ledger.broken.append(f"Sight could not be changed: {error!r}")

    def _hide(self) -> None:
        channel, user = self._chance.choice([GAMES, STRATEGY]), PEOPLE["charlie"]
        body = {"user_id": user, "allow": 0, "deny": VIEW_CHANNEL}
        status, override = self._owner.settle("PUT", f"/channels/{channel}/overrides", body)
        assert status == 200, override
        dark = self._darken(user, {channel})
        dark.until = time.monotonic()
        status, answer = self._owner.settle("DELETE", f"/channels/{channel}/overrides/{override['id']}")
        assert status in (204, 404), answer

    def _kick(self) -> None:
        user = PEOPLE["diana"]
        status, invite = self._owner.settle("POST", f"/servers/{SERVER}/invites", {"max_uses": 1})
        assert status == 201, invite
        status, answer = self._owner.settle("POST", f"/servers/{SERVER}/members/{user}/kick")
        assert status in (204, 404), answer
        dark = self._darken(user, set(CHANNELS))
        dark.until = time.monotonic()
        status, answer = self._leaver.settle("POST", f"/invites/{invite['code']}/accept")
        # Anything else: an earlier try let them in, and used the invite up.
        assert status in (201, 404, 409), answer

    def _darken(self, user: str, channels: set[str]) -> Blindness:
        dark = Blindness(user, channels, time.monotonic())
        self._ledger.blindness.append(dark)
        time.sleep(self._chance.uniform(0.5, DARK))
        return dark
