"""HTTP without the gateway: the WSGI application under granian, in one worker process, behind a proxy."""

import copy
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize
from wsgiref.types import WSGIApplication

from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from .memory import settle
from .parent import end_with_parent

# Connections that the proxy may hold open at once, and threads for them: what waits for a slot or for its body has one
# and costs little; `HTTP_THREADS` of them work at a time.
CONNECTIONS = 256
THREADS = 128
# Seconds that requests under way get to finish, as under uvicorn.
GRACE = 10


def serve_http(host: str, port: int, announce: Callable[[], None]) -> None:
    """Serves HTTP until Ctrl-C or SIGTERM; a worker that falls is started again."""
    server = Server(
        "together.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
        log_dictconfig=copy.deepcopy(settings.LOGGING),
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=lambda: _application(announce), wrap_loader=False)


def _application(announce: Callable[[], None]) -> WSGIApplication:
    """What the worker serves. It is loaded there, so that no thread and no connection is older than the process."""
    end_with_parent()

    from together import events, housekeeping
    from together.http.hosted import Hosted
    from together.wsgi import application

    events.start()
    housekeeping.start()
    Finalize(None, events.stop, exitpriority=1)
    Finalize(None, housekeeping.stop, exitpriority=2)
    settle()
    # granian listens as soon as this returns.
    threading.Timer(0.1, announce).start()
    return Hosted(application, slots=settings.HTTP_THREADS, max_body=settings.MAX_BODY, static=settings.STATIC_URL)
