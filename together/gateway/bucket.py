"""How fast a client may send."""

import time

# Voice signalling bursts (protocol, defect 25): this many frames at once, and this many a second after that.
BURST = 200.0
RATE = 50.0


class Bucket:
    """A token bucket for the frames of one socket."""

    def __init__(self) -> None:
        self._tokens = BURST
        self._at = time.monotonic()

    def take(self) -> bool:
        """Use one token; False when there is none left."""
        now = time.monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._at) * RATE)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
