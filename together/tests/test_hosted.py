"""The site under a WSGI server of threads: whole bodies, few at work, files, and nothing of ours in the answer."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from wsgiref.util import setup_testing_defaults

import pytest

from together.http import hosted
from together.http.files import FILE_HEADER
from together.http.hosted import Hosted

MAX_BODY = 1024 * 1024


class Site:
    def __init__(self):
        self.environ = {}
        self.released = threading.Event()

    def __call__(self, environ, start_response):
        self.environ = {**environ, "body": environ["wsgi.input"].read()}
        if environ["PATH_INFO"] == "/held":
            self.released.wait(10)
        if environ["PATH_INFO"] == "/fail":
            raise RuntimeError("a secret")
        if environ["PATH_INFO"].startswith("/file"):
            start_response("200 OK", [("Content-Type", "text/plain"), (FILE_HEADER, environ["PATH_INFO"][5:])])
            return [b""]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]


@pytest.fixture
def inner():
    return Site()


@pytest.fixture
def ask(inner):
    site = Hosted(inner, slots=1, max_body=MAX_BODY)

    def ask(path="/", body=b"", **environ):
        setup_testing_defaults(environ)
        environ |= {"PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
        environ.setdefault("CONTENT_LENGTH", str(len(body)))
        heads = []
        chunks = site(environ, lambda status, headers: heads.append((status, dict(headers))))
        content = b"".join(chunks)
        [(status, headers)] = heads
        return int(status[:3]), headers, content

    return ask


def test_a_whole_body_reaches_the_site(ask, inner):
    assert ask(body=b"x" * MAX_BODY, REQUEST_METHOD="POST")[0] == 200
    assert inner.environ["body"] == b"x" * MAX_BODY


@pytest.mark.parametrize(
    ("status", "environ"),
    [
        (413, {"CONTENT_LENGTH": str(MAX_BODY + 1)}),
        (400, {"CONTENT_LENGTH": "10"}),
        (400, {"path": "/a\0b"}),
        (411, {"CONTENT_LENGTH": "much"}),
        (411, {"HTTP_TRANSFER_ENCODING": "chunked"}),
    ],
)
def test_what_is_too_large_cut_off_or_of_unknown_length_never_reaches_it(ask, inner, status, environ):
    code, headers, content = ask(body=b"short", REQUEST_METHOD="POST", **environ)
    assert (code, headers["content-type"]) == (status, "application/json")
    assert content.startswith(b'{"error":')
    assert inner.environ == {}


def test_a_file_is_sent_in_place_of_the_header_that_names_it(ask, tmp_path):
    (tmp_path / "letter").write_bytes(b"dear all")
    status, headers, content = ask(f"/file{tmp_path}/letter")
    assert (status, content, headers["content-length"]) == (200, b"dear all", "8")
    assert FILE_HEADER.lower() not in {name.lower() for name in headers}
    status, headers, content = ask(f"/file{tmp_path}/letter", HTTP_RANGE="bytes=5-")
    assert (status, content, headers["content-range"]) == (206, b"all", "bytes 5-7/8")
    assert ask(f"/file{tmp_path}/letter", HTTP_RANGE="bytes=9-")[0] == 416
    status, headers, content = ask(f"/file{tmp_path}/letter", REQUEST_METHOD="HEAD")
    assert (status, content, headers["content-length"]) == (200, b"", "8")


def test_a_file_that_is_gone_is_no_answer_with_a_path_in_it(ask, tmp_path):
    for path in (f"{tmp_path}/nothing", str(tmp_path)):
        status, headers, content = ask(f"/file{path}")
        assert status == 404
        assert str(tmp_path) not in f"{headers}{content!r}"


def test_a_failure_tells_nothing(ask):
    status, _headers, content = ask("/fail")
    assert status == 500
    assert b"secret" not in content


def test_who_finds_no_slot_is_told_so_but_health_and_static_files_need_none(ask, inner, monkeypatch):
    monkeypatch.setattr(hosted, "PATIENCE", 0.05)
    with ThreadPoolExecutor(1) as other:
        held = other.submit(ask, "/held")
        while not inner.environ:
            time.sleep(0.01)
        assert ask("/")[0] == 503
        assert [ask(path)[0] for path in ("/api/health/live", "/static/a.css")] == [200, 200]
        inner.released.set()
        assert held.result()[0] == 200
    assert ask("/")[0] == 200


def test_the_environment_of_the_process_is_not_the_request_s(monkeypatch):
    monkeypatch.setenv("A_SECRET", "very secret")
    inner = Site()
    environ = {"A_SECRET": "very secret", "HTTP_PROXY": "evil", "HTTP_X": "1"}
    setup_testing_defaults(environ)
    Hosted(inner, slots=1, max_body=1)(environ, lambda *_: None)
    assert inner.environ["HTTP_X"] == "1"
    assert not {"A_SECRET", "HTTP_PROXY"} & inner.environ.keys()
