"""What this process can be measured by, in the words of Prometheus. Each process answers for itself.

`/metrics` shows it to whoever has METRICS_TOKEN. No label takes a value that clients choose: their number is bounded.
"""

from collections.abc import Iterable

from django.db import connection
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from together import census

# When each series began, which would be a third of the page and which nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry(auto_describe=True)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Seconds. Requests take milliseconds, and a database that has gone makes them wait for up to 10 s.
_REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# An event is told within milliseconds, or when a bus that was down is there again.
_LAG_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)

_seconds = Histogram(
    "together_http_request_seconds",
    "Time that requests took in a thread.",
    ["method", "route", "status"],
    registry=REGISTRY,
    buckets=_REQUEST_BUCKETS,
)
_sockets = Gauge("together_sockets", "Sockets that are open.", registry=REGISTRY)
_sockets.set_function(census.open_sockets)
_deliveries = Counter("together_deliveries", "Frames handed to sockets.", registry=REGISTRY)
_queued = Gauge("together_queued_bytes", "Bytes that wait for sockets to take them.", ["of"], registry=REGISTRY)
_closes = Counter("together_socket_drops", "Sockets that were closed from here.", ["code"], registry=REGISTRY)
_resumes = Counter("together_resumes", "Sockets that came back.", ["outcome"], registry=REGISTRY)
_announced = Counter("together_events_announced", "Events handed to the bus.", registry=REGISTRY)
_lag = Histogram(
    "together_announce_lag_seconds",
    "Time from an event's row to the bus, of the oldest in each batch.",
    registry=REGISTRY,
    buckets=_LAG_BUCKETS,
)
ProcessCollector(registry=REGISTRY)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request to that route, which is a pattern, was answered."""
    _seconds.labels(method, route, f"{status // 100}xx").observe(seconds)


def delivered(count: int) -> None:
    """An event was queued for so many sockets."""
    _deliveries.inc(count)


def queued(total: int, largest: int) -> None:
    """So many bytes wait just now, for all sockets together and for the one that is furthest behind."""
    _queued.labels("all").set(total)
    _queued.labels("slowest").set(largest)


def dropped(code: int) -> None:
    """A socket was closed with one of our codes."""
    _closes.labels(str(code)).inc()


def resumed(outcome: str) -> None:
    """A socket came back and was told what it had missed, or to start afresh: one of a few words."""
    _resumes.labels(outcome).inc()


def announced(count: int, lag: float) -> None:
    """So many events were taken by the bus; the oldest had waited so many seconds."""
    _announced.inc(count)
    _lag.observe(max(0.0, lag))


def exposition() -> bytes:
    """Everything, as text."""
    return generate_latest(REGISTRY)


class _Pool(Collector):
    """The connections of this process to the database."""

    # What psycopg_pool calls it, and what it means.
    _STATES = (
        ("pool_size", "open"),
        ("pool_available", "idle"),
        ("requests_waiting", "awaited"),
        ("pool_max", "allowed"),
    )

    def describe(self) -> Iterable[Metric]:
        # Else the registry would collect right now, and open connections with whatever the settings say at import.
        return []

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily("together_database_connections", "Connections to the database.", labels=["state"])
        stats = connection.pool.get_stats() if connection.pool else {}  # type: ignore[attr-defined]
        for name, state in self._STATES:
            family.add_metric([state], stats.get(name, 0))
        yield family


REGISTRY.register(_Pool())
