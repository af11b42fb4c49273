"""The JSON shape of templates."""

from typing import Any

from rest_framework import serializers

from guilds.layouts import TemplateCategory
from guilds.models import ChannelType


class TemplateChannelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=[ChannelType.TEXT, ChannelType.VOICE])
    category = serializers.CharField(allow_null=True)
    position = serializers.IntegerField()


class TemplateSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    category = serializers.ChoiceField(choices=TemplateCategory.choices)
    channels = TemplateChannelSerializer(many=True)
    is_builtin = serializers.BooleanField()
    created_at = serializers.DateTimeField()
