"""All that there is to ask, and how two answers are compared.

Routes and pages are taken from the product itself, so that a new one joins the sweep by being there.
"""

import json
import re
import uuid
from copy import copy

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from together import limits
from together.api import urlpatterns
from together.rest.docs import description
from together.tests.hidden.world import WORD

TOLD_APART = ("channel", "category", "message", "override")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# What differs from one answer to the next by itself: nonces, tokens of forms and moments.
OF_THE_MOMENT = re.compile(
    r'(nonce|csrf-?token|value|token)(="|: ?")[\w+/=-]{20,}"|"X-CSRFToken": ?"\w+"|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)',
    re.IGNORECASE,
)


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
    makes = method != "GET" and told[0] == ask.expected[key][0] < 300
    assert told == ask.expected[key] or makes, (method, address, body)


def masked(answer, id):
    code, text, head = answer
    return code, blank(text, id), blank(head, id)


def blank(text, id):
    return text.replace(str(id), "ID").replace(getattr(id, "hex", str(id)), "ID")
