"""What is hidden is hidden everywhere: every route, every page and every event, for whoever does not see it.

Routes and pages are taken from the product itself, so that a new one joins the sweep by being there. Each is asked with
the ids of hidden things in every place, and must answer as it answers to an id that never existed. A gap between the
`position`s of the channels that one sees is no leak: gaps are left by deleted channels and by explicit positions too.
"""

import json
import re
import uuid
from copy import copy
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.actions import register, sign_in
from chat.actions import delete_message, edit_message, send_message
from chat.models import Message
from chat.moderation import purge_messages
from guilds import actions
from guilds.models import Channel, Member, MemberRole, Override, Role
from guilds.permissions import EVERYTHING, Permission
from together import events, limits
from together.api import urlpatterns
from together.events import event as registry
from together.gateway import reach
from together.rest.docs import description
from together.testing.cast import PASSWORD
from together.testing.pages import browse

P = Permission
# In the name, topic or text of everything that is hidden, and nowhere else.
WORD = "quokka"
TOLD_APART = ("channel", "category", "message", "override")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# What differs from one answer to the next by itself: nonces, tokens of forms and moments.
OF_THE_MOMENT = re.compile(
    r'(nonce|csrf-?token|value|token)(="|: ?")[\w+/=-]{20,}"|"X-CSRFToken": ?"\w+"|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)',
    re.IGNORECASE,
)


@dataclass
class Hidden:
    """The hidden things of the world, and who must not learn of them."""

    ids: dict
    people: dict

    @property
    def needles(self):
        return {WORD, *(str(id) for id in self.ids.values()), *(id.hex for id in self.ids.values())}


@pytest.fixture
def hidden(cast, told):
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


@pytest.fixture
def known(cast, hidden):
    """Ids, for each name that a path may capture, of what charlie and dora know."""
    message = send_message(actor=cast.charlie, channel_id=cast.general.pk, content="hello")
    return {
        "server_id": cast.server.pk,
        "channel_id": cast.general.pk,
        "category_id": cast.general.parent_id,
        "message_id": message.pk,
        "user_id": cast.bob.pk,
        "role_id": cast.moderator.pk,
    }


# -- what there is to ask ----------------------------------------------------------------------------------


