"""Who changes a server, or who is in it, takes turns: the server's row is locked first, before any other."""

import uuid

from guilds.models import Server
from together.refusals import NotFound


def lock_server(server_id: uuid.UUID) -> Server:
    """The server as it is now, to be changed by nobody else until the transaction ends. Raises `NotFound`."""
    server = Server.objects.living().select_for_update(no_key=True).filter(pk=server_id).first()
    if server is None:
        raise NotFound
    return server
