"""Templates over REST."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import SignedInViewSet
from guilds.layouts import templates
from guilds.serializers import TemplateSerializer
from together.rest.schema import operation


class TemplateViewSet(SignedInViewSet):
    tag = "templates"

    @operation(TemplateSerializer(many=True))
    def list(self, request: Request) -> Response:
        """What a new server may start with."""
        return self.answer(TemplateSerializer, templates())
