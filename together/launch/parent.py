"""`make run` stays between the shell and the server."""

import ctypes
import os
import signal
import sys

# From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1


def end_with_make() -> None:
    """Has this process told to stop when the make that started it dies, however it dies. Linux only."""
    if sys.platform != "linux" or "MAKELEVEL" not in os.environ:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
