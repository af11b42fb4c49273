"""Messages, reactions and files in Django admin: those of servers, never of conversations between people."""

from typing import Any

from django.contrib import admin
from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages import person
from chat import actions
from chat.access import with_context
from chat.models import Attachment, Message, MessageQuerySet, Reaction
from together.admin import ReadOnlyAdmin


class LargeTableAdmin(ReadOnlyAdmin):
    # In the order of the key: any other would sort millions of rows to show fifty.
    ordering = ["-pk"]
    sortable_by = ()


@admin.register(Message)
class MessageAdmin(LargeTableAdmin):
    server_path = "channel__server"
    list_display = ["__str__", "author", "channel", "channel__server", "created_at", "deleted"]
    list_filter = ["deleted"]
    list_select_related = ["author", "channel__server"]
    search_fields = ["content"]
    search_help_text = _("Words of the message, in any form")
    actions = ["restore"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = SearchQuery(search_term, config="english", search_type="websearch")
        return queryset.filter(search_vector=words) if search_term else queryset, False

    @admin.action(description=_("Restore the chosen messages"))
    def restore(self, request: HttpRequest, messages: MessageQuerySet) -> None:
        chosen = with_context(messages.filter(deleted=True)).select_related("channel")
        self.carry_out(
            request,
            chosen,
            lambda message: actions.restore_message(actor=person(request), message=message),
            gettext("restored"),
        )


@admin.register(Reaction)
class ReactionAdmin(LargeTableAdmin):
    server_path = "message__channel__server"
    list_display = ["emoji", "user", "message", "created_at"]
    list_select_related = ["user", "message"]
    search_fields = ["user__username"]


@admin.register(Attachment)
class AttachmentAdmin(LargeTableAdmin):
    server_path = "message__channel__server"
    list_display = ["filename", "mime_type", "file_size", "uploader", "message", "created_at"]
    list_select_related = ["uploader", "message"]
    search_fields = ["filename", "uploader__username"]
