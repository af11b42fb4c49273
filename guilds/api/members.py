"""Members over REST."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access, actions
from guilds.filters import MemberFilter
from guilds.models import Member, MemberRole
from guilds.serializers import MemberPage, MemberSerializer, MemberUpdate
from together.refusals import NotFound, Refusal
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
        members = Member.objects.filter(server=server).with_presence().with_timeout()
        return members.select_related("user", "server").prefetch_related(held).by_seniority()

    @operation(MemberSerializer(many=True), query=(MemberPage,))
    def list(self, request: Request, **ids: Any) -> Response:
        """Who is in a server, in the order in which they came."""
        wanted = self.query(MemberPage)
        members: Any = self.get_queryset()
        if "after" in wanted:
            last = members.filter(user=wanted["after"]).first()
            if last is None:
                raise Refusal(_("That member, after whom the page should begin, is not there."))
            members = members.later_than(last)
        return self.answer(MemberSerializer, self.filter_queryset(members)[: wanted["limit"]])

    @operation(MemberSerializer)
    def retrieve(self, request: Request, **ids: Any) -> Response:
        """One member."""
        return self.answer(MemberSerializer, self.member)

    @operation(MemberSerializer, body=MemberUpdate, refuses=(403,))
    def update_me(self, request: Request, **ids: Any) -> Response:
        """Change one's own nickname, which takes no permission. `null` takes it away."""
        self.kwargs["user_id"] = self.actor.pk
        return self._update(self.body(MemberUpdate))

    @operation(MemberSerializer, body=MemberUpdate, refuses=(403,))
    def partial_update(self, request: Request, **ids: Any) -> Response:
        """Change somebody's nickname, which takes MUTE_MEMBERS and a higher rank. `null` takes it away."""
        return self._update(self.body(MemberUpdate))

    def _update(self, changes: dict[str, Any]) -> Response:
        member = self.member
        if "nickname" in changes:
            actions.change_nickname(actor=self.actor, member=member, nickname=changes["nickname"])
        return self.answer(MemberSerializer, self.member)

    @property
    def member(self) -> Member:
        found = self.get_queryset().filter(user=self.kwargs["user_id"]).first()
        if found is None:
            raise NotFound
        return found
