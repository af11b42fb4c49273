"""What a frame looks like on the wire, both ways."""

from typing import Any

import orjson
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from together.events.bus import Frame


def framed(text: bytes) -> bytes:
    """A text message as bytes on the wire: the same for every client, since a server masks and compresses nothing."""
    return WireFrame(Opcode.TEXT, text).serialize(mask=False)


HEARTBEAT_ACK = framed(b'{"op":"HEARTBEAT_ACK"}')


def encode(frame: Frame, *, rendered: bool, place: str | None = None) -> bytes:
    """An event as bytes on the wire. `s` names its place in the log; `html` is for pages only."""
    content: dict[str, Any] = {"op": "DISPATCH", "t": frame.name}
    if s := place or frame.s:
        content["s"] = s
    content["d"] = frame.d
    if rendered and frame.html is not None:
        content["html"] = frame.html
    return framed(orjson.dumps(content))


def decode(text: str) -> dict[str, Any] | None:
    """A frame of a client: an object with a word as `op`, perhaps a word as `t`, and anything as `d`; else None."""
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict) or not isinstance(content.get("op"), str):
        return None
    return content if isinstance(content.get("t"), str | None) else None
