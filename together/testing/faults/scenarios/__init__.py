"""Single faults that take long, each with the row of threats.md that it stands for.

A scenario gets a directory, builds its own world there, and says in a sentence what it measured. It raises
`AssertionError` when the row does not hold.
"""

from collections.abc import Callable
from pathlib import Path

from together.testing.faults.scenarios.clients import (
    a_client_that_stops_reading_is_dropped_within_30_s_and_others_go_on,
    clients_that_come_and_go_leave_nothing_behind,
    five_hundred_clients_reconnecting_within_one_second,
)
from together.testing.faults.scenarios.database import (
    database_connections_exhausted_by_500_sockets_and_50_requests_a_second,
    postgresql_frozen_for_30_s,
)
from together.testing.faults.scenarios.redis import redis_down_for_60_s

Scenario = Callable[[Path], str]

SCENARIOS: list[Scenario] = [
    postgresql_frozen_for_30_s,
    database_connections_exhausted_by_500_sockets_and_50_requests_a_second,
    redis_down_for_60_s,
    a_client_that_stops_reading_is_dropped_within_30_s_and_others_go_on,
    five_hundred_clients_reconnecting_within_one_second,
    clients_that_come_and_go_leave_nothing_behind,
]
