"""`||text||`: hidden until somebody asks for it. A rule of the Markdown parser."""

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_MARK = "||"


def spoilers(parser: MarkdownIt) -> None:
    """Teach a parser about spoilers."""
    parser.inline.ruler.before("emphasis", "spoiler", _spoiler)
    parser.inline.add_terminator_char(_MARK[0])


def _spoiler(state: StateInline, silent: bool) -> bool:
    start = state.pos + len(_MARK)
    if not state.src.startswith(_MARK, state.pos):
        return False
    end = state.src.find(_MARK, start, state.posMax)
    if end < 0 or not state.src[start:end].strip():
        return False
    if not silent:
        _push(state, state.src[start:end])
    state.pos = end + len(_MARK)
    return True


def _push(state: StateInline, hidden: str) -> None:
    # A text of its own: a link or a mark in it cannot reach beyond it.
    inner: list[Token] = []
    state.md.inline.parse(hidden, state.md, state.env, inner)
    opening = state.push("spoiler_open", "span", 1)
    # Reachable and operable by keyboard; the stylesheet shows what has the focus, the script what was pressed.
    opening.attrs = {"class": "spoiler", "role": "button", "tabindex": "0", "aria-label": _("Spoiler")}
    state.push("spoiler_open", "span", 1)
    state.tokens.extend(inner)
    state.tokens_meta.extend([None] * len(inner))
    state.push("spoiler_close", "span", -1)
    state.push("spoiler_close", "span", -1)
