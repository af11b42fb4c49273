"""Finding messages by their words."""

import uuid
from collections.abc import Collection

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, QuerySet

from chat.models import Message

# So many of the newest matches are ranked, and counted: ranking reads each one's vector, and a word of everyday use
# matches a tenth of all messages (stack.md, section 7).
CANDIDATES = 1000


def matches(channel_ids: Collection[uuid.UUID], words: str) -> QuerySet[Message]:
    """Living messages of these channels with all of the words, in any form that English gives them; unordered."""
    query = SearchQuery(words, config="english", search_type="plain")
    found: QuerySet[Message] = Message.objects.living().filter(channel__in=channel_ids, search_vector=query)
    return found


def search(channel_ids: Collection[uuid.UUID], words: str) -> QuerySet[Message]:
    """The best of the newest `CANDIDATES` matches, each with its `rank`: best first, then newest."""
    query = SearchQuery(words, config="english", search_type="plain")
    newest = matches(channel_ids, words).order_by("-created_at", "-id")[:CANDIDATES]
    rank = SearchRank(F("search_vector"), query, cover_density=True)
    ranked = Message.objects.filter(pk__in=newest.values("pk")).annotate(rank=rank)
    best: QuerySet[Message] = ranked.order_by("-rank", "-created_at", "-id")
    return best


def count(channel_ids: Collection[uuid.UUID], words: str) -> int:
    """How many messages match, counted no further than `CANDIDATES`."""
    return matches(channel_ids, words)[:CANDIDATES].count()
