"""What this app tells apps above it."""

from django.dispatch import Signal

# A deleted server is being purged. Sent with `server_id` and `batch`: each receiver deletes up to `batch` rows of its
# own that belong to that server, and returns how many it deleted.
server_purging = Signal()

# Somebody is no longer in a server (left, kicked, banned, account deleted). Sent inside that transaction with `server`
# and `user`: each receiver ends what needs membership.
membership_ended = Signal()

# Somebody may only read for a while. Sent inside that transaction with `server` and `user`: each receiver ends what
# they are taking part in.
member_timed_out = Signal()

# Somebody was banned and what they wrote lately is not wanted. Sent inside that transaction with `actor`, `server`,
# `user` and `since` (a moment): each receiver takes away what it has of theirs from then on.
posts_unwanted = Signal()

# A page is about to list channels. Sent with `user`, who sees them, and `channels`: each receiver puts upon them, as
# attributes, what its part of the page shows.
channels_listed = Signal()
