"""What a reader's client knows of the channels it sees: from events, and from history where events are missing."""

from datetime import datetime
from typing import Any, NamedTuple

PAGE = 100
# Older history is looked at until this many pages in a row bring no news: only recent messages are ever changed.
CALM = 2


class Known(NamedTuple):
    at: datetime
    content: str


class Shelf(dict[str, dict[str, Known]]):
    """Channel → message → what is known of it. Idempotent, as every client's store has to be."""

    def hear(self, name: str, d: dict[str, Any]) -> None:
        """Take in an event about a message; of channels that are not on the shelf nothing is kept."""
        messages = self.get(d["channel_id"])
        if messages is None:
            return
        if name == "MESSAGE_DELETE":
            messages.pop(d["id"], None)
        elif name in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            messages[d["id"]] = _known(d)

    def put_page(self, channel: str, page: list[dict[str, Any]]) -> bool:
        """Take in a page of history, newest first, and forget what should be in it and is not. Whether it was news."""
        messages = self.setdefault(channel, {})
        fresh = {message["id"]: _known(message) for message in page}
        if all(messages.get(id) == known for id, known in fresh.items()) and fresh:
            return False
        messages.update(fresh)
        return bool(fresh)

    def forget_missing(self, channel: str, found: set[str], oldest: datetime | None) -> None:
        """After pages down to `oldest` (None: all of them) were read: what was not among them is gone."""
        messages = self[channel]
        for id in [id for id, known in messages.items() if id not in found and (oldest is None or known.at >= oldest)]:
            del messages[id]


def moment(message: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(message["created_at"])


def _known(message: dict[str, Any]) -> Known:
    return Known(moment(message), message["content"])
