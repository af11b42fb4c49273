"""The JSON shape of what somebody may do, and why."""

from typing import Any

from rest_framework import serializers

from guilds.permissions import Permission, Step

STEPS = [(step.value, step.value) for step in Step]
# What a category can lend.
LENT = [(step.value, step.value) for step in (Step.CHANNEL_DEFAULT, Step.ROLE_OVERRIDE, Step.MEMBER_OVERRIDE)]


class DecisionSerializer(serializers.Serializer[Any]):
    """Whether a flag holds, and the step that decided it; `via` is the category's step where it is `category`."""

    allowed = serializers.BooleanField()
    step = serializers.ChoiceField(choices=STEPS)
    via = serializers.ChoiceField(choices=LENT, allow_null=True)
    role_id = serializers.UUIDField(allow_null=True)
    role_name = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class DecisionsSerializer(serializers.Serializer[Any]):
    """One decision for each flag."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {str(flag.name): DecisionSerializer() for flag in Permission}


class ExplanationSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    permissions = serializers.IntegerField()
    flags = DecisionsSerializer()
