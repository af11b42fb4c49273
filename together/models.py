"""The models of the floor, where Django looks for them."""

from together.events.log import EventClock, EventRecord

__all__ = ["EventClock", "EventRecord"]
