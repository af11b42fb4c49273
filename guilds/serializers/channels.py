"""The JSON shape of channels and categories, and what may be sent of them."""

from typing import Any

from rest_framework import serializers

from guilds.models import Channel, ChannelType
from guilds.serializers.flags import ChannelFlags
from guilds.serializers.roles import require_apart
from together.rest.fields import Boolean, Choice, Id, Integer, Listing, Name, Text
from together.rest.serializers import Input

# Seconds between two messages of one person, at most.
MAX_SLOW_MODE = 21_600


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """`category` is the name of the channel's category, annotated by `Channel.objects.with_category()`."""

    server_id = serializers.UUIDField(read_only=True)
    type = serializers.ChoiceField(choices=[ChannelType.TEXT, ChannelType.VOICE], read_only=True)
    category = serializers.CharField(read_only=True, allow_null=True)
    category_id = serializers.UUIDField(source="parent_id", read_only=True, allow_null=True)

    class Meta:
        model = Channel
        fields = (
            "id",
            "server_id",
            "name",
            "type",
            "position",
            "category",
            "category_id",
            "topic",
            "inherits",
            "default_allow",
            "default_deny",
            "slow_mode",
            "created_at",
        )
        read_only_fields = fields


class CategorySerializer(serializers.ModelSerializer[Channel]):
    server_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Channel
        fields = ("id", "server_id", "name", "position", "default_allow", "default_deny", "created_at")
        read_only_fields = fields


class ChannelCreate(Input):
    """`category` is the name of a category, made when new; `category_id` goes before it."""

    name = Name(max_length=100)
    type = Choice([ChannelType.TEXT, ChannelType.VOICE], shape=True)
    topic = Text(max_length=1024, allow_blank=True, required=False)
    category = Name(max_length=100, allow_blank=True, required=False)
    category_id = Id(required=False)
    inherits = Boolean(required=False)
    default_allow = ChannelFlags(required=False)
    default_deny = ChannelFlags(required=False)
    slow_mode = Integer(min_value=0, max_value=MAX_SLOW_MODE, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _sensible(attrs)


class ChannelUpdate(Input):
    """An empty `category`, or `null` for `category_id`, which goes before it, takes it out of any."""

    clears = ("category_id",)

    name = Name(max_length=100, required=False)
    topic = Text(max_length=1024, allow_blank=True, required=False)
    category = Name(max_length=100, allow_blank=True, required=False)
    category_id = Id(required=False)
    position = Integer(min_value=0, max_value=2_147_483_647, required=False)
    inherits = Boolean(required=False)
    default_allow = ChannelFlags(required=False)
    default_deny = ChannelFlags(required=False)
    slow_mode = Integer(min_value=0, max_value=MAX_SLOW_MODE, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _sensible(attrs)


class Placed(Input):
    """A channel in an order; without `category_id` it stays in its category, with `null` it comes into none."""

    clears = ("category_id",)

    id = Id()
    category_id = Id(required=False)


class ChannelOrder(Input):
    """All channels that one sees, the first first."""

    channels = Listing(child=Placed(), max_length=500)


class CategoryCreate(Input):
    name = Name(max_length=100)


class CategoryUpdate(Input):
    """What is left out stays."""

    name = Name(max_length=100, required=False)
    default_allow = ChannelFlags(required=False)
    default_deny = ChannelFlags(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _sensible(attrs)


class CategoryOrder(Input):
    """All categories that one sees, the first first."""

    category_ids = Listing(child=Id(), max_length=500)


def _sensible(attrs: dict[str, Any]) -> dict[str, Any]:
    require_apart(attrs.get("default_allow", 0), attrs.get("default_deny", 0))
    return attrs
