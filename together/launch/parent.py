"""Processes that must not outlive the one that started them: `make run` stays before the server, granian around it."""

import ctypes
import os
import signal
import sys

# From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1


def end_with_make() -> None:
    """Has this process told to stop when the make that started it dies, however it dies. Linux only."""
    if "MAKELEVEL" in os.environ:
        end_with_parent()


def end_with_parent() -> None:
    """Has this process told to stop when the one that started it dies, however it dies. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
