"""Edits over a source text, and the two-way alignment between source and display positions.

`Draft` is where rules work: it starts as the source and remembers, for every display character, which
source range it stands for. `Repaired` is the finished, immutable result. Neither knows any rule.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

import regex

# A half-open range of the source.
Range = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """`source[start:end]` is shown as `text`; `start == end` inserts, `text == ""` drops.

    `rule` names what made the edit (a rule's name, or "errata"), `reason` says why.
    """

    start: int
    end: int
    text: str
    rule: str
    reason: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"an edit needs 0 <= start <= end, found {self.start}, {self.end}")
        if self.start == self.end and not self.text:
            raise ValueError(f"the edit at {self.start} changes nothing")


class Repaired:
    """The display text of a source under sorted, disjoint edits.

    Positions map by whole edits: any display range that touches an edit's text stands for the
    edit's whole source range, and the other way round. So `to_source` and `to_display` are
    monotone, and each is the other's inverse on ranges that cut no edit in two.
    """

    def __init__(self, source: str, edits: Iterable[Edit]) -> None:
        self.source = source
        self.edits = tuple(edits)
        for left, right in pairwise(self.edits):
            if right.start < left.end or right.start == right.end == left.start == left.end:
                raise ValueError(f"edits overlap or are out of order at {right.start}")
        if self.edits and self.edits[-1].end > len(source):
            raise ValueError(f"an edit ends at {self.edits[-1].end}, beyond the source")
        parts: list[str] = []
        display_starts: list[int] = []
        at = shown = 0
        for edit in self.edits:
            parts.append(source[at : edit.start])
            shown += edit.start - at
            display_starts.append(shown)
            parts.append(edit.text)
            shown += len(edit.text)
            at = edit.end
        parts.append(source[at:])
        self.text = "".join(parts)
        self._display_starts = display_starts
        self._source_starts = [edit.start for edit in self.edits]

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The tightest source range whose display covers display `[start, end)`.

        `start < end <= len(text)`; raises ValueError otherwise.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no display range {start}-{end} in {len(self.text)} characters")
        return self._char_to_source(start)[0], self._char_to_source(end - 1)[1]

    def _char_to_source(self, position: int) -> tuple[int, int]:
        """The source range of one display character."""
        i = bisect_right(self._display_starts, position) - 1
        if i < 0:
            return position, position + 1
        edit = self.edits[i]
        offset = position - self._display_starts[i]
        if offset < len(edit.text):
            return edit.start, edit.end
        at = edit.end + offset - len(edit.text)
        return at, at + 1

    def to_display(self, start: int, end: int) -> tuple[int, int]:
        """The display range of source `[start, end)`; edits cut by the range count whole.

        Empty when all of the range is dropped; insertions at either end are inside.
        Raises ValueError outside the source.
        """
        if not 0 <= start <= end <= len(self.source):
            raise ValueError(f"no source range {start}-{end} in {len(self.source)} characters")
        return self._boundary(start, last=False), self._boundary(end, last=True)

    def _boundary(self, position: int, *, last: bool) -> int:
        """The display position of a source boundary, moved out of any edit that it cuts."""
        if last:
            i = bisect_right(self._source_starts, position) - 1
            while i >= 0 and self.edits[i].start == position < self.edits[i].end:
                i -= 1  # begins here and reaches on: not ours
        else:
            i = bisect_left(self._source_starts, position) - 1
            if i >= 0 and self.edits[i].end > position:
                return self._display_starts[i]
        if i < 0:
            return position
        edit = self.edits[i]
        shown = self._display_starts[i] + len(edit.text)
        return shown + max(0, position - edit.end)

    def display(self, start: int, end: int) -> str:
        """The display text of `source[start:end]`."""
        a, b = self.to_display(start, end)
        return self.text[a:b]


class Draft:
    """A text under repair. Rules call `replace`; `edits` gives what has come of it.

    Characters are kept in two stacks that meet where the text was changed last, so that changes from the last to the
    first cost their own length and not the whole text's.
    """

    def __init__(self, source: str, start: int = 0, end: int | None = None) -> None:
        """A draft of `source[start:end]`; offsets of its edits are those of the whole source."""
        stop = len(source) if end is None else end
        self.source = source
        self.start, self.end = start, stop
        self._text: str | None = source[start:stop]
        # Each character with the source range that it stands for; those after the meeting place from the last on.
        self._before: list[tuple[str, Range]] = [(source[i], (i, i + 1)) for i in range(start, stop)]
        self._after: list[tuple[str, Range]] = []
        self._why: dict[int, tuple[str, str]] = {}

    @property
    def text(self) -> str:
        """The text as it is shown now."""
        if self._text is None:
            self._text = self.cut(0, len(self))
        return self._text

    def __len__(self) -> int:
        return len(self._before) + len(self._after)

    def cut(self, a: int, b: int) -> str:
        """What the draft now shows in `[a, b)`, as far as it reaches; quicker than a slice of the whole text."""
        return "".join(char for char, _ in self._between(a, b))

    def _between(self, a: int, b: int) -> list[tuple[str, Range]]:
        met, size = len(self._before), len(self)
        a, b = min(a, size), min(b, size)
        found = self._before[a:b]
        if b > met:
            found += self._after[size - b : size - max(a, met)][::-1]
        return found

    def _meet(self, at: int) -> None:
        """Have the stacks meet at `at`."""
        if at < len(self._before):
            self._after += self._before[at:][::-1]
            del self._before[at:]
        elif at > len(self._before):
            back = len(self) - at
            self._before += self._after[back:][::-1]
            del self._after[back:]

    def _at(self, place: int) -> tuple[str, Range]:
        met = len(self._before)
        return self._before[place] if place < met else self._after[met - place - 1]

    def replace(self, a: int, b: int, text: str, rule: str, reason: str = "") -> None:
        """Show `text` where the draft now shows `[a, b)`; earlier edits it touches are merged."""
        if self.cut(a, b) == text:
            return
        while a < b and text and self._at(a)[0] == text[0]:
            a, text = a + 1, text[1:]
        while a < b and text and self._at(b - 1)[0] == text[-1]:
            b, text = b - 1, text[:-1]
        if a == b and a > 0:  # an insertion belongs to the character before it
            a, text = a - 1, self._at(a - 1)[0] + text
        low, high = a, b
        while 0 < low < len(self) and self._at(low - 1)[1] == self._at(low)[1]:
            low -= 1
        while 0 < high < len(self) and self._at(high - 1)[1] == self._at(high)[1]:
            high += 1
        text = self.cut(low, a) + text + self.cut(b, high)
        if low < high:
            span = (self._at(low)[1][0], self._at(high - 1)[1][1])
        else:
            at = self._at(low)[1][0] if low < len(self) else self.end
            span = (at, at)
        self._meet(high)
        del self._before[low:]
        self._after += [(char, span) for char in reversed(text)]
        self._text = None
        for position in range(span[0], max(span[1], span[0] + 1)):
            self._why.setdefault(position, (rule, reason))

    def sub(
        self,
        pattern: regex.Pattern[str],
        replacement: Callable[[regex.Match[str]], str | None],
        rule: str,
        reason: str = "",
    ) -> None:
        """Replace each match, from the last to the first; None leaves a match as it stands."""
        for match in reversed(list(pattern.finditer(self.text))):
            text = replacement(match)
            if text is not None:
                self.replace(match.start(), match.end(), text, rule, reason)

    def edits(self) -> list[Edit]:
        """The sorted, disjoint edits that turn the source range into the draft's text."""
        edits: list[Edit] = []
        at = self.start
        for (start, end), shown in groupby(self._between(0, len(self)), key=lambda one: one[1]):
            text = "".join(char for char, _ in shown)
            if at < start:
                edits.append(self._edit(at, start, ""))
            if start == end or text != self.source[start:end]:
                edits.append(self._edit(start, end, text))
            at = end
        if at < self.end:
            edits.append(self._edit(at, self.end, ""))
        return edits

    def _edit(self, start: int, end: int, text: str) -> Edit:
        rule, reason = self._why.get(start, ("repair", ""))
        return Edit(start, end, text, rule, reason)
