"""The close codes of the gateway. `docs/events.md` explains them to clients."""

# A frame that is not a JSON object of the documented shape.
BAD_FRAME = 4002
# The sign-in that opened the socket has ended: do not come back with it.
SESSION_ENDED = 4004
# Frames came faster than the bucket allows.
TOO_FAST = 4008
# The client did not read what it was sent; reconnect and catch up.
TOO_SLOW = 4009
# From RFC 6455: a binary frame, text in no known letters, a frame that is too large, and a server that cannot go on.
NOT_TEXT = 1003
NOT_UTF8 = 1007
TOO_BIG = 1009
TRY_AGAIN = 1012