def pages(resolver=None, head=""):
    """The address of every page, Django admin's and the API's left out."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = head + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and not address.startswith(("api/", "admin/")):
            yield from pages(pattern, address)
        elif isinstance(pattern, URLPattern) and pattern.name and not address.startswith(("api/", "admin/")):
            yield address


# The last one is for everything else. What sign-ins are made and ended by has nothing to do with channels.
ROUTES = {
    str(route.pattern): [method.upper() for method in route.callback.actions if method != "head"]
    for route in urlpatterns[:-1]
    if not str(route.pattern).startswith(("health", "schema", "docs", "auth/"))
}
PAGES = sorted(address for address in pages() if not address.startswith(("login", "logout", "password", "register")))


def operation(route, method):
    path = "/api/" + PARAMETER.sub(r"{\1}", route)
    return description()["paths"].get(path, {}).get(method.lower(), {})


def fields(route, method):
    """The names and schemas of what a body may hold."""
    content = operation(route, method).get("requestBody", {}).get("content", {})
    for kind in content.values():
        name = kind["schema"].get("$ref", "").rsplit("/", 1)[-1]
        yield from description()["components"]["schemas"].get(name, {}).get("properties", {}).items()


def plausible(name, schema):
    kind, some = schema.get("type"), schema.get("minimum", 1)
    kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
    return {"integer": some, "boolean": True, "array": []}.get(kind, "text" if name == "type" else "wombat")


def bodies(route, method, id, known):
    """A plausible body with that id in each place where an id might do."""
    every = dict(fields(route, method))
    good = {name: str(known[name]) if name in known else plausible(name, schema) for name, schema in every.items()}
    for name, schema in every.items():
        if schema.get("type") == "array":
            for one in (str(id), {"id": str(id), "category_id": str(id)}):
                yield {**good, name: [one]}
        elif "string" in schema.get("type", ()) and "enum" not in schema:
            yield {**good, name: str(id)}
            yield {name: str(id)}


def addresses(route, id, known):
    """The route with that id in each place, one at a time, and known ids in the others."""
    names = PARAMETER.findall(route)
    for place in names:
        filled = {name: id if name == place else known.get(name, uuid.UUID(int=7)) for name in names}
        yield PARAMETER.sub(lambda found, filled=filled: str(filled[found[1]]), route)


def plainly(route, known):
    return PARAMETER.sub(lambda found: str(known.get(found[1], uuid.UUID(int=7))), route)


class Asker:
    """Asks as a person and takes back whatever the question did."""

    def __init__(self, client, headers=None):
        self.client, self.headers = client, headers or {}
        self.cookies = copy(client.cookies)
        # A random id is the same to everybody: what is answered to it is asked once.
        self.unknown = uuid.uuid4()
        self.expected = {}

    def __call__(self, method, address, body=None):
        limits.forget()
        kind = {"content_type": "application/json"} if self.headers else {}
        data = json.dumps(body or {}).encode() if self.headers else body or {}
        with transaction.atomic():
            ask = getattr(self.client, method.lower())
            answer = (
                ask(address, headers=self.headers)
                if method == "GET"
                else ask(address, data, headers=self.headers, **kind)
            )
            text = answer.content.decode() if not answer.streaming else ""
            transaction.set_rollback(True)
        # A notice for the next page is taken back too.
        self.client.cookies = copy(self.cookies)
        assert answer.status_code < 500, (method, address, body)
        kept = sorted((name, value) for name, value in answer.headers.items() if name in ("Location", "Allow"))
        return answer.status_code, OF_THE_MOMENT.sub("", text), str(kept)


def same(ask, method, address, other_address, id, body=None, other_body=None):
    """Whether a hidden id and one that never existed are answered alike, but for the id itself."""
    key = method, other_address, json.dumps(other_body)
    if key not in ask.expected:
        ask.expected[key] = masked(ask(method, other_address, other_body), ask.unknown)
    told = masked(ask(method, address, body), id)
    assert WORD not in str(told), (method, address, body)
    # What is made has an id of its own.
    assert told == ask.expected[key] or told[0] == ask.expected[key][0] < 300, (method, address, body)


def masked(answer, id):
    code, text, head = answer
    return code, blank(text, id), blank(head, id)


def blank(text, id):
    return text.replace(str(id), "ID").replace(getattr(id, "hex", str(id)), "ID")


# -- the sweep ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["charlie", "dora", "mallory"])
def ask(request, hidden, api):
    """The API as charlie, who sees least; as dora, who may do everything and is no administrator; as a stranger."""
    client = api(hidden.people[request.param])
    return Asker(client.client, client.headers)


@pytest.fixture(params=["charlie", "dora", "mallory"])
def visit(request, hidden):
    """The same people's browsers."""
    return Asker(browse(hidden.people[request.param]))


def test_no_route_tells_what_is_hidden_whatever_id_stands_in_its_address(ask, hidden, known):
    for id in (hidden.ids[kind] for kind in TOLD_APART):
        other = ask.unknown
        for route, methods in ROUTES.items():
            pairs = zip(addresses(route, id, known), addresses(route, other, known), strict=True)
            for address, other_address in pairs:
                for method in methods:
                    same(ask, method, f"/api/{address}", f"/api/{other_address}", id)


def test_no_route_tells_what_is_hidden_whatever_id_stands_in_its_body(ask, hidden, known):
    for kind in ("channel", "category", "message"):
        id, other = hidden.ids[kind], ask.unknown
        for route, methods in ROUTES.items():
            for method in methods:
                pairs = zip(bodies(route, method, id, known), bodies(route, method, other, known), strict=True)
                for body, other_body in pairs:
                    address = f"/api/{plainly(route, known)}"
                    same(ask, method, address, address, id, body, other_body)


