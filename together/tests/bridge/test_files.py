"""Files that a view hands over: whole, in ranges, or gone."""

import pytest

from together.http.files import FILE_HEADER
from together.tests.bridge.conftest import Site
from together.tests.bridge.raw import get


def test_a_file_is_sent_whole_and_its_place_is_not_told(port: int, site: Site):
    status, headers, body = get(port, "/file/digits")
    assert (status, body) == (200, b"0123456789")
    assert headers[b"content-length"] == b"10"
    assert headers[b"accept-ranges"] == b"bytes"
    assert FILE_HEADER.lower().encode() not in headers


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("0-3", 206, b"0123", b"bytes 0-3/10"),
        ("4-", 206, b"456789", b"bytes 4-9/10"),
        ("-2", 206, b"89", b"bytes 8-9/10"),
        ("-99", 206, b"0123456789", b"bytes 0-9/10"),
        ("8-99", 206, b"89", b"bytes 8-9/10"),
        ("10-", 416, b"", b"bytes */10"),
        ("-0", 416, b"", b"bytes */10"),
        ("3-1", 200, b"0123456789", None),
        ("0-1,4-5", 200, b"0123456789", None),
        ("-", 200, b"0123456789", None),
        ("9" * 5000 + "-", 200, b"0123456789", None),
    ],
)
def test_a_range_of_a_file(port: int, asked: str, status: int, body: bytes, told: bytes | None):
    got, headers, content = get(port, "/file/digits", f"Range: bytes={asked}")
    assert (got, content, headers.get(b"content-range")) == (status, body, told)


def test_a_range_of_an_older_file_gives_the_whole_newer_one(port: int):
    assert get(port, "/file/digits", "Range: bytes=0-3", 'If-Range: "old"')[::2] == (200, b"0123456789")


def test_head_gives_the_length_of_a_file_and_nothing_of_it(port: int):
    status, headers, body = get(port, "/file/digits", method="HEAD")
    assert (status, headers[b"content-length"], body) == (200, b"10", b"")


@pytest.mark.parametrize("name", ["gone", "", ".."])
def test_a_file_that_is_gone_is_not_found(port: int, name: str):
    assert get(port, f"/file/{name}")[0] == 404
