"""The models of the floor, where Django looks for them."""

from together.audit.entry import AuditEntry
from together.events.log import EventClock, EventRecord

__all__ = ["AuditEntry", "EventClock", "EventRecord"]
