"""What the OpenAPI description says of an operation: its own answers, and those refusals that follow from its shape."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

SENTENCES = {
    400: "A value breaks a rule, or the path holds something that is not an id.",
    401: "The credentials are missing, wrong or expired.",
    403: "Seen, but not allowed.",
    404: "It does not exist, or you may not see it.",
    409: "It is taken already.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The body is JSON of the wrong shape.",
    429: "Too many requests; `Retry-After` says when to try again.",
    503: "The database does not answer.",
}


class ErrorSerializer(serializers.Serializer[Any]):
    """Every refusal. `fields` says more where single values are wrong."""

    error = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField(), required=False)  # type: ignore[assignment]


def operation(
    answer: Any = None,
    *,
    status: int = 200,
    body: Any = None,
    refuses: tuple[int, ...] = (),
    query: tuple[Any, ...] = (),
) -> Callable[[Any], Any]:
    """Describe a handler: what it takes, what it answers, and the refusals that its shape does not tell."""
    responses = {status if answer else 204: answer} | {code: refusal(code) for code in refuses}
    return extend_schema(request=body, responses=responses, parameters=list(query))


def refusal(code: int) -> OpenApiResponse:
    return OpenApiResponse(ErrorSerializer, description=SENTENCES[code])


class Schema(AutoSchema):
    """Names every operation after its viewset's `tag` and its action."""

    view: Any

    def get_operation_id(self) -> str:
        return f"{self.view.tag}_{self.view.action}"

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_summary(self) -> str | None:
        action: str = self.view.action
        return action.replace("_", " ").capitalize()

    def get_override_parameters(self) -> list[Any]:
        names = [part[1:-1] for part in self.path.split("/") if part.endswith("_id}")]
        return [OpenApiParameter(name, OpenApiTypes.UUID, OpenApiParameter.PATH) for name in names]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code in SENTENCES:
            if str(code) not in bodies and self._may_answer(code):
                bodies[str(code)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    refusal(code), str(code), direction=direction
                )
        return dict(sorted(bodies.items()))

    def _may_answer(self, code: int) -> bool:
        names_something = "_id}" in self.path
        takes_body = self.method in {"POST", "PUT", "PATCH"} and self.get_request_serializer() is not None
        takes_query = any(parameter["in"] == "query" for parameter in self._get_parameters())
        match code:
            case 400:
                return names_something or takes_body or takes_query
            case 401:
                return {} not in self.get_auth()
            case 404:
                return names_something
            case 413 | 415 | 422:
                return takes_body
            case 429 | 503:
                return not self.path.startswith("/api/health")
        return False
