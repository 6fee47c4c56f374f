"""From ranked sentences to quotes: the fewest that answer, each a checked span of its source.

A quote is one sentence, or two where the second points back ("这一技术…", "These…") to what the question
asks about. Identical sentences are shown once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from index.errors import SourceError
from index.library import Library
from index.records import Document, Language, Paragraph, Span
from index.text.tokens import squeezed
from qa import settings
from qa.answering import spans
from qa.answering.citation import cite
from qa.answering.question import Question
from qa.answering.retrieve import Candidate

_POINTS_BACK = regex.compile(
    r"(?:这(?:一|些|种|个|项|类)?|该|其(?![他它中余])|此(?!外)|上述|并且|二者|两者"
    r"|(?:This|These|Those|That|It|They|Such|Both|The latter|The former)\b)"
)


@dataclass(frozen=True, slots=True)
class Twin:
    """Where the words of a quote stand once more."""

    document: Document
    paragraph: Paragraph
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source: `raw == document.source[start:end]`, shown as `text`.

    `highlights` are half-open offsets into `text`; `score` is the chance
    that it answers (in a search the fused score), higher is better. `twins` are where else the same words stand.
    `language` is the reader's, that of the question.
    """

    document: Document
    paragraph: Paragraph
    start: int
    end: int
    raw: str
    text: str
    highlights: tuple[tuple[int, int], ...]
    score: float
    language: Language
    twins: tuple[Twin, ...] = ()

    def __post_init__(self) -> None:
        if self.document.source[self.start : self.end] != self.raw:
            raise SourceError(
                f"{self.document.file} does not hold the quote at {self.start}-{self.end}",
                "run `yinzheng index build`",
            )

    @property
    def lines(self) -> tuple[int, int]:
        """1-based first and last line of the source file."""
        return self.document.lines(self.start, self.end)

    @property
    def page(self) -> int | None:
        """The 1-based page that it begins on; None where there are no pages."""
        return self.document.page(self.start)

    @property
    def citation(self) -> str:
        """Where it stands, for the reader."""
        return cite(self.document, self.paragraph, self.start, self.end, self.language)

    @property
    def also(self) -> tuple[str, ...]:
        """The citations of the same words elsewhere."""
        return tuple(cite(one.document, one.paragraph, one.start, one.end, self.language) for one in self.twins)


def select(
    library: Library, question: Question, found: Sequence[Candidate], top: int, near: Sequence[Candidate] = ()
) -> tuple[Quote, ...]:
    """The quotes for an answer, best first, each once; `found` was read, is sorted and not empty.

    Among `near` it is looked where else their words stand.
    """
    least = found[0].score * (settings.FURTHER_SEVERAL if question.several else settings.FURTHER)
    chosen: list[Quote] = []
    for candidate in _own_language_first(question, found):
        if len(chosen) == top or (chosen and candidate.score < least):
            break
        quote = make(library, question, candidate)
        if not any(squeezed(quote.text) == squeezed(other.text) or _overlap(quote, other) for other in chosen):
            chosen.append(quote)
    return tuple(replace(quote, twins=_twins(quote, near)) for quote in chosen)


def _twins(quote: Quote, near: Sequence[Candidate]) -> tuple[Twin, ...]:
    """Where the sentences of a quote stand once more, by the last of them, among these and in their order."""
    document = quote.document
    spans = [span for span in quote.paragraph.sentences if quote.start <= span.start and span.end <= quote.end]
    said = [squeezed(document.display(span.start, span.end)) for span in spans]
    found = []
    for candidate in near:
        last = candidate.sentence
        before = last.paragraph.sentences[: last.number + 1][-len(said) :]
        if (last.document.id, last.sentence.end) == (document.id, quote.end) or len(before) < len(said):
            continue
        if [squeezed(last.document.display(span.start, span.end)) for span in before] == said:
            found.append(Twin(last.document, last.paragraph, before[0].start, last.sentence.end))
    return tuple(found)


def _own_language_first(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, the best in the question's language before all others where it answers nearly as well."""
    enough = found[0].score * settings.OWN_LANGUAGE
    own = (c for c in found if c.score >= enough and c.sentence.paragraph.language == question.language)
    first = next(own, found[0])
    return [first, *(candidate for candidate in found if candidate is not first)]


def make(library: Library, question: Question, candidate: Candidate) -> Quote:
    """The quote of one candidate sentence, with the one before it where it needs that."""
    row = candidate.sentence
    document, paragraph, span = row.document, row.paragraph, row.sentence
    if row.number and paragraph.kind != "table" and _POINTS_BACK.match(row.text):
        before = paragraph.sentences[row.number - 1]
        longer = document.display(before.start, span.end)
        limit = settings.QUOTE_CHARACTERS_ZH if paragraph.language == "zh" else settings.QUOTE_CHARACTERS_EN
        previous = set(library.terms.sentence(candidate.row - 1))
        asked = set(library.tokenizer.terms(question.text))
        if len(longer) <= limit and asked & previous - set(library.terms.sentence(candidate.row)):
            span = Span(before.start, span.end)
    text = document.display(span.start, span.end)
    return Quote(
        document=document,
        paragraph=paragraph,
        start=span.start,
        end=span.end,
        raw=document.source[span.start : span.end],
        text=text,
        highlights=_highlights(library, question, candidate, text),
        score=round(candidate.score, 4),
        language=question.language,
    )


def _highlights(library: Library, question: Question, candidate: Candidate, text: str) -> tuple[tuple[int, int], ...]:
    """The short answers in a quote's text: those of the wanted sort, or else the one that was read there.

    `text` ends with the candidate's sentence.
    """
    found = tuple(spans.answers(text, question, library))
    if found or candidate.span is None or candidate.span_odds < settings.SPAN_ODDS_MIN:
        return found
    before = len(text) - len(candidate.sentence.text)
    start, end = candidate.span
    held = candidate.sentence.text[start:end]
    start += len(held) - len(held.lstrip())
    end -= len(held) - len(held.rstrip())
    return ((before + start, before + end),) if 0 < end - start <= settings.SPAN_SHARE_MAX * len(text) else ()


def _overlap(a: Quote, b: Quote) -> bool:
    return a.document is b.document and a.start < b.end and b.start < a.end
