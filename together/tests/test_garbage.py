"""Whatever is sent to whatever address: a refusal in the documented shape, never a 500."""

import json
import re
import uuid

import pytest

from chat.actions import send_message
from together.api import urlpatterns
from together.rest.docs import description

JSON = "application/json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO", "get")
# The last one is for everything else.
ROUTES = sorted(str(route.pattern) for route in urlpatterns[:-1])

NO_IDS = (
    "x", "-1", "0", "%00", "%ff", "%C3%28", "%ED%A0%80", "%F0%9F%99%82", "@me", "..", "%2e%2e", "%2F", "%0a", "%20",
    "'%3B--", "{}", "null", "9" * 400, "a" * 8000, "00000000-0000-0000-0000-00000000000g", "urn:uuid:", "%7B%7D",
)  # fmt: skip

VALUES = (
    None, True, 0, -1, 1.5, 2**31, 2**63, 10**400, 1e308, "", " ", "\x00", "\x7f", "a\u202eb", "\ufffe", "🙂" * 5000,
    "x" * 70_000, [], [[]], [None], {}, {"a": {"b": []}}, "0" * 36, "https://[", "javascript:x", "%s{0}$1",
)  # fmt: skip

BODIES = (
    b"", b" ", b"{", b"}", b"null", b"true", b"0", b'""', b"[]", b"[{}]", b"\xff\xfe", b"\x00", b"\xef\xbb\xbf{}",
    b'{"content": "\\ud800"}', b'{"content": "\\udc00\\ud800"}', b'{"content": "\xed\xa0\x80"}', b'{"a":1,"a":2}',
    b'{"content": "\\u0000"}', b'{"name": NaN}', b'{"position": 1e999}', b'{"position": ' + b"9" * 5000 + b"}",
    b"[" * 100_000, b'{"a":' * 2000 + b"1" + b"}" * 2000, b"{'name': 'x'}", b'{"name": "x",}', b"a=b&c=d",
)  # fmt: skip

KINDS = (
    JSON, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=", "application/json; charset=nonsense",
    "nonsense", "\x00", ";", "application/json\n",
)  # fmt: skip

QUERIES = (
    "%00", "%ff=%ff", "limit=%00", "limit=" + "9" * 3000, "limit=-9&before=%ff", "search=%00", "search=" + "%ff" * 100,
    "type=%00", "&&&===", "a" * 9000, "&".join(f"k{number}=v" for number in range(300)), "before[]=1", "limit=\xe9",
)  # fmt: skip


@pytest.fixture
def fill(cast):
    """A route with ids of things that alice may do anything to."""
    ids = {
        "user_id": cast.bob.pk,
        "server_id": cast.server.pk,
        "channel_id": cast.general.pk,
        "message_id": send_message(actor=cast.bob, channel_id=cast.general.pk, content="hello").pk,
        "session_id": uuid.uuid4(),
        "role_id": cast.moderator.pk,
        "category_id": cast.general.parent_id,
        "override_id": uuid.uuid4(),
        "invite_id": uuid.uuid4(),
        "code": "abcdEFGH",
    }

    def filled(route, **changes):
        for name, id in (ids | changes).items():
            route = route.replace(f"<str:{name}>", str(id))
        return f"/api/{route}"

    return filled


@pytest.fixture
def send(api, cast):
    client = api(cast.alice)

    def request(method, path, body=b"", kind=JSON, **headers):
        answer = client.client.generic(method, path, body, headers={**client.headers, **headers}, CONTENT_TYPE=kind)
        return sound(answer, f"{method} {path[:80]} {body[:80]!r}")

    return request


def sound(answer, what):
    assert answer.status_code < 500, what
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == JSON, what
        if answer.request["REQUEST_METHOD"] == "HEAD":
            assert answer.content == b"", what
        else:
            refusal = answer.json()
            assert isinstance(refusal["error"], str), what
            assert refusal["error"], what
            assert set(refusal) <= {"error", "fields"}, what
            assert answer.status_code in (400, 401, 403, 404, 405, 409, 413, 415, 422, 429), what
        assert ("Allow" in answer.headers) is (answer.status_code == 405), what
    return answer


