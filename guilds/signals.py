"""What this app tells apps above it."""

from django.dispatch import Signal

# A deleted server is being purged. Sent with `server_id` and `batch`: each receiver deletes up to `batch` rows of its
# own that belong to that server, and returns how many it deleted.
server_purging = Signal()
