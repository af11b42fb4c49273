"""What people type, as safe HTML: markdown-it for the marks, nh3 to let through nothing but what is listed here."""

import re
from functools import cache, lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.linkify import linkify

from chat.spoilers import spoilers

_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "ol": {"start"},
    "span": {"class", "role", "tabindex", "aria-label"},
}
# Words on one line, and nothing that could be a mark or an address: what people mostly say.
_PLAIN = re.compile(r"(?:@|[^\W\d_])(?:[ ,.:;?!'\"()@-]*[^\W_])*[,.:;?!'\"()@-]*")
_RULES = ["emphasis", "strikethrough", "backticks", "fence", "blockquote", "list"]
_RULES += ["link", "autolink", "linkify", "newline", "escape"]


def to_html(text: str) -> SafeString:
    """Bold, italic, strike, code, quotes, lists, links and ||spoilers||; everything else stays as typed."""
    return _to_html(text, get_language())


# Each message is rendered for every page that shows it, and is the same each time.
@lru_cache(maxsize=1024)
def _to_html(text: str, language: str | None) -> SafeString:
    if _PLAIN.fullmatch(text):
        return mark_safe(f"<p>{text}</p>\n")  # noqa: S308
    return _marked_up(text)


def _marked_up(text: str) -> SafeString:
    html = nh3.clean(
        _parser().render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow ugc",
    )
    return mark_safe(html)  # noqa: S308


@cache
def _parser() -> MarkdownIt:
    # `maxNesting` bounds the work that nested marks can cause.
    options = {"breaks": True, "html": False, "linkify": True, "maxNesting": 20}
    parser = MarkdownIt("zero", options).enable(_RULES).use(spoilers)
    assert parser.linkify is not None  # noqa: S101
    # Only what is plainly meant as a link: `readme.md` and `10.0.0.1` are not.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    # The inline rule finds them while parsing; looking through the finished text again would only double the work.
    parser.core.ruler.disable("linkify")
    parser.inline.ruler.at("linkify", _linkify)
    for prefix in ("ftp:", "//", "mailto:"):
        parser.linkify.add(prefix, None)
    return parser


def _linkify(state: StateInline, silent: bool) -> bool:
    # In a possible label of a link there are no links: looking for them at every bracket is what would cost most.
    return not silent and linkify(state, silent)
