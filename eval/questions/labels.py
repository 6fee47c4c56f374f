"""Where the labels of a set stand in a library: gold paragraphs, and the sentences that hold evidence.

A label names a paragraph (`2-P2`, or `document:2-P2`); `place` is its full name. A label whose paragraph
or text is not there is orphaned: the text was cut or edited otherwise, and the question cannot judge
the answers any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from eval.questions.dataset import Alternative, Item, loose
from index.errors import InputError
from index.library import Library
from index.records import Document, Paragraph


def place(document: Document, paragraph: Paragraph) -> str:
    """The full name of a paragraph, the same in every library: `document:2-P2`."""
    return f"{document.id}:{paragraph.id}"


def written(library: Library, document: Document, paragraph: Paragraph) -> str:
    """A paragraph as a set of this library names it: without its document where there is only one."""
    return paragraph.id if len(library.documents) == 1 else place(document, paragraph)


class Labels:
    """The places of a library, and what its sentences say in the loose form of evidence."""

    def __init__(self, library: Library) -> None:
        self.places = [place(document, paragraph) for document, paragraph in library.paragraphs]
        self._full: dict[str, list[str]] = defaultdict(list)
        for (_, paragraph), full in zip(library.paragraphs, self.places, strict=True):
            self._full[paragraph.id].append(full)
            self._full[full].append(full)
        self._rows: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(library.rows):
            self._rows[place(row.document, row.paragraph)].append(number)
        self._loose = [loose(row.text) for row in library.rows]

    def resolve(self, paragraph: str) -> str | None:
        """The full name of a paragraph; None where there is none of that name, or several."""
        found = self._full.get(paragraph, [])
        return found[0] if len(found) == 1 else None

    def several(self, paragraph: str) -> list[str]:
        """The full names of a paragraph that has more than one."""
        found = self._full.get(paragraph, [])
        return found if len(found) > 1 else []

    def rows(self, alternative: Alternative) -> list[int]:
        """The rows of the sentences that hold an alternative, in order; none where it is orphaned."""
        full = self.resolve(alternative.paragraph)
        text = loose(alternative.text)
        return [row for row in self._rows.get(full or "", []) if text in self._loose[row]]

    def elsewhere(self, alternative: Alternative) -> list[str]:
        """The places of all sentences that hold an alternative's text, each once."""
        text = loose(alternative.text)
        return [full for full, rows in self._rows.items() if any(text in self._loose[row] for row in rows)]

    def orphaned(self, item: Item) -> list[Alternative]:
        """The alternatives of an item that stand where the label says no longer."""
        return [a for group in item.evidence for a in group if not self.rows(a)]


def check(items: Sequence[Item], labels: Labels) -> None:
    """Prove that every piece of evidence stands in a sentence of its paragraph, or raise InputError."""
    for item in items:
        for alternative in labels.orphaned(item):
            if several := labels.several(alternative.paragraph):
                raise InputError(
                    f"{item.where}: {item.id} names {alternative.paragraph!r}, which several documents have",
                    f"name one of {', '.join(several)}",
                )
            if labels.resolve(alternative.paragraph) is None:
                raise InputError(
                    f"{item.where}: {item.id} names the paragraph {alternative.paragraph!r}, which does not exist",
                    "run `yinzheng show` for the outline with every id",
                )
            found = ", ".join(labels.elsewhere(alternative)) or "no paragraph"
            raise InputError(
                f"{item.where}: {alternative.text!r} of {item.id} stands in no sentence of {alternative.paragraph}",
                f"it stands in {found}; correct the evidence or the paragraph",
            )
