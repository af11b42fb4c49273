"""What all pages of Django admin have in common: staff look, and change things only by the product's own actions."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.paginator import Paginator
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from together.audit.entry import AuditEntry
from together.refusals import Refusal

# Rows that a list counts, and so can page through: an exact count of a million takes as long as reading them.
COUNTED = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:COUNTED].count() if isinstance(rows, QuerySet) else len(rows)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A table to look at. Related rows are links, so no page ever lists a whole table to choose from.

    `server_path` leads from a row to its server, where it has one: rows of conversations between people are in no
    server, and nobody sees them here.
    """

    server_path: str | None = None
    paginator = CappedPaginator
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50

    def has_add_permission(self, request: HttpRequest, *rest: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *rest: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *rest: Any) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # Django lets any column be asked for; its yes or no would spell out a password hash letter by letter.
        filters: list[Any] = list(self.list_filter)
        offered = [one if isinstance(one, str) else one[0] for one in filters]
        return lookup.partition("__")[0] in offered and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(**{f"{self.server_path}__isnull": False}) if self.server_path else rows

    def confirmation(self, request: HttpRequest, rows: QuerySet[Any], question: str) -> TemplateResponse | None:
        """The page that asks whether an action is really meant, or None when the answer is yes."""
        if request.POST.get("confirmed"):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": question,
            "opts": self.opts,
            "rows": rows,
            "action": request.POST["action"],
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def carry_out(self, request: HttpRequest, rows: QuerySet[Any], action: Callable[[Any], object], done: str) -> None:
        """Do one action to each chosen row. `done` (a word in the past) goes to admin's log; refusals are shown."""
        count = 0
        for row in rows:
            try:
                action(row)
            except Refusal as refusal:
                self.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
            else:
                self.log_change(request, row, done)
                count += 1
        if count:
            self.message_user(request, _("{count} {done}.").format(count=count, done=done), messages.SUCCESS)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what, in all servers and to the instance."""

    list_display = ["created_at", "action", "actor", "server_name", "target_type", "target_id", "reason"]
    list_filter = ["created_at"]
    list_select_related = ["actor"]
    search_fields = ["=action", "actor__username", "server_name", "=target_id", "=server__id"]
    search_help_text = gettext_lazy("An action, a person, a server, or an id")
    # In the order of an index: any other would sort the whole log to show fifty.
    ordering = ["-created_at", "-id"]
    sortable_by = ()
