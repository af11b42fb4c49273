"""A new message, and all that is written with it, in one trip to the database."""

from chat import events
from chat.models import Message
from chat.read_states import MARK
from together.events import publish

# A microsecond after the newest at least: in one channel the order of (created_at, id) is the order in which messages
# became visible, whatever the clock does.
_MOMENT = """
greatest(%(created_at)s, (
    SELECT created_at + interval '1 microsecond' FROM messages
    WHERE channel_id = %(channel_id)s AND NOT deleted AND thread_id IS NULL
    ORDER BY created_at DESC, id DESC LIMIT 1
))
"""
_COLUMNS = [field.attname for field in Message._meta.concrete_fields if not field.generated]
_VALUES = {name: f"%({name})s" for name in _COLUMNS} | {"created_at": _MOMENT}
# Every message takes this: the ORM would take longer to write it than PostgreSQL to carry it out.
_INSERT = f"""
INSERT INTO messages ({", ".join(_VALUES)}) VALUES ({", ".join(_VALUES.values())}) RETURNING created_at
"""  # noqa: S608  (names of our own columns)


def post(message: Message) -> None:
    """Write a new message, which gets its moment, note that its author has read what was there, and tell of it.

    The caller has the channel locked: messages of one channel are committed one after the other. It is the last that
    the caller does in that transaction.
    """
    row = {name: getattr(message, name) for name in _VALUES}
    values = {**row, "message": message.pk, "user": message.author_id}
    event = events.message_created(message)
    ((message.created_at,),), _marked = publish(event, _INSERT, MARK, values=values, last=True)
    message._state.adding = False
