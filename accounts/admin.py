"""People, their sign-ins, and the settings of the instance in Django admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.instance import current_settings, update_settings
from accounts.models import InstanceSettings, Session, User
from accounts.pages import person
from accounts.presence import with_presence
from together.admin import ReadOnlyAdmin

# Who may do what is a matter of roles in servers; Django's groups mean nothing here.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["username", "email", "shown_status", "is_admin", "is_bot", "disabled_at", "created_at"]
    list_filter = ["is_admin", "is_bot", ("disabled_at", admin.EmptyFieldListFilter)]
    search_fields = ["username", "email", "=id"]
    ordering = ["-created_at"]
    # What somebody chose, invisibility above all, is theirs; the list shows what everybody sees.
    exclude = ["password", "status", "custom_status", "activity"]
    readonly_fields = ["id", "created_at"]
    actions = ["disable", "enable", "promote", "demote", "delete_chosen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return with_presence(super().get_queryset(request))

    @admin.display(description=_("status"))
    def shown_status(self, user: User) -> str:
        return user.presence.word

    @admin.action(description=_("Disable the chosen accounts"))
    def disable(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor = person(request)
        self.carry_out(request, users, lambda user: actions.disable(actor=actor, user=user), gettext("disabled"))

    @admin.action(description=_("Enable the chosen accounts"))
    def enable(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor = person(request)
        self.carry_out(request, users, lambda user: actions.enable(actor=actor, user=user), gettext("enabled"))

    @admin.action(description=_("Make the chosen people administrators of the instance"))
    def promote(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor = person(request)
        done = gettext("made administrators")
        self.carry_out(request, users, lambda user: actions.promote(actor=actor, user=user), done)

    @admin.action(description=_("Make the chosen administrators ordinary people"))
    def demote(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor = person(request)
        done = gettext("made ordinary people")
        self.carry_out(request, users, lambda user: actions.demote(actor=actor, user=user), done)

    @admin.action(description=_("Delete the chosen accounts"))
    def delete_chosen(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        question = gettext("Delete these accounts for good? What they wrote stays, without their names.")
        if asked := self.confirmation(request, users, question):
            return asked
        actor = person(request)
        done = gettext("deleted")
        self.carry_out(request, users, lambda user: actions.delete_user(actor=actor, user=user), done)
        return None


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
        actor = person(request)
        self.carry_out(request, sessions, lambda one: actions.end_session(actor=actor, session=one), gettext("ended"))


@admin.register(InstanceSettings)
class InstanceSettingsAdmin(ReadOnlyAdmin):
    """The one page that is a form. Its list is that page."""

    fields = ["registration_mode", "updated_at", "updated_by"]
    readonly_fields = ["updated_at", "updated_by"]

    def has_change_permission(self, request: HttpRequest, *rest: Any) -> bool:
        return person(request).is_staff

    def changelist_view(self, request: HttpRequest, *rest: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:accounts_instancesettings_change", args=[current_settings().pk]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        update_settings(actor=person(request), registration_mode=form.cleaned_data["registration_mode"])
