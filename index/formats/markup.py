"""What of a run of Markdown is markup and not to be read: stars, backslashes, link targets, tags.

markdown-it decides; its inline rules are wrapped so that each says which characters it takes. What no rule takes is
shown, so no word is lost by an oversight here. Beyond CommonMark: ~~strikes~~, footnote marks, $formulas$ kept as they
are, and **bold** beside Chinese punctuation. `markdown` calls this for each paragraph, heading and cell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import regex

# `(start, end, text)`: `text` is shown in place of `[start, end)`.
Range = tuple[int, int, str]

# As deep as brackets may be nested, as in markdown-it's own preset. What is deeper is shown as it stands.
_NESTING_MAX = 20

_FORMULA = regex.compile(r"\$\$[^$]+\$\$|\$(?![\s$])(?:[^$\n\\]|\\.)+(?<!\s)\$(?!\d)")
_NOTE = regex.compile(r"\[\^([^\]\s]+)\]")
_BOLD = regex.compile(r"\*\*")
_CHINESE = regex.compile(r"[\p{Han}\u3000-\u303f\uff00-\uffef“”‘’…—]")
_HTML = regex.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[?!][^>]*>|</?([a-z][a-z0-9-]*)(?:\s[^<>]*)?/?>|&\#?\w+;",
    regex.DOTALL | regex.IGNORECASE,
)
# The tags that part no words; every other one does.
_WITHIN = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var "
    "wbr".split()
)


class Markup:
    """Tells the markup of runs of Markdown; `env` is what markdown-it knows of the document's link definitions."""

    def __init__(self, env: dict[str, Any], notes: Collection[str] = ()) -> None:
        """`notes` are the labels of the document's footnotes, in whose marks the ^ is dropped."""
        from markdown_it import MarkdownIt, rules_inline
        from markdown_it.helpers import parseLinkLabel

        self._env = env
        self._notes = notes
        self._label_end: Callable[..., int] = parseLinkLabel
        self._rules = rules_inline
        self._parser = MarkdownIt("commonmark", {"maxNesting": _NESTING_MAX}).enable("strikethrough")
        self._parser.inline.ruler2.disable("fragments_join")  # it would merge the delimiters that were not used
        ruler = self._parser.inline.ruler
        for name, rule in (
            ("newline", self._newline),
            ("escape", self._escape),
            ("backticks", self._code),
            ("strikethrough", self._delimiters(rules_inline.strikethrough.tokenize)),
            ("emphasis", self._delimiters(rules_inline.emphasis.tokenize)),
            ("link", self._link),
            ("image", self._image),
            ("autolink", self._autolink),
            ("html_inline", self._tag),
            ("entity", self._entity),
        ):
            ruler.at(name, rule)
        ruler.before("escape", "formula", self._formula)
        ruler.before("link", "note", self._note)
        self._base = 0
        self._found: list[Range] = []
        self._marks: list[tuple[Any, int, int]] = []

    def ranges(self, text: str) -> list[Range]:
        """The markup of one paragraph's, heading's or cell's text: sorted and disjoint ranges."""
        self._base, self._found, self._marks = 0, [], []
        self._parser.inline.parse(text, self._parser, self._env, [])
        loose = []
        for token, start, end in self._marks:
            if token.type != "text" or not token.content:
                self._hide(start, end)
            else:
                loose.append((start, end))
        self._bold(text, loose)
        found: list[Range] = []
        for one in sorted(self._found):
            if not found or one[0] >= found[-1][1]:
                found.append(one)
        return found

    def _hide(self, start: int, end: int, text: str = "") -> None:
        if start < end:
            self._found.append((self._base + start, self._base + end, text))

    def _bold(self, text: str, loose: list[tuple[int, int]]) -> None:
        """Pairs of ** that CommonMark leaves, because Chinese has no spaces around them."""
        free = set(loose)
        opened: int | None = None
        for match in _BOLD.finditer(text):
            at, end = match.span()
            if (at, at + 1) not in free or (at + 1, end) not in free:
                continue
            before, after = text[at - 1 : at], text[end : end + 1]
            if not _CHINESE.match(before) and not _CHINESE.match(after):
                continue
            if opened is None:
                opened = at if after.strip() else None
            elif before.strip():
                self._hide(opened, opened + 2)
                self._hide(at, end)
                opened = None

    def _newline(self, state: Any, silent: bool) -> bool:
        start = state.pos
        done = bool(self._rules.newline(state, silent))
        if done and not silent:
            self._hide(start + 1, state.pos)
        return done

    def _escape(self, state: Any, silent: bool) -> bool:
        start = state.pos
        done = bool(self._rules.escape(state, silent))
        if done and not silent and regex.match(r"[!-/:-@\[-`{-~\n]", state.src[start + 1 : start + 2]):
            self._hide(start, start + 1)
        return done

    def _code(self, state: Any, silent: bool) -> bool:
        start, tokens = state.pos, len(state.tokens)
        done = bool(self._rules.backtick(state, silent))
        if done and not silent and len(state.tokens) > tokens:
            ticks = len(state.tokens[-1].markup)
            self._hide(start, start + ticks)
            self._hide(state.pos - ticks, state.pos)
        return done

    def _delimiters(self, rule: Callable[..., bool]) -> Callable[..., bool]:
        def wrapped(state: Any, silent: bool) -> bool:
            start, tokens = state.pos, len(state.tokens)
            done = bool(rule(state, silent))
            if done and not silent:
                end = state.pos
                for token in reversed(state.tokens[tokens:]):
                    if end <= start:
                        break
                    self._marks.append((token, self._base + end - len(token.content), self._base + end))
                    end -= len(token.content)
            return done

        return wrapped

    def _link(self, state: Any, silent: bool) -> bool:
        start = state.pos
        if silent or state.src[start] != "[":
            return bool(self._rules.link(state, silent))
        end = self._label_end(state, start, True)
        done = bool(self._rules.link(state, silent))
        if done:
            self._hide(start, start + 1)
            self._hide(end, state.pos)
        return done

    def _image(self, state: Any, silent: bool) -> bool:
        start = state.pos
        if silent or not state.src.startswith("![", start):
            return bool(self._rules.image(state, silent))
        end = self._label_end(state, start + 1, False)
        self._base += start + 2
        done = bool(self._rules.image(state, silent))
        self._base -= start + 2
        if done:
            self._hide(start, start + 2)
            self._hide(end, state.pos)
        return done

    def _autolink(self, state: Any, silent: bool) -> bool:
        start = state.pos
        done = bool(self._rules.autolink(state, silent))
        if done and not silent:
            self._hide(start, start + 1)
            self._hide(state.pos - 1, state.pos)
        return done

    def _tag(self, state: Any, silent: bool) -> bool:
        start = state.pos
        done = bool(self._rules.html_inline(state, silent))
        if done and not silent:
            self._hide(start, state.pos, " " if state.src[start : start + 3].lower() == "<br" else "")
        return done

    def _entity(self, state: Any, silent: bool) -> bool:
        start = state.pos
        done = bool(self._rules.entity(state, silent))
        if done and not silent:
            self._hide(start, state.pos, state.tokens[-1].content)
        return done

    def _formula(self, state: Any, silent: bool) -> bool:
        found = _FORMULA.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "$" else None
        if not found:
            return False
        if not silent:
            state.pending += found.group()
        state.pos = found.end()
        return True

    def _note(self, state: Any, silent: bool) -> bool:
        found = _NOTE.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "[" else None
        if not found or found.group(1) not in self._notes:
            return False
        if not silent:
            state.pending += found.group()
            self._hide(state.pos + 1, state.pos + 2)
        state.pos = found.end()
        return True


def html(text: str) -> list[Range]:
    """The tags, comments, scripts and styles of a block of raw HTML, and its entities as what they mean."""
    from html import unescape

    found: list[Range] = []
    for match in _HTML.finditer(text):
        tag = match.group(2)
        if match.group().startswith("&"):
            found.append((*match.span(), unescape(match.group())))
        else:
            found.append((*match.span(), " " if tag and tag.lower() not in _WITHIN else ""))
    return [(start, end, shown) for start, end, shown in found if text[start:end] != shown]
