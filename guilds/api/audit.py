"""The audit log over REST."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds import access
from guilds.audit import acts_on, log_of, page
from guilds.serializers.audit import ActOnMeSerializer, AuditEntrySerializer, AuditPage, AuditQuery
from together.rest.schema import operation


class AuditViewSet(SignedInViewSet):
    tag = "audit"

    @operation(AuditEntrySerializer(many=True), query=(AuditQuery,), refuses=(403,))
    def list(self, request: Request, **ids: Any) -> Response:
        """What was done in a server, newest first, which takes MANAGE_SERVER."""
        wanted = self.query(AuditQuery)
        log = log_of(self.actor, access.find_server(self.actor, self.kwargs["server_id"]))
        return self.answer(AuditEntrySerializer, page(log, **wanted))

    @operation(ActOnMeSerializer(many=True), query=(AuditPage,))
    def on_me(self, request: Request) -> Response:
        """What was done to oneself, in all servers and by administrators of the instance, newest first."""
        return self.answer(ActOnMeSerializer, page(acts_on(self.actor), **self.query(AuditPage)))
