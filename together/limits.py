"""Rate limits, in one store for all processes (Redis when there is one), by moving window."""

import logging
import time
from functools import cache
from threading import Timer

from django.conf import settings
from limits import parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from together.http.address import household
from together.refusals import TooMany

log = logging.getLogger(__name__)

_HERE = "memory://"
# Seconds that the store has to answer; it needs less than a thousandth of that.
PATIENCE = 0.5
# Seconds for which one that did not answer is left alone: each request would lose its patience on it.
REST = 3.0

# Seconds after which counts that have run out are cleared away; they do not count in the meantime.
FORGOTTEN = 10.0

# When the store is asked again, on the monotonic clock.
_rests_until = 0.0


def hit(bucket: str, key: object, cost: int = 1) -> None:
    """Count one use of a bucket of `settings.RATE_LIMITS` by `key` (an address, an account). Raises `TooMany`.

    A bucket that the setting does not name has no limit. What costs more counts as so many.
    """
    _require(bucket, str(key), cost)


def require_room(bucket: str, key: object) -> None:
    """Raise `TooMany` where a bucket is full, and count nothing: for those in which only misses are `hit`."""
    _require(bucket, str(key), 0)


def hit_address(bucket: str, address: str) -> None:
    """Count one use by a client address; of IPv6 by its /64, since one household has all of it."""
    hit(bucket, household(address))


def forget() -> None:
    """Start counting anew in this process. For tests."""
    global _rests_until
    _limiter.cache_clear()
    _rests_until = 0.0


def _require(bucket: str, key: str, cost: int) -> None:
    rate = settings.RATE_LIMITS.get(bucket)
    if rate is None:
        return
    if wait := _wait(rate, bucket, key, cost):
        raise TooMany(wait=wait)


def _wait(rate: str, bucket: str, key: str, cost: int) -> float:
    """Seconds to wait; none when the use is within the limit.

    A store that is down must neither stop the product nor open it to guessing: meanwhile this process counts alone.
    """
    global _rests_until
    if time.monotonic() >= _rests_until:
        try:
            return _wait_by(settings.RATE_LIMIT_STORAGE, rate, bucket, key, cost)
        except StorageError:
            _rests_until = time.monotonic() + REST
            log.warning("The store of rate limits does not answer; for %s s each process counts alone.", REST)
    return _wait_by(_HERE, rate, bucket, key, cost)


def _wait_by(store: str, rate: str, bucket: str, key: str, cost: int) -> float:
    limiter, item = _limiter(store), _parsed(rate)
    if limiter.hit(item, bucket, key, cost=cost) if cost else limiter.test(item, bucket, key):
        return 0
    return max(1.0, limiter.get_window_stats(item, bucket, key).reset_time - time.time())


@cache
def _limiter(store: str) -> SlidingWindowCounterRateLimiter:
    if store == _HERE:
        return SlidingWindowCounterRateLimiter(_Memory())
    # A socket file has another scheme here than in Redis's own client.
    address = store.replace("unix://", "redis+unix://", 1)
    storage = storage_from_string(
        address, wrap_exceptions=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    assert isinstance(storage, Storage)  # noqa: S101
    return SlidingWindowCounterRateLimiter(storage)


_parsed = cache(parse)


class _Memory(MemoryStorage):
    """The library's, which starts a thread at nearly every use to clear away what is old: here, now and then."""

    @property
    def timer(self) -> Timer:
        return self._timer

    @timer.setter
    def timer(self, timer: Timer) -> None:
        timer.interval, timer.daemon = FORGOTTEN, True
        self._timer = timer
