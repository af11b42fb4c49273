"""Servers and what they are made of in Django admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages import person
from guilds import actions
from guilds.models import Channel, Member, MemberRole, Override, Role, Server
from together.admin import ReadOnlyAdmin


@admin.register(Server)
class ServerAdmin(ReadOnlyAdmin):
    list_display = ["name", "owner", "is_public", "require_invite", "created_at", "deleted_at"]
    list_filter = ["is_public", "require_invite", ("deleted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username", "=id"]
    ordering = ["-created_at"]
    actions = ["delete_chosen"]

    @admin.action(description=_("Delete the chosen servers with everything in them"))
    def delete_chosen(self, request: HttpRequest, servers: QuerySet[Server]) -> None:
        self.carry_out(
            request,
            servers,
            lambda server: actions.delete_server(actor=person(request), server=server),
            gettext("deleted"),
        )


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ["user", "server", "nickname", "joined_at"]
    list_select_related = ["user", "server"]
    search_fields = ["user__username", "server__name", "nickname"]


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    server_path = "server"
    list_display = ["name", "type", "server", "parent", "position", "created_at"]
    list_filter = ["type"]
    list_select_related = ["server", "parent"]
    search_fields = ["name", "server__name", "=id"]


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    list_display = ["name", "server", "position", "permissions", "color"]
    list_select_related = ["server"]
    search_fields = ["name", "server__name"]


@admin.register(MemberRole)
class MemberRoleAdmin(ReadOnlyAdmin):
    list_display = ["member__user", "role", "role__server"]
    list_select_related = ["member__user", "role__server"]
    search_fields = ["member__user__username", "role__name", "role__server__name"]


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    server_path = "channel__server"
    list_display = ["channel", "channel__server", "role", "user", "allow", "deny"]
    list_select_related = ["channel__server", "role", "user"]
    search_fields = ["channel__name", "channel__server__name", "role__name", "user__username"]
