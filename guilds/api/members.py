"""Members over REST."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access
from guilds.filters import MemberFilter
from guilds.models import Member, MemberRole
from guilds.serializers import MemberSerializer
from together.rest.schema import operation
from together.rest.views import ListViewSet


class MemberViewSet(SignedInViewSet, ListViewSet):
    tag = "members"
    serializer_class = MemberSerializer
    filterset_class = MemberFilter

    def get_queryset(self) -> QuerySet[Member]:
        if getattr(self, "swagger_fake_view", False):
            return Member.objects.none()
        server = access.find_server(self.actor, self.kwargs["server_id"])
        held = Prefetch("member_roles", MemberRole.objects.select_related("role"))
        return server.members.select_related("user").prefetch_related(held).by_seniority()

    @operation(MemberSerializer(many=True))
    def list(self, request: Request, **ids: Any) -> Response:
        """Who is in a server, in the order in which they came."""
        return self.answer(MemberSerializer, self.filter_queryset(self.get_queryset()))
