"""Servers and what they are made of in Django admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages import person
from guilds import actions
from guilds.models import Ban, Channel, Invite, Member, MemberRole, Override, Role, Server, Timeout
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
    def delete_chosen(self, request: HttpRequest, servers: QuerySet[Server]) -> HttpResponse | None:
        if asked := self.confirmation(request, servers, gettext("Delete these servers with everything in them?")):
            return asked
        actor = person(request)
        done = gettext("deleted")
        self.carry_out(request, servers, lambda server: actions.delete_server(actor=actor, server=server), done)
        return None


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


@admin.register(Ban)
class BanAdmin(ReadOnlyAdmin):
    list_display = ["user", "server", "banned_by", "reason", "expires_at", "created_at"]
    list_filter = [("expires_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "server", "banned_by"]
    search_fields = ["user__username", "server__name", "banned_by__username"]


@admin.register(Timeout)
class TimeoutAdmin(ReadOnlyAdmin):
    list_display = ["user", "server", "created_by", "reason", "expires_at", "created_at"]
    list_select_related = ["user", "server", "created_by"]
    search_fields = ["user__username", "server__name", "created_by__username"]


@admin.register(Invite)
class InviteAdmin(ReadOnlyAdmin):
    list_display = ["code", "server", "created_by", "uses", "max_uses", "expires_at", "created_at"]
    list_select_related = ["server", "created_by"]
    search_fields = ["=code", "server__name", "created_by__username"]
    actions = ["revoke"]

    @admin.action(description=_("Revoke the chosen invites"))
    def revoke(self, request: HttpRequest, invites: QuerySet[Invite]) -> None:
        actor = person(request)
        done = gettext("revoked")
        self.carry_out(request, invites, lambda invite: actions.revoke_any_invite(actor=actor, invite=invite), done)
