"""Questions that the source does answer: where to start, and what to ask next. By rule, never invented.

A document may bring its own, in `examples.toml`; of any other, sections' titles and the terms that it glosses
itself make questions, and those are kept that are answered from that very section.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import regex

from index.library import Library
from index.records import Document, Language, Paragraph, Section
from qa import titles
from qa.answering.answer import ask
from qa.answering.question import same

# How many questions made by rule are tried at most, each some 250 ms, and for one section in one language.
TRIES_MAX = 24
TRIES_A_SECTION = 2

_EXAMPLES = Path(__file__).parent / "examples.toml"
_ASPECT = regex.compile(r"^.+的.+$|.+ of .+")
_ABBREVIATION = regex.compile(r"\p{Lu}[\p{Lu}\p{Ll}\d-]*\p{Lu}[\p{L}\d-]*")


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """A section, and a question that it answers in each language; None where no question was found."""

    document: str
    section: Section
    zh: str | None
    en: str | None

    def question(self, language: Language) -> str | None:
        """The question in that language."""
        return self.zh if language == "zh" else self.en


class Suggester:
    """The questions of one library."""

    def __init__(self, library: Library, points: Sequence[StartingPoint] | None = None) -> None:
        """Of these points, where they are known already: nothing is asked for them then."""
        self._library = library
        self._tries = TRIES_MAX
        if points is not None:
            self.starting_points = tuple(points)

    @cached_property
    def starting_points(self) -> tuple[StartingPoint, ...]:
        """A point for each section that has a question, in the library's order.

        Asks the library up to `TRIES_MAX` times where a document brings no examples.
        """
        brought = tomllib.loads(_EXAMPLES.read_text(encoding="utf-8"))
        found = []
        for number, one in enumerate(self._library.listed):
            own = brought.get(one.id)
            if own is None and not self._tries:
                continue
            document = self._library.documents[number]
            for section, paragraphs in document.sections():
                if own is not None:
                    zh, en = own.get(section.number, (None, None))
                else:
                    zh, en = (self._made(document, section, paragraphs, of) for of in ("zh", "en"))
                if zh or en:
                    found.append(StartingPoint(document.id, section, zh, en))
        return tuple(found)

    def suggest(
        self,
        language: Language,
        paragraphs: Sequence[Paragraph],
        asked: Collection[str],
        count: int = 3,
        documents: Collection[str] | None = None,
    ) -> tuple[str, ...]:
        """At most `count` questions in that language, those of the nearest sections first, the same document's before.

        `paragraphs` are where an answer or what is nearest to one stands; none of `asked` is suggested again, and
        nothing of other documents than these, if they are named.
        """
        known = {same(question) for question in asked}
        # Two documents may have the same section: an introduction without a heading, say.
        known_of = map(self._library.document, dict.fromkeys(point.document for point in self.starting_points))
        here = {(one.id, p.section) for one in known_of for p in one.paragraphs if p in paragraphs}
        places = [i for i, point in enumerate(self.starting_points) if (point.document, point.section) in here]

        def distance(place: int) -> tuple[bool, int, int]:
            of = self.starting_points[place].document
            far = ((of != self.starting_points[at].document, abs(place - at)) for at in places)
            return *min(far, default=(False, 0)), place

        found: dict[str, None] = {}
        for place in sorted(range(len(self.starting_points)), key=distance):
            question = self.starting_points[place].question(language)
            if documents is not None and self.starting_points[place].document not in documents:
                continue
            if question and same(question) not in known and len(found) < count:
                found[question] = None
                known.add(same(question))
        return tuple(found)

    def _made(
        self, document: Document, section: Section, paragraphs: Sequence[Paragraph], language: Language
    ) -> str | None:
        """The first question by rule that is answered from its section, of as many as may be tried."""
        if not self._tries:
            return None
        for number, question in enumerate(self._candidates(document, section, paragraphs, language)):
            if number == TRIES_A_SECTION or not self._tries:
                break
            self._tries -= 1
            answer = ask(self._library, question)
            first = answer.quotes[0] if answer.answered else None
            if first and first.document.id == document.id and first.paragraph.section == section:
                return question
        return None

    def _candidates(
        self, document: Document, section: Section, paragraphs: Sequence[Paragraph], language: Language
    ) -> Iterator[str]:
        _, title = titles.split(section.titles[-1])
        if title and not titles.is_heading(title) and bool(regex.search(r"\p{Han}", title)) == (language == "zh"):
            aspect = _ASPECT.match(title)
            if language == "zh":
                yield f"{title}如何？" if aspect else f"什么是{title}？"
            else:
                begun = title if title[1:2].isupper() else title[0].lower() + title[1:]  # MSC stays MSC
                yield f"What is said about the {begun}?" if aspect else f"What is {title}?"
        text = " ".join(document.display(p.start, p.end) for p in paragraphs)
        for pair in self._library.glossary.pairs:
            if pair.source != "text":
                continue
            printed = regex.search(rf"(?<![\p{{L}}\d-]){regex.escape(pair.en)}(?=\s*[)）])", text, regex.IGNORECASE)
            if printed and _ABBREVIATION.fullmatch(printed[0]):
                yield f"{printed[0]}的全称是什么？" if language == "zh" else f"What does {printed[0]} stand for?"
