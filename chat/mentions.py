"""Whom a message calls. The rules of what counts as a mention are the wire's (protocol, messages, section 3)."""

import uuid

from accounts.models import User
from guilds import access
from guilds.models import Channel
from guilds.permissions import Permission

# More names than this in one message are not looked up (threats.md, mention spam).
MAX_MENTIONS = 20


def mentions(actor: User, channel: Channel, content: str) -> tuple[list[uuid.UUID], bool]:
    """The people whom a text mentions, of those who see the channel, and whether it calls everyone.

    Calling everyone takes the permission `MENTION_EVERYONE`; without it the word is only a word.
    """
    names = {_name(token) for token in content.split() if token.startswith("@")} - {""}
    everyone = "everyone" in names and access.can(actor, Permission.MENTION_EVERYONE, channel)
    wanted = sorted(names - {"everyone"})[:MAX_MENTIONS]
    if not wanted:
        return [], everyone
    people = access.viewers(channel).filter(username__in=wanted)
    return list(people.values_list("pk", flat=True)), everyone


def _name(token: str) -> str:
    end = len(token)
    while end > 1 and not (token[end - 1].isalnum() or token[end - 1] == "_"):
        end -= 1
    return token[1:end]
