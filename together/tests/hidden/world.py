"""What is hidden: places and what was done in them, and the people who must not learn of it."""

from dataclasses import dataclass

from accounts.actions import register
from chat.actions import delete_message, edit_message, send_message
from chat.moderation import purge_messages
from guilds import actions
from guilds.models import Member, MemberRole, Role
from guilds.permissions import EVERYTHING, Permission
from together.testing.cast import PASSWORD

P = Permission
# In the name, topic or text of everything that is hidden, and nowhere else.
WORD = "quokka"


@dataclass
class Hidden:
    """The hidden things of the world, and who must not learn of them."""

    ids: dict
    people: dict

    @property
    def needles(self):
        return {WORD, *(str(id) for id in self.ids.values()), *(id.hex for id in self.ids.values())}


def make_hidden(cast):
    """A hidden category with two channels and one hidden channel in an open one, all of them much used by alice."""
    dora = register(username="dora", password=PASSWORD, email="dora@example.org")
    powerful = Role.objects.create(
        server=cast.server, name="Powerful", position=9, permissions=EVERYTHING & ~P.ADMINISTRATOR
    )
    MemberRole.objects.create(member=Member.objects.create(user=dora, server=cast.server), role=powerful)
    ids = act_in_hidden_places(cast)
    return Hidden(ids, {"charlie": cast.charlie, "dora": dora, "mallory": cast.mallory})


def act_in_hidden_places(cast):
    """Alice does all that can be done in a place, out of sight of everybody but those whom she lets in."""
    alice, deny = cast.alice, int(P.VIEW_CHANNEL)
    category = actions.create_category(actor=alice, server=cast.server, name=f"{WORD} vault")
    actions.update_category(actor=alice, category=category, default_deny=deny)
    lent = actions.create_channel(
        actor=alice, server=cast.server, name=f"{WORD} lent", type="text", category_id=category.pk, inherits=True
    )
    own = actions.create_channel(
        actor=alice, server=cast.server, name=f"{WORD} own", type="voice", category_id=category.pk, default_deny=deny
    )
    actions.update_channel(actor=alice, channel=cast.secret, name=f"{WORD} secret", topic=f"{WORD} topic", slow_mode=7)
    override = actions.set_override(
        actor=alice, channel=cast.secret, user=cast.bob, allow=deny, deny=int(P.SEND_MESSAGES)
    )
    of_category = actions.set_override(actor=alice, channel=category, role=cast.moderator, allow=deny, deny=0)
    passing = actions.set_override(actor=alice, channel=cast.secret, user=cast.charlie, allow=0, deny=deny)
    actions.remove_override(actor=alice, channel=cast.secret, override_id=passing.pk)
    said = send_message(actor=alice, channel_id=cast.secret.pk, content=f"{WORD} said to @bob")
    edited = edit_message(actor=alice, message=said, content=f"{WORD} edited")
    answer = send_message(actor=alice, channel_id=cast.secret.pk, content=f"{WORD} answer", reply_to=said.pk)
    of_bob = send_message(actor=alice, channel_id=lent.pk, content=f"{WORD} unsaid")
    delete_message(actor=alice, message=of_bob)
    send_message(actor=alice, channel_id=lent.pk, content=f"{WORD} swept")
    purge_messages(actor=alice, channel=lent)
    short_lived = actions.create_channel(
        actor=alice, server=cast.server, name=f"{WORD} gone", type="text", category_id=category.pk, inherits=True
    )
    actions.delete_channel(actor=alice, channel=short_lived)
    return {
        "category": category.pk,
        "lent": lent.pk,
        "own": own.pk,
        "channel": cast.secret.pk,
        "override": override.pk,
        "override of category": of_category.pk,
        "override that was": passing.pk,
        "message": edited.pk,
        "answer": answer.pk,
        "deleted message": of_bob.pk,
        "deleted channel": short_lived.pk,
    }
