"""The description of the API, for machines and for people."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from together.rest.views import ViewSet


class DescriptionViewSet(ViewSet):
    """OpenAPI 3.1, and Swagger UI over it: scripts and styles are files of ours, as the content policy wants it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def retrieve(self, request: Request) -> Response:
        return Response(description())

    def page(self, request: Request) -> HttpResponse:
        return render(request._request, "rest/docs.html")


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document. It does not change while the process lives, and takes its time to make."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document
