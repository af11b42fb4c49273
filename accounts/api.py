"""People and sign-ins over REST."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actions, tokens
from accounts.access import sessions_of
from accounts.instance import registration_mode
from accounts.models import Session, User
from accounts.passwords import check
from accounts.presence import with_presence
from accounts.resets import only_reset_token, send_reset_mail, user_of_reset
from accounts.serializers import (
    AuthSerializer,
    ChangePassword,
    ForgotPassword,
    NoticeSerializer,
    ProfileSerializer,
    ProfileUpdate,
    Refresh,
    Register,
    RegistrationModeSerializer,
    ResetPassword,
    ResetTokenSerializer,
    SelfSerializer,
    SessionSerializer,
    SignIn,
)
from accounts.viewsets import SignedInViewSet
from together import limits
from together.refusals import Forbidden, NotFound, Unauthorized
from together.rest.schema import operation
from together.rest.views import ViewSet


class SignInViewSet(ViewSet):
    """What needs no credentials; stale ones that a client sends along are not looked at."""

    tag = "auth"
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @operation(AuthSerializer, status=201, body=Register, refuses=(403, 409))
    def register(self, request: Request) -> Response:
        """Make an account and sign in. The first one of an instance becomes its administrator.

        Where registration takes an invite, `invite_code` is spent, and one is in the server that it leads to.
        """
        limits.hit_address("sign_in_address", _address(request))
        wanted = self.body(Register)
        with transaction.atomic():
            user = actions.register(**wanted, address=_address(request))
            session, token = actions.sign_in(user=user, client=_client(request))
        return self._signed_in(user, session, token, status=201)

    @operation(AuthSerializer, body=SignIn, refuses=(401, 403))
    def login(self, request: Request) -> Response:
        """Sign in. Who has too many sign-ins loses the oldest."""
        user = check(**self.body(SignIn), address=_address(request))
        session, token = actions.sign_in(user=user, client=_client(request))
        return self._signed_in(user, session, token)

    @operation(AuthSerializer, body=Refresh, refuses=(401, 403))
    def refresh(self, request: Request) -> Response:
        """Exchange a refresh token for its successor. For a few seconds the same one gets the same successor."""
        session, token = actions.refresh(token=self.body(Refresh)["refresh_token"])
        return self._signed_in(session.user, session, token)

    @operation(NoticeSerializer, body=ResetPassword, refuses=(401,))
    def reset_password(self, request: Request) -> Response:
        """Set a new password with a reset token, which works once. Every sign-in of the account ends."""
        limits.hit_address("sign_in_address", _address(request))
        wanted = self.body(ResetPassword)
        with transaction.atomic():
            user = user_of_reset(wanted["token"])
            if user is None:
                raise Unauthorized(_("This reset token is wrong, used or expired."))
            actions.reset_password(user=user, new=wanted["new_password"])
        return Response({"message": _("The new password is set. Please sign in with it.")})

    @operation(NoticeSerializer, body=ForgotPassword)
    def mail_reset(self, request: Request) -> Response:
        """Mail a reset link; the answer is the same whether or not somebody has that address."""
        send_reset_mail(self.body(ForgotPassword)["email"], address=_address(request))
        return Response({"message": _("If somebody has that address, a link is on its way.")})

    @operation(RegistrationModeSerializer)
    def registration_mode(self, request: Request) -> Response:
        """May people register here?"""
        return Response({"registration_mode": registration_mode()})

    def _signed_in(self, user: User, session: Session, refresh_token: str, status: int = 200) -> Response:
        content = {
            "access_token": tokens.access_token(user, session),
            "refresh_token": refresh_token,
            "user": user,
        }
        return self.answer(AuthSerializer, content, status)


class AccountViewSet(SignedInViewSet):
    """Oneself, one's sign-ins, and what everyone may know of others."""

    tag = "users"

    @operation(ResetTokenSerializer, body=ForgotPassword, refuses=(403, 404))
    def forgot_password(self, request: Request) -> Response:
        """A reset token for an administrator to hand over; people themselves ask for a mail."""
        email = self.body(ForgotPassword)["email"]
        if not self.actor.is_staff:
            raise Forbidden(_("Only an administrator of this instance may do that."))
        user = User.objects.active().human().with_email(email).first()
        if user is None:
            raise NotFound(_("Nobody here has that e-mail address."))
        content = {
            "message": _("Hand this token over; it sets a new password once."),
            "token": only_reset_token(user),
            "expires_in_seconds": 3600,
            "note": _("A token that was used, or whose account has a new password, is worth nothing."),
        }
        return Response(content)

    @operation(NoticeSerializer, body=ChangePassword)
    def change_password(self, request: Request) -> Response:
        """Set a new password. All other sign-ins end."""
        wanted = self.body(ChangePassword)
        actions.change_password(
            actor=self.actor,
            current=wanted["current_password"],
            new=wanted["new_password"],
            keep=self.session,
            address=_address(request),
        )
        return Response({"message": _("The new password is set; all other sign-ins have ended.")})

    @operation()
    def logout(self, request: Request) -> Response:
        """End this sign-in: its tokens stop working and its sockets close."""
        actions.sign_out(session=self.session)
        return Response(status=204)

    @operation(SelfSerializer)
    def me(self, request: Request) -> Response:
        """Oneself."""
        return self.answer(SelfSerializer, self.actor)

    @operation(SelfSerializer, body=ProfileUpdate)
    def update_me(self, request: Request) -> Response:
        """Change what one shows of oneself. `null` clears, but for `status`; what is left out stays."""
        return self.answer(SelfSerializer, actions.update_profile(actor=self.actor, **self.body(ProfileUpdate)))

    @operation(SessionSerializer(many=True))
    def sessions(self, request: Request) -> Response:
        """One's own sign-ins, by page and by API, the most recently used first."""
        return self.answer(SessionSerializer, sessions_of(self.actor, self.session))

    @operation()
    def revoke(self, request: Request, **ids: Any) -> Response:
        """End one of one's own sign-ins."""
        actions.revoke_session(actor=self.actor, session_id=self.kwargs["session_id"])
        return Response(status=204)

    @operation(ProfileSerializer)
    def retrieve(self, request: Request, **ids: Any) -> Response:
        """What anyone may know of a person."""
        user = with_presence(User.objects.active()).filter(pk=self.kwargs["user_id"]).first()
        if user is None:
            raise NotFound
        return self.answer(ProfileSerializer, user)


def _address(request: Request) -> str:
    address: str = request._request.client_address  # type: ignore[attr-defined]
    return address


def _client(request: Request) -> str:
    name = request.headers.get("User-Agent", "")[:200]
    return "".join(character for character in name if character.isprintable())
