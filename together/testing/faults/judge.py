"""Compares what was acknowledged, what is stored, and what was delivered."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from together.testing.faults.ledger import CHANNELS, SERVER, Ledger
from together.testing.faults.line import Line
from together.testing.faults.readers import Heard, Reader
from together.testing.faults.shelf import PAGE
from together.testing.faults.verdict import Verdict

# Seconds after which a revocation must have reached a socket, and a reader must know everything.
REVOKED, CAUGHT_UP = 2.0, 5.0

# Channel → id → content, in the order of history.
Stored = dict[str, dict[str, str]]


def history(line: Line, verdict: Verdict) -> Stored:
    """Everything that one person can read, by the API."""
    stored: Stored = {}
    for channel in CHANNELS:
        found: list[tuple[str, str]] = []
        query, full = f"limit={PAGE}", True
        while full:
            status, page = line.settle("GET", f"/channels/{channel}/messages?{query}")
            assert status == 200, page
            found += [(message["id"], message["content"]) for message in page]
            full = len(page) == PAGE
            query = f"limit={PAGE}&before={found[-1][0]}" if found else query
        stored[channel] = dict(reversed(found))
        verdict.doubled += [f"{id} is in history twice" for id in _repeated(id for id, _ in found)]
    return stored


def compare(ledger: Ledger, stored: Stored, seeded: set[str], verdict: Verdict) -> None:
    """Acknowledged against stored."""
    living = {id: content for messages in stored.values() for id, content in messages.items()}
    sent = [message for message in ledger.sent if message.ids]
    verdict.twofold += [f"{message.nonce}: {message.ids}" for message in sent if len(message.ids) > 1]
    for message in sent:
        found = stored[message.channel].get(message.id)
        if message.deleted and found is not None:
            verdict.lost.append(f"the deletion of {message.id}")
        elif not message.deleted and found is None:
            verdict.lost.append(message.id)
        elif not message.deleted and found != message.content:
            verdict.lost.append(f"the change of {message.id}: {found!r}, not {message.content!r}")
    known = {id for message in sent for id in message.ids}
    verdict.phantom += [f"{id} is stored" for id in living.keys() - known - seeded]


def hear(reader: Reader, ledger: Ledger, stored: Stored, seeded: set[str], verdict: Verdict) -> None:
    """Delivered against both."""
    name = reader.line.person.name
    known = {id for message in ledger.sent for id in message.ids} | seeded
    place = {id: number for messages in stored.values() for number, id in enumerate(messages)}
    chains: defaultdict[int, list[Heard]] = defaultdict(list)
    for heard in reader.heard:
        chains[heard.chain].append(heard)
        channel = heard.d.get("channel_id")
        if channel and ledger.blind(reader.line.person.id, channel, heard.at, grace=REVOKED):
            verdict.leaked.append(f"{name} was sent {heard.name} {heard.s} of {channel}")
        if heard.name.startswith("MESSAGE_") and heard.d["id"] not in known:
            verdict.phantom.append(f"{name} was sent {heard.name} {heard.d['id']}")
    for chain in chains.values():
        verdict.doubled += [f"{name} was sent {s} twice" for s in _repeated(heard.s for heard in chain if heard.s)]
        created = [heard.d for heard in chain if heard.name == "MESSAGE_CREATE"]
        verdict.doubled += [f"{name} was sent {id} twice" for id in _repeated(d["id"] for d in created)]
        for channel in CHANNELS:
            order = [place[d["id"]] for d in created if d["channel_id"] == channel and d["id"] in place]
            if any(later < earlier for earlier, later in pairwise(order)):
                verdict.misordered.append(f"{name} was sent messages of {channel} in another order than stored")
        verdict.misordered += [f"{name} was sent {id} in a wrong order" for id in _upside_down(chain)]


def catch_up(readers: list[Reader], stored: Stored, verdict: Verdict) -> float:
    """Wait until every reader knows what is stored in the channels that they see; seconds that it took."""
    began = time.monotonic()
    wanted = {reader: _wanted(reader, stored) for reader in readers}
    while time.monotonic() < began + CAUGHT_UP and any(_differences(*pair) for pair in wanted.items()):
        time.sleep(0.05)
    for reader, want in wanted.items():
        verdict.unknown += [f"{reader.line.person.name} {difference}" for difference in _differences(reader, want)]
    return time.monotonic() - began


def _wanted(reader: Reader, stored: Stored) -> Stored:
    status, channels = reader.line.settle("GET", f"/servers/{SERVER}/channels")
    assert status == 200, channels
    return {channel["id"]: stored.get(channel["id"], {}) for channel in channels}


def _differences(reader: Reader, wanted: Stored) -> list[str]:
    shelf = reader.shelf
    found = [f"does not have the channel {channel}" for channel in wanted.keys() - shelf.keys()]
    found += [f"still has the channel {channel}" for channel in shelf.keys() - wanted.keys()]
    for channel in wanted.keys() & shelf.keys():
        have = {id: known.content for id, known in shelf[channel].copy().items()}
        found += [f"does not know {id}" for id in wanted[channel].keys() - have.keys()]
        found += [f"still shows {id}" for id in have.keys() - wanted[channel].keys()]
        both = have.keys() & wanted[channel].keys()
        found += [f"shows an old text of {id}" for id in both if have[id] != wanted[channel][id]]
    return found


def _upside_down(chain: list[Heard]) -> set[str]:
    """Messages that were changed before they were there, or talked of after they were gone."""
    wrong: set[str] = set()
    stories: defaultdict[str, list[str]] = defaultdict(list)
    for heard in chain:
        if heard.name.startswith("MESSAGE_"):
            stories[heard.d["id"]].append(heard.name)
    for id, story in stories.items():
        if "MESSAGE_CREATE" in story[1:] or "MESSAGE_DELETE" in story[:-1]:
            wrong.add(id)
    return wrong


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]
