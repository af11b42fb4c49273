"""Every refusal of the API in one shape: `{"error": "<sentence>"}`, with `"fields": {name: sentence}` for values."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from psycopg_pool import PoolTimeout
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from together.refusals import Conflict, Forbidden, NotFound, Refusal, TooLarge, Unavailable

log = logging.getLogger(__name__)

# Well-formed JSON of the wrong shape is 422 on the wire; a value that breaks a rule is 400.
SHAPE_CODES = {"required", "null", "invalid_type", "unknown_field", "wrong_choice"}


def translated(error: Exception) -> Exception:
    """What an exception from below means to a client: a refusal of ours, or the exception itself."""
    match error:
        case Http404() | ObjectDoesNotExist():
            return NotFound()
        case PermissionDenied():
            return Forbidden()
        case RequestDataTooBig():
            return TooLarge()
        case PoolTimeout() | OperationalError() | InterfaceError():
            return Unavailable()
        case IntegrityError(__cause__=ForeignKeyViolation()):
            return NotFound()
        case IntegrityError(__cause__=UniqueViolation()):
            return Conflict()
        case DjangoValidationError() | DataError() | SuspiciousOperation() | OverflowError() | UnicodeError():
            return Refusal(_("The request has a value that cannot be stored."))
    return error


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: refusals become the documented shape; what nobody foresaw becomes a 500 without detail."""
    refusal = translated(error)
    response = drf_exception_handler(refusal, context)
    if response is None:
        log.error("%s in %s", type(error).__name__, context.get("view"), exc_info=error)
        set_rollback()
        return Response({"error": _("Something went wrong on our side.")}, status=500)
    response.data = body_of(refusal)
    if isinstance(refusal, ValidationError) and SHAPE_CODES.intersection(_words(refusal.get_codes())):
        response.status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    return response


def body_of(refusal: Exception) -> dict[str, Any]:
    """The JSON of a refusal."""
    detail = getattr(refusal, "detail", str(refusal))
    if not isinstance(detail, dict):
        return {"error": _first(detail)}
    fields = {name: _first(value) for name, value in detail.items()}
    name, sentence = next(iter(fields.items()))
    return {"error": sentence if name == "non_field_errors" else f"{name}: {sentence}", "fields": fields}


def _first(detail: Any) -> str:
    return next((word for word in _words(detail) if word), _("That value is not allowed."))


def _words(nested: Any) -> Iterator[str]:
    if isinstance(nested, str):
        yield nested
        return
    for value in nested.values() if isinstance(nested, dict) else nested:
        yield from _words(value)
