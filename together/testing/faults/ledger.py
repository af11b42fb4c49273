"""What was asked for, what was acknowledged, and what was done to the world, as those who did it know."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# The demo's server, its text channels, and its people.
SERVER = "00000000-0000-0000-0000-000000000100"
GENERAL, RANDOM, GAMES, STRATEGY = (f"00000000-0000-0000-0000-00000000030{number}" for number in range(4))
CHANNELS = [GENERAL, RANDOM, GAMES, STRATEGY]
PEOPLE = {
    name: f"00000000-0000-0000-0000-00000000000{number}"
    for number, name in enumerate(("alice", "bob", "charlie", "diana", "eve"), 1)
}


@dataclass
class Sent:
    """One message: what its author asked for, and what was acknowledged."""

    channel: str
    content: str
    nonce: str
    # The ids that its nonce was answered with: there must be one.
    ids: set[str] = field(default_factory=set)
    deleted: bool = False

    @property
    def id(self) -> str:
        return min(self.ids)


@dataclass
class Blindness:
    """A time in which somebody may not see a channel: from when that was acknowledged until it was about to end."""

    user: str
    channels: set[str]
    since: float
    until: float = math.inf


@dataclass
class Fault:
    name: str
    seconds: float


@dataclass
class Ledger:
    """Written by several threads; each of them only appends, and looks after its own messages."""

    sent: list[Sent] = field(default_factory=list)
    blindness: list[Blindness] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    # How often each status was the answer to a write; `no answer` is a timeout or a broken connection.
    answers: Counter[str] = field(default_factory=Counter)
    # What somebody could read by the API although they had lost sight of it.
    leaks: list[str] = field(default_factory=list)
    # What went wrong in a way that no retry excuses.
    broken: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def blind(self, user: str, channel: Any, at: float, grace: float = 0.0) -> bool:
        """Whether somebody had lost sight of a channel more than `grace` seconds ago."""
        return any(
            dark.user == user and channel in dark.channels and dark.since + grace < at < dark.until
            for dark in self.blindness
        )
