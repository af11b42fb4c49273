"""How an action says no. The API turns a refusal into its JSON shape, a page into a message; the status is the same."""

import math
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError


class Refusal(APIException):
    """What was asked is understood, and the state of things forbids it."""

    status_code: int = status.HTTP_400_BAD_REQUEST
    default_detail: Any = _("That is not possible.")
    default_code = "refused"


class Invalid(ValidationError):  # noqa: N818
    """One field breaks a rule: `Invalid(username="…")`."""

    def __init__(self, **fields: Any) -> None:
        super().__init__({name: [sentence] for name, sentence in fields.items()}, code="invalid")


class Unauthorized(Refusal):
    """The credentials are wrong or expired."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = _("Please sign in.")
    default_code = "unauthorized"


class Forbidden(Refusal):
    """Seen, but not allowed. The sentence names the permission that is missing."""

    status_code = status.HTTP_403_FORBIDDEN
    default_detail = _("You may not do that.")
    default_code = "forbidden"


class NotFound(Refusal):
    """One refusal for what never existed and for what may not be seen."""

    status_code = status.HTTP_404_NOT_FOUND
    default_detail = _("There is no such thing here.")
    default_code = "not_found"


class Conflict(Refusal):
    status_code = status.HTTP_409_CONFLICT
    default_detail = _("That is taken already.")
    default_code = "conflict"


class TooLarge(Refusal):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request is too large.")
    default_code = "too_large"


class TooMany(Refusal):
    """A rate limit; `wait` is in seconds."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_detail = _("That was too fast. Please wait a moment.")
    default_code = "too_many"

    def __init__(self, wait: float) -> None:
        super().__init__()
        self.wait = math.ceil(wait)


class Unavailable(Refusal):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("The server is busy. Please try again in a moment.")
    default_code = "unavailable"
    wait = 1