def bodies(route):
    """Each method of a route that reads a body, with the names of the fields in it."""
    path = "/api/" + re.sub(r"<str:(\w+)>", r"{\1}", route)
    for method, operation in description()["paths"].get(path, {}).items():
        if "requestBody" in operation:
            name = operation["requestBody"]["content"][JSON]["schema"]["$ref"].rsplit("/", 1)[1]
            yield method.upper(), list(description()["components"]["schemas"][name]["properties"])


WRITES = [(route, method, fields) for route in ROUTES for method, fields in bodies(route)]


@pytest.mark.parametrize("route", ROUTES)
def test_every_method_on_every_route_with_and_without_credentials(send, fill, api, route):
    for method in METHODS:
        send(method, fill(route))
        sound(api().client.generic(method, fill(route), b"{nonsense", CONTENT_TYPE=JSON), f"{method} {route}")


@pytest.mark.parametrize("route", [route for route in ROUTES if "<" in route])
def test_what_is_no_id_is_400_or_404_in_every_place_and_method(send, fill, route):
    names = [part.strip("<>").removeprefix("str:") for part in route.split("/") if part.startswith("<")]
    for name in names:
        for text in NO_IDS:
            for method in ("GET", "PATCH", "DELETE", "POST"):
                answer = send(method, fill(route, **{name: text}), b"{}")
                assert answer.status_code in (400, 401, 404, 405, 200), (method, route, text)


@pytest.mark.parametrize(("route", "method", "fields"), WRITES)
def test_bodies_that_are_nonsense(send, fill, route, method, fields):
    for body in BODIES:
        send(method, fill(route), body)
    for kind in KINDS:
        send(method, fill(route), b'{"name": "x"}', kind)


@pytest.mark.parametrize(("route", "method", "fields"), WRITES)
def test_fields_that_hold_anything(send, fill, route, method, fields):
    good = {"username": "dora", "password": "a long enough one", "name": "n", "type": "text", "content": "c"}
    for value in VALUES:
        send(method, fill(route), json.dumps(dict.fromkeys(fields, value)).encode())
        for name in fields:
            send(method, fill(route), json.dumps({**good, name: value}).encode())


@pytest.mark.parametrize("route", ROUTES)
def test_queries_that_are_nonsense(send, fill, route):
    for query in QUERIES:
        send("GET", f"{fill(route)}?{query}")


# Headers are read before it is known which route is asked.
@pytest.mark.parametrize("route", ["users/@me", "servers/<str:server_id>", "channels/<str:channel_id>/messages"])
def test_headers_that_are_nonsense(send, fill, route):
    for name in (
        "Authorization",
        "Accept",
        "User-Agent",
        "Origin",
        "Cookie",
        "X-Forwarded-For",
        "Accept-Language",
        "X-Odd",
    ):
        for value in ("x" * 20_000, "\xff\xfe", "é", ";;==", "Bearer " + "." * 3000, "sessionid=\x01; csrftoken="):
            send("GET", fill(route), **{name: value})


@pytest.mark.parametrize("host", ["evil.example", "", "a b", "x" * 5000, "[::1", "testserver:99999999", "\xff"])
def test_a_host_that_is_not_ours_is_refused(api, db, host):
    answer = api().client.get("/api/users/@me", headers={"Host": host})
    assert sound(answer, host).status_code in (400, 401)


@pytest.mark.parametrize(("route", "method", "fields"), WRITES)
def test_a_body_of_three_megabytes_is_413(send, fill, route, method, fields):
    body = b'{"content": "' + b"a" * 3_000_000 + b'"}'
    assert send(method, fill(route), body).status_code == 413


def test_a_body_that_nobody_reads_does_not_matter(send, fill):
    assert send("POST", fill("servers/<str:server_id>/join"), b"{" * 3_000_000).status_code == 404
    assert send("POST", fill("auth/logout"), b"\xff").status_code == 204
