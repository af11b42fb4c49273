"""Every refusal of the API has one shape, and checks come in one order."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.http import Http404
from django.utils import translation
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import ValidationError

from guilds.models import Member
from together.rest import errors
from together.rest.fields import Listing, Text
from together.rest.serializers import Input

JSON = "application/json"


def send(api, user, path, body, kind=JSON, method="POST"):
    client = api(user)
    return client.client.generic(method, f"/api{path}", body, headers=client.headers, CONTENT_TYPE=kind)


def test_an_unknown_address_is_the_same_404_for_everyone_and_every_method(api, cast):
    for user in (None, cast.alice):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"):
            for path in (
                "/",
                "/nothing",
                "/servers/",
                "/auth",
                "/auth/login/",
                "/servers/browse/x/y",
                "/a%0Ab",
                "/%00",
            ):
                answer = send(api, user, path, b"", method=method)
                assert (answer.status_code, answer.json()) == (404, {"error": "There is no such thing here."})


def test_a_wrong_method_is_405_and_says_which_are_right(api, cast):
    for path, allowed in (
        ("/servers", {"GET", "POST"}),
        ("/users/@me", {"GET", "PATCH"}),
        ("/servers/browse", {"GET"}),
    ):
        answer = send(api, cast.alice, path, b"", method="DELETE")
        assert (answer.status_code, set(answer.json())) == (405, {"error"})
        assert {method.strip() for method in answer.headers["Allow"].split(",")} - {"HEAD", "OPTIONS"} == allowed


def test_credentials_come_before_the_method_the_path_and_the_body(api, db):
    for method, path in (("DELETE", "/servers"), ("GET", "/servers/nonsense"), ("POST", "/servers")):
        answer = send(api, None, path, b"{nonsense", method=method)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_the_path_comes_before_the_body_and_the_body_before_what_it_is_about(api, cast):
    assert send(api, cast.mallory, "/servers/nonsense", b"{nonsense", method="PATCH").status_code == 400
    path = f"/servers/{cast.server.pk}"
    assert "not an id" not in send(api, cast.mallory, path, b"{nonsense", method="PATCH").json()["error"]
    assert send(api, cast.mallory, path, b"{nonsense", method="PATCH").status_code == 400
    assert send(api, cast.mallory, path, b'{"name": 5}', method="PATCH").status_code == 422
    assert send(api, cast.mallory, path, b"name=x", "application/x-www-form-urlencoded", "PATCH").status_code == 415
    assert send(api, cast.mallory, path, b'{"name": "x"}', method="PATCH").status_code == 404
    assert send(api, cast.charlie, path, b'{"name": "x"}', method="PATCH").status_code == 403


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonp"]
)
def test_a_body_of_another_kind_is_415(api, cast, kind):
    assert send(api, cast.alice, "/servers", b'{"name": "x"}', kind).status_code == 415


@pytest.mark.parametrize("kind", [JSON, "application/json; charset=utf-8", "Application/JSON", "application/json;foo"])
def test_json_is_json_in_any_spelling(api, cast, kind):
    assert send(api, cast.alice, "/servers", b'{"name": "x"}', kind).status_code == 201


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"name": "\xff"}', b'{"name": NaN}', b"[" * 5000, b"\xef\xbb\xbf{}", b"nul", b"\x00"]
)
def test_a_body_that_is_no_json_is_400(api, cast, body):
    answer = send(api, cast.alice, "/servers", body)
    assert (answer.status_code, set(answer.json())) == (400, {"error"})


def test_a_body_of_more_than_two_mebibytes_is_413(api, cast):
    for size, status in ((2 * 1024 * 1024 - 11, 400), (2 * 1024 * 1024 + 1, 413), (3 * 1024 * 1024, 413)):
        answer = send(api, cast.alice, "/servers", b'{"name":"' + b"a" * size + b'"}')
        assert (answer.status_code, "error" in answer.json()) == (status, True)


def test_every_field_that_is_wrong_is_named_with_its_own_sentence(api, cast):
    answer = api(cast.alice).post("/servers", {"name": "", "icon_url": "nonsense"})
    assert answer.json() == {
        "error": "name: This field may not be blank.",
        "fields": {"name": "This field may not be blank.", "icon_url": "Enter an http or https address."},
    }


def test_a_wrong_shape_and_a_broken_rule_together_are_422(api, cast):
    answer = api(cast.alice).post("/servers", {"name": "", "is_public": "yes"})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"name", "is_public"})


def test_a_body_that_is_no_object_has_a_sentence_of_its_own(api, cast):
    assert api(cast.alice).post("/servers", []).json()["error"] == "The body must be a JSON object."


def test_get_answers_head_as_well_without_a_body(api, cast):
    for path in ("/health", "/health/live", "/instance/registration-mode", "/users/@me", "/servers"):
        answer = send(api, cast.alice, path, b"", method="HEAD")
        assert (answer.status_code, answer.content) == (200, b"")


def test_whatever_a_client_accepts_it_gets_json_that_no_cache_keeps(api, cast):
    alice = api(cast.alice)
    for accept in ("text/html", "image/png", "*/*", "", "nonsense;;"):
        answer = alice.client.get("/api/users/@me", headers={**alice.headers, "Accept": accept})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, JSON)
        assert answer.headers["Cache-Control"] == "no-store"


class Strict(Input):
    strict = True
    name = Text(required=False)


def test_a_strict_body_refuses_keys_that_it_does_not_know():
    assert Strict.read({"name": None}) == {}
    with pytest.raises(ValidationError) as refused:
        Strict.read({"name": "x", "other": 1})
    assert errors.exception_handler(refused.value, {}).status_code == 422


@pytest.mark.parametrize("body", ["null", "[]", "5", '"text"'])
def test_a_body_that_is_no_object_is_said_to_be_none(api, cast, body):
    answer = send(api, cast.alice, "/servers", body)
    assert answer.status_code == 422
    assert answer.json() == {
        "error": "The body must be a JSON object.",
        "fields": {"non_field_errors": "The body must be a JSON object."},
    }
    assert send(api, cast.alice, "/servers", '{"name": "An object"}').status_code == 201


class Limits(Input):
    name = Text(min_length=2)
    words = Listing(child=Text(max_length=3), max_length=9)


def test_a_limit_is_explained_to_everybody_in_their_own_language():
    wrong = {"name": "x", "words": ["long"]}
    explained = []
    for language in ("en", "de", "en"):
        with translation.override(language), pytest.raises(ValidationError) as refused:
            Limits.read(wrong)
        explained.append(errors.exception_handler(refused.value, {}).data)
    assert explained[0] == explained[2] != explained[1]
    assert "at least 2 characters" in str(explained[0])
    assert "mindestens 2 Zeichen" in str(explained[1])
    assert "nicht mehr als 3 Zeichen" in str(explained[1])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404(), 404),
        (Member.DoesNotExist("secret"), 404),
        (PermissionDenied(), 403),
        (RequestDataTooBig(), 413),
        (SuspiciousOperation("secret"), 400),
        (DataError("secret"), 400),
        (OverflowError("secret"), 400),
        (UnicodeEncodeError("utf-8", "secret", 0, 1, "secret"), 400),
        (OperationalError("secret"), 503),
        (InterfaceError("secret"), 503),
        (PoolTimeout("secret"), 503),
        (IntegrityError("secret"), 500),
        (RuntimeError("secret"), 500),
        (ValidationError([]), 400),
    ],
)
def test_what_goes_wrong_below_becomes_a_status_without_detail(db, error, status):
    answer = errors.exception_handler(error, {})
    assert answer.status_code == status
    assert set(answer.data) == {"error"}
    assert "secret" not in str(answer.data)
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_what_the_database_refuses_is_told_apart_by_its_own_codes(cast):
    def status(act):
        try:
            with transaction.atomic():
                act()
                connection.check_constraints()
        except IntegrityError as error:
            return errors.exception_handler(error, {}).status_code

    taken = Member.objects.get(user=cast.bob)
    assert status(lambda: Member.objects.create(user=taken.user, server=taken.server)) == 409
    assert status(lambda: Member.objects.create(user_id=cast.server.pk, server=cast.server)) == 404
    assert status(lambda: type(cast.server).objects.update(default_permissions=-1)) == 500


def test_a_bug_is_a_500_without_detail_and_in_the_log(api, cast, monkeypatch, caplog):
    monkeypatch.setattr("accounts.api.sessions_of", lambda *_: 1 / 0)
    answer = api(cast.alice).get("/users/@me/sessions")
    assert (answer.status_code, set(answer.json())) == (500, {"error"})
    assert "division" not in answer.json()["error"]
    assert "ZeroDivisionError" in caplog.text
