"""What lists can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q

from guilds.models import Channel, ChannelType, Member


class MemberFilter(django_filters.FilterSet):
    """`search` finds a part of the username or the nickname; `role` is the id of one that they hold."""

    search = django_filters.CharFilter(method="by_name", max_length=80)
    role = django_filters.UUIDFilter(field_name="member_roles__role_id")

    class Meta:
        model = Member
        fields: tuple[str, ...] = ()

    def by_name(self, members: Any, name: str, value: str) -> Any:
        return members.filter(Q(user__username__icontains=value) | Q(nickname__icontains=value))


class ChannelFilter(django_filters.FilterSet):
    type = django_filters.ChoiceFilter(choices=[(kind.value, kind.label) for kind in ChannelType][:2])

    class Meta:
        model = Channel
        fields: tuple[str, ...] = ()
