"""The audit log: every privileged act, whoever did it and by which way (page, API, Django admin)."""

from together.audit.record import record

__all__ = ["record"]
