"""The JSON shapes of people and their sign-ins, and what may be sent of them. Nobody's secrets are in any of them."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import RegistrationMode, Session, Status, User
from together.rest.fields import Choice, Email, Text, WebAddress
from together.rest.serializers import Input


class SelfSerializer(serializers.ModelSerializer[User]):
    """What a person sees of themself."""

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "email",
            "avatar_url",
            "bio",
            "pronouns",
            "status",
            "custom_status",
            "activity",
            "created_at",
            "is_admin",
        )
        read_only_fields = fields


class ShownSerializer(serializers.Serializer[Any]):
    """What others see of somebody's presence: a row from `accounts.presence.with_presence`, which has `presence`."""

    status = serializers.ChoiceField(Status.choices, source="presence.status", read_only=True)
    custom_status = serializers.CharField(source="presence.custom_status", read_only=True, allow_null=True)
    activity = serializers.CharField(source="presence.activity", read_only=True, allow_null=True)


class PresenceSerializer(ShownSerializer):
    """The payload of `PRESENCE_UPDATE`."""

    user_id = serializers.UUIDField(source="pk", read_only=True)


class ProfileSerializer(ShownSerializer, serializers.ModelSerializer[User]):
    """What anyone sees of a person."""

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "avatar_url",
            "status",
            "custom_status",
            "activity",
            "bio",
            "pronouns",
            "created_at",
        )
        read_only_fields = fields


class AuthSerializer(serializers.Serializer[Any]):
    """The answer to every sign-in."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    user = SelfSerializer()


class SessionSerializer(serializers.ModelSerializer[Session]):
    current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ("id", "client", "created_at", "last_active", "expires_at", "current")
        read_only_fields = fields

    def get_current(self, session: Session) -> bool:
        return session.current


class NoticeSerializer(serializers.Serializer[Any]):
    """One sentence for people."""

    message = serializers.CharField()


class ResetTokenSerializer(NoticeSerializer):
    """A reset token, for an administrator to hand over."""

    token = serializers.CharField()
    expires_in_seconds = serializers.IntegerField()
    note = serializers.CharField()


class RegistrationModeSerializer(serializers.Serializer[Any]):
    registration_mode = serializers.ChoiceField(choices=RegistrationMode.choices)


class Password(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=8, max_length=128, write_only=True, **kwargs)


class Username(Text):
    """ASCII letters, digits and the underscore: one name, one spelling."""

    default_error_messages = {"invalid": _("Use letters, digits and the underscore only.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=2, max_length=32, **kwargs)

    def to_internal_value(self, data: str) -> str:
        value = super().to_internal_value(data)
        if not re.fullmatch(r"[A-Za-z0-9_]+", value):
            self.fail("invalid")
        return value


class Register(Input):
    username = Username()
    password = Password()
    email = Email(required=False)
    # Looked at only where registration takes an invite.
    invite_code = Text(required=False, allow_blank=True)


class SignIn(Input):
    username = Text(max_length=128)
    password = Text(max_length=128)


class Refresh(Input):
    refresh_token = Text(max_length=2048)


class ForgotPassword(Input):
    email = Email()


class ResetPassword(Input):
    token = Text(max_length=200, allow_blank=True)
    new_password = Password()


class ChangePassword(Input):
    current_password = Text(max_length=128)
    new_password = Password()


class ProfileUpdate(Input):
    """`null` clears what one shows of oneself, but for `status`; what is left out stays."""

    clears = ("avatar_url", "bio", "pronouns", "custom_status", "activity")

    avatar_url = WebAddress(required=False)
    bio = Text(max_length=500, required=False, allow_blank=True)
    pronouns = Text(max_length=40, required=False, allow_blank=True)
    status = Choice(Status.choices, required=False)
    custom_status = Text(max_length=128, required=False, allow_blank=True)
    activity = Text(max_length=128, required=False, allow_blank=True)


class PresenceChoice(Input):
    """What a socket says of its person's presence: all of it, every time. What is not text counts as left out."""

    status = Choice(Status.choices, required=False, default=Status.ONLINE)
    custom_status = Text(max_length=128, required=False, allow_blank=True, default=None)
    activity = Text(max_length=128, required=False, allow_blank=True, default=None)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if isinstance(value, str)}
        return super().to_internal_value(data)