def test_no_route_tells_what_is_hidden_whatever_stands_in_its_query(ask, hidden, known):
    asked = [(hidden.ids[kind], uuid.uuid4()) for kind in ("channel", "category", "message", "answer")]
    for route, methods in ROUTES.items():
        if "GET" not in methods:
            continue
        named = [one["name"] for one in operation(route, "GET").get("parameters", ()) if one["in"] == "query"]
        for name in named:
            address = f"/api/{plainly(route, known)}?{name}="
            # What is wrong with a value may be said with the value.
            for id, other in [*asked, (WORD, "wombat")]:
                told, expected = ask("GET", f"{address}{id}"), ask("GET", f"{address}{other}")
                assert masked(told, id) == masked(expected, other), (address, id)


def test_what_every_route_and_page_shows_is_what_it_shows_in_a_world_without_it(hidden, known, api):
    """Counts, totals and lists too."""
    # Pages name the place in the log, whose life begins when it is first asked for.
    events.position()
    for user in hidden.people.values():
        client, browser = api(user), browse(user)
        askers = [(Asker(client.client, client.headers), f"/api/{route}") for route in ROUTES if "GET" in ROUTES[route]]
        askers += [(Asker(browser), f"/{address}") for address in PAGES]

        def look(askers=askers):
            return {address: ask("GET", plainly(address, known)) for ask, address in askers}

        # A channel that was opened is read, and looks another way from then on.
        look()
        told = look()
        for address, answer in told.items():
            for needle in hidden.needles:
                assert needle not in str(answer), (user, address)
        with transaction.atomic():
            Message.objects.filter(pk__in=hidden.ids.values()).delete()
            Override.objects.filter(channel__in=hidden.ids.values()).delete()
            Channel.objects.filter(parent=hidden.ids["category"]).delete()
            Channel.objects.filter(pk__in=hidden.ids.values()).delete()
            without = look()
            transaction.set_rollback(True)
        for address, answer in told.items():
            assert answer == without[address], (user, address)


def test_no_page_tells_what_is_hidden_whatever_id_stands_in_its_address(visit, hidden, known):
    for kind in TOLD_APART:
        id, other = hidden.ids[kind], visit.unknown
        for route in PAGES:
            pairs = zip(addresses(route, id, known), addresses(route, other, known), strict=True)
            for address, other_address in pairs:
                for method in ("GET", "POST"):
                    same(visit, method, f"/{address}", f"/{other_address}", id)


def test_no_event_of_what_happens_there_reaches_those_who_do_not_see_it(
    cast, api, frames, django_capture_on_commit_callbacks
):
    """Whatever alice does in a hidden place: no frame that these people may hear holds a word of it."""
    with django_capture_on_commit_callbacks(execute=True):
        ids = act_in_hidden_places(cast)
    hidden = Hidden(ids, {"charlie": cast.charlie, "mallory": cast.mallory})
    heard = {user: hearing(user) for user in hidden.people.values()}
    happened = frames()
    about = [frame for frame in happened if set(hidden.needles) & set(re.findall(r"[\w-]{36}|quokka", str(frame.d)))]
    public = [frame for frame in about if not frame.name.startswith("@")]
    # All that a place can be the subject of happened, so that a new kind of event must be made to happen here too.
    of_places = ("CHANNEL_", "CATEGORY_", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE")
    wanted = {name for name in registry._builders if name.startswith(of_places)}
    assert wanted <= {frame.name for frame in happened}
    assert public
    for frame in public:
        for user, audiences in heard.items():
            # The category was made in the open and then closed, as was what was put into it before.
            if audiences & set(frame.audiences):
                assert frame.name in {"CATEGORY_CREATE"}, (user, frame)


def test_ready_holds_nothing_of_it(hidden):
    for user in hidden.people.values():
        session, _refresh = sign_in(user=user)
        told = json.dumps(reach.view(user.pk, session.pk).ready, default=str)
        for needle in hidden.needles:
            assert needle not in told, user


def hearing(user):
    session, _refresh = sign_in(user=user)
    own = {events.user(user.pk), events.session(session.pk)}
    return own | reach.view(user.pk, session.pk).audiences
