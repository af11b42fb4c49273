"""What an account that is about to be deleted leaves behind in servers."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signals import account_ending
from guilds import events
from guilds.actions.members import remove
from guilds.models import Member, Server
from together.events import publish
from together.refusals import Conflict, Refusal


@receiver(account_ending)
def leave_everything(user: User, **rest: Any) -> None:
    """Let somebody leave all their servers, and those who are in them know.

    Raises `Refusal` for who owns one, and `Conflict` for who is just coming into another.
    """
    theirs = Server.objects.living().filter(pk__in=Member.objects.filter(user=user).values("server"))
    servers = list(theirs.order_by("pk").select_for_update(no_key=True))
    # What they are just writing comes before: it holds their membership, and then the account.
    list(Member.objects.filter(user=user).order_by("pk").select_for_update().values_list("pk"))
    # From here on nobody lets them in anywhere, nor gives them a server.
    User.objects.select_for_update().filter(pk=user.pk).first()
    owned = Server.objects.filter(owner=user).order_by("created_at", "id").first()
    if owned:
        raise Refusal(
            _('They own the server "{name}": it needs another owner, or to be gone, first.').format(name=owned.name)
        )
    if Member.objects.in_living_servers().filter(user=user).exclude(server__in=servers).exists():
        raise Conflict(_("They are just joining a server. Please try again."))
    for server in servers:
        publish(events.member_left(server, user.pk))
        remove(server, user.pk, account_ends=True)
