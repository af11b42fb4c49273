"""What is hidden is hidden everywhere: every route and every page, for whoever does not see it.

Each is asked with the ids of hidden things in every place, and must answer as it answers to an id that never existed. A
gap between the `position`s of the channels that one sees is no leak: gaps are left by deleted channels and by explicit
positions too.
"""

import uuid

from django.db import transaction

from chat.models import Message
from guilds.models import Channel, Override
from together import events
from together.testing.pages import browse
from together.tests.hidden.asking import (
    PAGES,
    ROUTES,
    TOLD_APART,
    Asker,
    addresses,
    bodies,
    masked,
    operation,
    plainly,
    same,
)
from together.tests.hidden.world import WORD


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
