"""The one cast of people: alice owns, bob moderates, charlie is a member, mallory is outside."""

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.actions import sign_in
from accounts.models import User
from accounts.tokens import access_token
from guilds.models import Channel, ChannelType, Member, MemberRole, Override, Role, Server
from guilds.permissions import Permission

PASSWORD = "correct horse battery"
P = Permission


@dataclass
class Cast:
    """A server with people of every kind, `#general` open to all members and `#secret` hidden from charlie."""

    alice: User
    bob: User
    charlie: User
    mallory: User
    server: Server
    general: Channel
    secret: Channel
    moderator: Role


def make_cast() -> Cast:
    """Write the cast to the database."""
    alice, bob, charlie, mallory = (_person(name) for name in ("alice", "bob", "charlie", "mallory"))
    server = Server.objects.create(name="Gaming Squad", owner=alice)
    members = {user.username: Member.objects.create(user=user, server=server) for user in (alice, bob, charlie)}
    moderator = Role.objects.create(
        server=server,
        name="Moderator",
        position=1,
        permissions=P.MANAGE_MESSAGES | P.MANAGE_CHANNELS | P.MANAGE_SERVER,
    )
    MemberRole.objects.create(member=members["bob"], role=moderator)
    category = Channel.objects.create(server=server, name="Text", type=ChannelType.CATEGORY)
    general = Channel.objects.create(server=server, parent=category, name="general", position=0)
    secret = Channel.objects.create(
        server=server, parent=category, name="secret", position=1, default_deny=P.VIEW_CHANNEL
    )
    Override.objects.create(channel=secret, role=moderator, allow=P.VIEW_CHANNEL)
    return Cast(alice, bob, charlie, mallory, server, general, secret, moderator)


def _person(name: str) -> User:
    # As `register` makes them, but for the hash: the same for all, since each costs as much as the rest of a test.
    first = not User.objects.human().exists()
    person: User = User.objects.create(username=name, email=f"{name}@example.org", password=_hash(), is_admin=first)
    return person


@cache
def _hash() -> str:
    return make_password(PASSWORD)


def bearer(user: User) -> dict[str, str]:
    """The headers of a request by that person, for `client.get(..., headers=bearer(alice))`."""
    session, _refresh = sign_in(user=user)
    return {"Authorization": f"Bearer {access_token(user, session)}"}
