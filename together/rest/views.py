"""The base of every viewset: ids, bodies and queries are checked here, before anything is looked up."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status, viewsets
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from together.refusals import Refusal
from together.rest.fields import parse_id
from together.rest.serializers import Query, Shape, show


class JSONAlways(BaseContentNegotiation):
    """Whatever a client says it accepts, it gets JSON; browsers' fetches and old shells send odd `Accept` headers."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        wanted = media_type(request)
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ViewSet(viewsets.ViewSet):
    """Credentials (401), then ids in the path (400), then the body (400, 413, 415, 422), then the handler."""

    # What its operations are filed under in the description.
    tag = ""
    content_negotiation_class = JSONAlways
    # OPTIONS is for preflights, which are answered before they come here.
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        for name, text in kwargs.items():
            if name.endswith("_id"):
                self.kwargs[name] = parse_id(text)
                if self.kwargs[name] is None:
                    raise Refusal(_("The address contains something that is not an id."))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        # Answers hold tokens and private talk: no cache on the way or on disk keeps them.
        answer.headers.setdefault("Cache-Control", "no-store")
        if answer.status_code != status.HTTP_405_METHOD_NOT_ALLOWED:
            del answer.headers["Allow"]
        if isinstance(answer, Response):
            answer.add_post_render_callback(self._let_go)
        return answer

    @property
    def allowed_methods(self) -> list[str]:
        return [method for method in super().allowed_methods if method != "OPTIONS"]

    def body(self, shape: type[Shape]) -> dict[str, Any]:
        """The request's body in that shape."""
        if media_type(self.request) != "application/json":
            raise UnsupportedMediaType(self.request.content_type or "none")
        if not self.request.body:
            raise ParseError(_("The body is empty."))
        return shape.read(self.request.data)

    def optional_body(self, shape: type[Shape]) -> dict[str, Any]:
        """The same of a request that may come without a body; then it is empty."""
        return self.body(shape) if self.request.body else {}

    def query(self, shape: type[Query]) -> dict[str, Any]:
        """The query string's known parameters; what cannot be read is 400 on the wire, never 422."""
        asked = self.request.query_params
        try:
            validated = shape.read(asked.dict())
        except ValidationError as error:
            wrong: Any = error.detail
            raise ValidationError({name: str(errors[0]) for name, errors in wrong.items()}, code="invalid") from None
        if twice := [name for name in validated if len(asked.getlist(name)) > 1]:
            raise ValidationError({name: _("This is given more than once.") for name in twice}, code="invalid")
        return validated

    def answer(self, serializer_class: type[BaseSerializer[Any]], thing: Any, code: int = 200) -> Response:
        """A thing, or a list of things, in its one JSON shape."""
        many = not hasattr(thing, "_meta") and not isinstance(thing, dict)
        shown = [show(serializer_class, one) for one in thing] if many else show(serializer_class, thing)
        return Response(shown, status=code)

    def _let_go(self, answer: Any) -> None:
        # Nobody needs who made an answer once it is rendered: see `together/http/request.py`.
        self.request.parser_context.clear()
        answer.renderer_context.clear()
        vars(self).clear()


class ListViewSet(ViewSet, viewsets.GenericViewSet[Any]):
    """A viewset whose list can be narrowed by its `filterset_class`."""

    pagination_class = None


def media_type(request: Request) -> str:
    """What a request says its body is, without parameters."""
    return (request.content_type or "").partition(";")[0].strip().lower()
