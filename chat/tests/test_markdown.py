"""What people type becomes safe HTML, in a time that they cannot stretch."""

import re
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.markdown import _marked_up, _to_html, to_html
from together.testing.threads import at_once

SAFE_TAG = re.compile(
    r"</?(p|br|strong|em|s|code|pre|blockquote|ul|ol|li|a|span)"
    r"( (href|rel|start|class|role|tabindex|aria-label)=\"[^\"<>]*\")*>"
)
# Some 100 ms; without the bounds of the parser it would be millions.
MOST_CALLS = 500_000
SPOILER = '<span class="spoiler" role="button" tabindex="0" aria-label="Spoiler"><span>{}</span></span>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** *italic* _too_ ~~gone~~", "<strong>bold</strong> <em>italic</em> <em>too</em> <s>gone</s>"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("one\ntwo", "one<br>\ntwo"),
        ("# no heading", "# no heading"),
        ("![no](http://a.example/b.png)", "!<a "),
        ("||so **bold**||", SPOILER.format("so <strong>bold</strong>")),
        ("a ||b|| c ||d||", f"a {SPOILER.format('b')} c {SPOILER.format('d')}"),
        ("**||b||**", f"<strong>{SPOILER.format('b')}</strong>"),
        ("a || b", "a || b"),
        ("||||", "||||"),
        ("|| ||", "|| ||"),
        ("`||code||`", "<code>||code||</code>"),
        (r"\||no||", "||no||"),
    ],
)
def test_marks(text: str, html: str) -> None:
    assert html in to_html(text)


WORDS = st.sampled_from(["a", "1", "www", "http", "mailto", "ß", "中", "é", *" ,.:;?!'\"()@-_*/\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=12).map("".join))
@example('See you at 8:30 (if it doesn\'t rain), @bob - "promise"!')
@example("1. not this")
def test_what_has_no_marks_needs_no_parser_to_be_the_same(text: str) -> None:
    assert to_html(text) == _marked_up(text)


def test_blocks() -> None:
    assert to_html("```\na\n  b\n```").strip() == "<pre><code>a\n  b\n</code></pre>"
    assert re.sub(r"\s", "", to_html("> quoted")) == "<blockquote><p>quoted</p></blockquote>"
    assert re.sub(r"\s", "", to_html("- a\n- b")) == "<ul><li>a</li><li>b</li></ul>"
    assert '<ol start="3">' in to_html("3. c")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://example.org/a_b_c?x=1&y=2.", "https://example.org/a_b_c?x=1&amp;y=2"),
        ("(http://example.org)", "http://example.org"),
        ("*http://example.org*", "http://example.org"),
        ("||http://example.org||", "http://example.org"),
        ("<http://example.org>", "http://example.org"),
        ("[here](http://example.org 'title')", "http://example.org"),
        ("[mail](mailto:a@example.org)", "mailto:a@example.org"),
    ],
)
def test_links_leave_without_a_trace(text: str, address: str) -> None:
    assert f'<a href="{address}" rel="noopener noreferrer nofollow ugc">' in to_html(text)


@pytest.mark.parametrize(
    "text", ["readme.md", "10.0.0.1", "//example.org", "ftp://example.org", "a@example.org", "C:/x"]
)
def test_what_is_not_plainly_a_link_stays_text(text: str) -> None:
    assert to_html(text).strip() == f"<p>{text}</p>"


@pytest.mark.parametrize("target", ["/logout", "//evil.example", "?x", "#x", "x.html"])
def test_links_lead_to_whole_addresses_only(target: str) -> None:
    assert "href" not in to_html(f"[a]({target})")
    assert 'href="https://a.example/"' in to_html("[a](https://a.example/)")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        '[x](http://a.example/"onmouseover="alert(1))',
        "[x](<http://a.example/' onclick='alert(1)>)",
        'http://a.example/"><script>alert(1)</script>',
        "||<script>alert(1)</script>||",
        "||[x](javascript:alert(1))||",
        "```<script>\n</code></pre><script>alert(1)</script>\n```",
        "`</code><script>alert(1)</script>`",
        '<span class="spoiler" onclick="alert(1)">x</span>',
        "<style>*{display:none}</style>",
        "<!-- --><base href=//evil.example>",
        "[x]: javascript:alert(1)\n[x]",
        "<iframe srcdoc='<script>alert(1)</script>'>",
    ],
)
def test_nothing_unsafe_comes_out(text: str) -> None:
    html = to_html(text)
    tags = re.findall(r"<[^>]+>", html)
    assert all(SAFE_TAG.fullmatch(tag) for tag in tags), html
    assert not re.search(r'href="(?!https?:|mailto:)', html)


HOSTILE = [
    "*", "_", "**a", "||", "||a ", "[", "](", "[](", "![", "`", "``` ", "> ", ">", "- ", "1. ", "<", "~~", "http://",
    "http://[[", "https://a.b/", "a@b.", "*a_", "_a*", "[a](b", "[[a]](", "||*_", "&", "> - ", "`a", "\\", "-\n", ":",
    "||http://a.de ", "**||", "http://a.de/((", "\t- ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_nesting_is_rendered_with_little_work(piece: str) -> None:
    assert _calls((piece * 4000)[:4000]) < MOST_CALLS


def test_hostile_runs_are_rendered_with_little_work() -> None:
    ticks = "".join("`" * n + "a" for n in range(1, 88))[:4000]
    lists = "\n".join("  " * n + "- a" for n in range(60))[:4000]
    quotes = "\n".join(">" * n for n in range(1, 88))[:4000]
    for text in (ticks, lists, quotes, "[" * 2000 + "]" * 2000, ("*a " * 650 + "*b" * 1000)[:4000]):
        assert _calls(text) < MOST_CALLS


def test_messages_that_are_rendered_at_the_same_time_do_not_mix() -> None:
    def render(number: int) -> set[str]:
        found = [to_html(f"see https://{number}.example/{turn} now") for turn in range(200)]
        return set(re.findall(r"https://(\d+)\.", " ".join(found)))

    assert at_once(6, render) == [{str(number)} for number in range(6)]


def _calls(text: str) -> int:
    """How many Python functions are called to render a text: work, whatever else the machine does."""
    count = 0

    def tell(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(tell)
    try:
        _to_html.__wrapped__(text, None)
    finally:
        sys.setprofile(None)
    return count
