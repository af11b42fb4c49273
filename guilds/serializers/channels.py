"""The JSON shape of channels and categories, and what may be sent of them."""

from rest_framework import serializers

from guilds.models import Channel, ChannelType
from together.rest.fields import Choice, Integer, Name, Text
from together.rest.serializers import Input


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
    name = Name(max_length=100)
    type = Choice([ChannelType.TEXT, ChannelType.VOICE], shape=True)
    topic = Text(max_length=1024, allow_blank=True, required=False)
    category = Name(max_length=100, allow_blank=True, required=False)


class ChannelUpdate(Input):
    name = Name(max_length=100, required=False)
    topic = Text(max_length=1024, allow_blank=True, required=False)
    category = Name(max_length=100, allow_blank=True, required=False)
    position = Integer(min_value=0, max_value=2_147_483_647, required=False)
