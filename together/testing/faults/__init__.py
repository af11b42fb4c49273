"""Faults on purpose: people write and read while processes, databases and connections are killed under them.

`trial` runs one seed of it in a `World` and returns a `Report`: what was acknowledged, stored and delivered, compared.
Everything in it is real: processes, PostgreSQL, Redis, HTTP and sockets.
"""

from together.testing.faults.trial import Report, trial
from together.testing.faults.verdict import Verdict
from together.testing.faults.world import World

__all__ = ["Report", "Verdict", "World", "trial"]
