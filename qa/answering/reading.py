"""Reads the best windows beside the question, and puts their sentences in the order in which they answer.

Ranking knows what a sentence is about; whether it answers takes reading the two together. The windows of
the best candidates are read, each by itself, and every sentence in them gets a chance of answering, made of
what was read and of what else speaks for it (`evidence`). `quotes` comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.chunks import lead
from index.library import Library
from index.model.layout import Tokens
from index.model.model import Array
from index.text.tokens import squeezed
from index.text.words import simplified
from qa import settings
from qa.answering import evidence
from qa.answering.evidence import Chances
from qa.answering.question import Question, repeats, says
from qa.answering.retrieve import Candidate, Ranking
from qa.answering.spans import expansions


@dataclass(frozen=True, slots=True)
class Read:
    """The sentences that were read, likeliest answer first, and the confidence that the first answers.

    `near` are the best as they were ranked, among which the same words elsewhere are looked for.
    """

    found: tuple[Candidate, ...]
    confidence: float
    near: tuple[Candidate, ...] = ()


NOTHING = Read((), 0.0)


def read(library: Library, question: Question, ranked: Ranking, most: int = settings.READ_WINDOWS) -> Read:
    """Read the best windows; each sentence's score becomes its chance, and ties stay as they were ranked.

    `ranked` may be empty; at most `most` windows are read.
    """
    found = sentences(library, question, ranked, most)
    if not found:
        return NOTHING
    chances = Chances.of(evidence.weigh(library, question, found))
    likely = sorted(
        zip(found, chances.sentences, strict=True), key=lambda pair: (-pair[1], -pair[0].score, pair[0].row)
    )
    read = tuple(replace(candidate, score=chance) for candidate, chance in likely)
    return Read(read, chances.confidence, tuple(ranked[: settings.TWINS_AMONG]))


def sentences(
    library: Library, question: Question, ranked: Ranking, most: int = settings.READ_WINDOWS
) -> list[Candidate]:
    """The sentences of the best windows, at most so many, with what was read in them, window after window."""
    asked = simplified(question.text)
    windows = [range(*window) for window in _windows(library, question, ranked, most)]
    shown = [(lead(library.rows[rows[0]]), [library.rows[row].text for row in rows]) for rows in windows]
    found: list[Candidate] = []
    for rows, reading in zip(windows, library.model.read_all(asked, shown), strict=True):
        for number, candidate in enumerate(ranked.of(rows)):
            if _repeats(candidate, question):
                continue
            span, odds = best_span(reading.starts[number], reading.ends[number], reading.tokens[number])
            found.append(replace(candidate, odds=round(reading.odds[number], 4), span=span, span_odds=round(odds, 4)))
    return found


def _windows(library: Library, question: Question, ranked: Sequence[Candidate], most: int) -> list[tuple[int, int]]:
    """The windows that hold the best candidates, in their order; what stands in one is not read again elsewhere.

    What an abbreviation is short for is said in passing, in a sentence about something else: where that is asked,
    the sentences that say it come first. Windows without a whole sentence (bare lines of words, a list's items) take
    no other's place: as many again are read.
    """
    if question.wanted == "expansion":
        near = ranked[: settings.EXPANSION_AMONG]
        ranked = sorted(near, key=lambda candidate: not expansions(candidate.sentence.text, question))
    windows: dict[tuple[int, int], None] = {}
    said: set[str] = set()
    whole = 0
    for candidate in ranked:
        window = library.late.window(candidate.row)
        if window in windows or _repeats(candidate, question) or squeezed(candidate.sentence.text) in said:
            continue
        windows[window] = None
        texts = [library.rows[row].text for row in range(*window)]
        whole += any(map(says, texts))
        if whole == most or len(windows) == 2 * most:
            break
        said.update(map(squeezed, texts))
    return list(windows)


def _repeats(candidate: Candidate, question: Question) -> bool:
    """Whether a sentence asks, as the question does: whoever copies questions into a document answers none."""
    sentence = candidate.sentence
    return repeats(sentence.text, question, row=sentence.paragraph.kind == "table")


def best_span(starts: Array, ends: Array, tokens: Tokens) -> tuple[tuple[int, int], float]:
    """The characters of the likeliest short answer in a sentence, half-open, and its log-odds against none."""
    best = (0, 0)
    odds = float("-inf")
    for start in range(len(starts)):
        reach = ends[start : start + settings.SPAN_TOKENS_MAX]
        end = start + int(reach.argmax())
        if float(starts[start] + ends[end]) > odds:
            best, odds = (start, end), float(starts[start] + ends[end])
    return (tokens.offsets[best[0]][0], tokens.offsets[best[1]][1]), odds
