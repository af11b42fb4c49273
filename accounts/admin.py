"""People and their sign-ins in Django admin."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.models import Session, User
from accounts.pages import person
from together.admin import ReadOnlyAdmin

# Who may do what is a matter of roles in servers; Django's groups mean nothing here.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["username", "email", "status", "is_admin", "is_bot", "disabled_at", "created_at"]
    list_filter = ["is_admin", "is_bot", "status", ("disabled_at", admin.EmptyFieldListFilter)]
    search_fields = ["username", "email", "=id"]
    ordering = ["-created_at"]
    exclude = ["password"]
    readonly_fields = ["id", "created_at"]
    actions = ["disable", "enable"]

    @admin.action(description=_("Disable the chosen accounts"))
    def disable(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self.carry_out(
            request, users, lambda user: actions.disable(actor=person(request), user=user), gettext("disabled")
        )

    @admin.action(description=_("Enable the chosen accounts"))
    def enable(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self.carry_out(
            request, users, lambda user: actions.enable(actor=person(request), user=user), gettext("enabled")
        )


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["user", "client", "created_at", "last_active", "expires_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["user__username", "client", "=id"]
    ordering = ["-created_at"]
    exclude = ["refresh_token_hash", "previous_hash"]
    actions = ["end"]

    @admin.action(description=_("End the chosen sessions"))
    def end(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        self.carry_out(
            request, sessions, lambda one: actions.end_session(actor=person(request), session=one), gettext("ended")
        )
