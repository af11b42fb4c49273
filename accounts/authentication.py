"""How the API knows who asks."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.access import session_of_token
from accounts.actions import note_use
from accounts.models import Session, User
from together import limits, logs


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`, one space, that case. Cookies are never looked at."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, token = header.partition(" ")
        session = session_of_token(token) if scheme == "Bearer" else None
        if session is None:
            raise AuthenticationFailed("The access token is missing, wrong or expired.")
        logs.learn(user_id=session.user_id, session_id=session.pk)
        limits.hit("account", session.user_id)
        note_use(session=session)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
