"""Made-up servers, and what the prose says holds in them: design.md, section 4, read a second time by somebody slow.

Nothing of the resolver's thinking is shared: flags are names, each is asked alone, and each question walks the whole
page.
"""

import uuid
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from guilds.permissions import Overrule, Rules, Standing

# In the order of the wire: the first is worth 1, each next one twice as much.
FLAGS = (
    "VIEW_CHANNEL", "SEND_MESSAGES", "MANAGE_MESSAGES", "ATTACH_FILES", "ADD_REACTIONS", "CONNECT_VOICE", "SPEAK",
    "MUTE_MEMBERS", "KICK_MEMBERS", "BAN_MEMBERS", "MANAGE_CHANNELS", "MANAGE_ROLES", "MANAGE_SERVER", "ADMINISTRATOR",
    "CREATE_INVITES", "MENTION_EVERYONE",
)  # fmt: skip
OF_THE_SERVER_ONLY = {
    "KICK_MEMBERS", "BAN_MEMBERS", "MANAGE_ROLES", "MANAGE_SERVER", "ADMINISTRATOR", "CREATE_INVITES",
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """What an override, or a channel for everyone, says: names of flags."""

    allow: frozenset = frozenset()
    deny: frozenset = frozenset()


@dataclass(frozen=True)
class Place:
    everyone: Word = Word()
    roles: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    category: str | None = None
    inherits: bool = False
    is_category: bool = False


@dataclass(frozen=True)
class Person:
    roles: tuple = ()
    timed_out: bool = False


@dataclass(frozen=True)
class World:
    default: frozenset
    roles: dict
    people: dict
    owner: str
    places: dict


def holds(world, who, flag, where=None):
    """Whether one person holds one flag in a place, or in the server as such."""
    person = world.people[who]
    # "owner → everything"
    if who == world.owner:
        return True
    # "base = the server's default flags OR the member's roles; ADMINISTRATOR → everything"
    if "ADMINISTRATOR" in world.default or any("ADMINISTRATOR" in world.roles[role] for role in person.roles):
        return True
    # "a timed-out member only sees"
    if person.timed_out and flag != "VIEW_CHANNEL":
        return False
    # "Without VIEW_CHANNEL nothing else in that channel holds"
    if where and flag != "VIEW_CHANNEL" and not holds(world, who, "VIEW_CHANNEL", where):
        return False
    answer = flag in world.default or any(flag in world.roles[role] for role in person.roles)
    if where and flag not in OF_THE_SERVER_ONLY:
        # "A channel with `inherits` takes all of these from its category and none of its own"
        place = world.places[where]
        if place.inherits:
            place = world.places[place.category]
        # "what it sets for everyone, role overrides (all roles together), the member's own override"
        of_their_roles = [place.roles[role] for role in person.roles if role in place.roles]
        of_themselves = [place.people[who]] if who in place.people else []
        for words in ([place.everyone], of_their_roles, of_themselves):
            # "deny, then allow"
            if any(flag in word.deny for word in words):
                answer = False
            if any(flag in word.allow for word in words):
                answer = True
    return answer


def sees(world, who, where):
    """A category is seen with any of its channels, and by those who manage channels there; a timeout hides nothing."""
    if not world.places[where].is_category:
        return holds(world, who, "VIEW_CHANNEL", where)
    inside = [name for name, place in world.places.items() if place.category == where]
    free = replace(world, people={**world.people, who: replace(world.people[who], timed_out=False)})
    return any(sees(world, who, name) for name in inside) or holds(free, who, "MANAGE_CHANNELS", where)


# -- between names and bits --------------------------------------------------------------------------------


def bits(names):
    return sum(1 << FLAGS.index(name) for name in names)


def names(mask):
    return frozenset(name for place, name in enumerate(FLAGS) if mask >> place & 1)


# -- in the terms of the resolver ---------------------------------------------------------------------------


def id_of(name):
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


def standing(world, who):
    person = world.people[who]
    roles = {id_of(role): bits(world.roles[role]) for role in person.roles}
    return Standing(id_of(who), id_of("server"), who == world.owner, bits(world.default), roles, person.timed_out)


def rules(world, where):
    place = world.places[where]
    source = world.places[place.category] if place.inherits else place
    of_roles, of_users = (
        {id_of(name): Overrule(bits(word.allow), bits(word.deny)) for name, word in group.items()}
        for group in (source.roles, source.people)
    )
    return Rules(bits(source.everyone.allow), bits(source.everyone.deny), of_roles, of_users, place.inherits)


def cases(world):
    """The person in every place, and in the server as such: what they are, what counts there, and what they hold."""
    [who] = world.people
    for where in (None, *world.places):
        held = {flag for flag in FLAGS if holds(world, who, flag, where)}
        yield standing(world, who), rules(world, where) if where else None, held


# -- worlds ------------------------------------------------------------------------------------------------

ROLES = ("red", "blue", "green", "grey")


def some_flags(drawn):
    """Of 20 bits: any flags or, as often, none or sight alone. Who holds everything makes a dull case: one in eight."""
    mask, kind = drawn & 0xFFFF, drawn >> 16
    if kind & 1:
        return frozenset({"VIEW_CHANNEL"} if kind & 2 else ())
    return names(mask) - (set() if kind == 14 else {"ADMINISTRATOR"})


# Numbers that are cut to pieces: made of Hypothesis's own lists and dictionaries a world takes ten times as long.
flags = st.integers(0, 2**20 - 1).map(some_flags)
words = st.integers(0, 2**40 - 1).map(lambda drawn: Word(some_flags(drawn & 0xFFFFF), some_flags(drawn >> 20)))
held = st.integers(0, 2 ** len(ROLES) - 1).map(
    lambda mask: tuple(role for place, role in enumerate(ROLES) if mask >> place & 1)
)


@st.composite
def worlds(draw, people=("ann",), categories=("north",), channels=("one",)):
    def place(**kind):
        everyone, *said = draw(st.tuples(*[words] * (1 + len(ROLES) + len(people))))
        spoken = draw(st.integers(0, 2 ** len(said) - 1))
        heard = {name: said[n] for n, name in enumerate((*ROLES, *people)) if spoken >> n & 1}
        roles, persons = ({name: heard[name] for name in group if name in heard} for group in (ROLES, people))
        return Place(everyone, roles, persons, **kind)

    places = {name: place(is_category=True) for name in categories}
    for name in channels:
        category = draw(st.sampled_from((None, *categories)))
        places[name] = place(category=category, inherits=bool(category) and draw(st.booleans()))
    return World(
        default=draw(flags),
        roles=dict(zip(ROLES, draw(st.tuples(*[flags] * len(ROLES))), strict=True)),
        people={name: Person(draw(held), draw(st.booleans())) for name in people},
        # Most of the time nobody who is looked at.
        owner=draw(st.sampled_from((*people, *["nobody"] * 8))),
        places=places,
    )
