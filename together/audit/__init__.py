"""The audit log: every privileged act, whoever did it and by which way (page, API, Django admin)."""

from together.audit.record import record, record_all

__all__ = ["record", "record_all"]
