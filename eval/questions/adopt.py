"""Feedback from the chat page as entries of a question set, for a reviewer to finish.

A right answer brings its own evidence. Of a wrong citation and of a missing answer only the reviewer knows what
answers: their lines cannot be read as a set until that is written in. A refusal brings a word that the source lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eval.questions.check import duplicates
from eval.questions.dataset import Alternative, Item, loose
from eval.questions.labels import Labels, written
from index.errors import NotFound
from index.library import Library
from index.text.tokens import normal
from qa.answering.evidence import Coverage
from qa.answering.question import Question, same
from qa.verify import problem
from qa.web.feedback import Entry


@dataclass(frozen=True, slots=True)
class Adopted:
    """One line of the new set, the feedback that it comes from, and what is still to be done, if anything."""

    value: dict[str, Any]
    entry: Entry
    to_do: str | None

    @property
    def id(self) -> str:
        """The id of the line."""
        return str(self.value["id"])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question that is not adopted, and why."""

    question: str
    why: str


def adopt(library: Library, entries: Iterable[Entry], known: Sequence[Item]) -> tuple[list[Adopted], list[LeftOut]]:
    """A line for each question, in the order in which they were first asked, and those that are left out.

    The latest verdict on a question counts. What `known` asks is left out; no id is one of `known`'s.
    """
    there = {same(item.question): item.id for item in known}
    latest: dict[str, Entry] = {}
    left_out: dict[str, LeftOut] = {}
    for entry in sorted(entries, key=lambda entry: datetime.fromisoformat(entry.time)):
        question, plain = Question.read(entry.question), same(entry.question)
        if question.problem:
            left_out[plain] = LeftOut(question.text, f"no question: {question.problem}")
        elif plain in there:
            left_out[plain] = LeftOut(question.text, f"{there[plain]} asks it")
        else:
            latest[plain] = entry
    labels = Labels(library)
    lines = [_line(library, labels, entry) for entry in latest.values()]
    for line, id in zip(lines, _ids(library, lines, known), strict=True):
        line.value["id"] = id
    return lines, list(left_out.values())


def _line(library: Library, labels: Labels, entry: Entry) -> Adopted:
    """The line of an entry, its id still to be given."""
    question, quotes = Question.read(entry.question), entry.record["quotes"]
    value = {"id": "", "language": question.language, "kind": "feedback", "question": question.text}
    if entry.verdict == "should have refused" or (entry.verdict == "right" and not quotes):
        lacking = _lacking(library, question)
        to_do = None if lacking else "write in the key terms that no paragraph has together"
        terms = [[lacking or "…"]]  # which `check` does not take for terms
        return Adopted({**value, "answerable": False, "evidence": [], "terms": terms}, entry, to_do)
    found = _evidence(library, labels, quotes[0]) if entry.verdict == "right" else None
    to_do = None if found else "write in the evidence that answers: its paragraph, and its words"
    if to_do and entry.verdict == "right":
        to_do = "the source has changed since: " + to_do
    group = [{"paragraph": found.paragraph if found else "", "text": found.text if found else ""}]
    return Adopted({**value, "answerable": True, "evidence": [group]}, entry, to_do)


def _lacking(library: Library, question: Question) -> str | None:
    """A word of the question that stands in no paragraph, not even within another word."""
    texts = [loose(normal(document.display(one.start, one.end))) for document, one in library.paragraphs]
    absent = Coverage.of(library, question).absent
    return next((word for word in absent if not any(loose(normal(word)) in text for text in texts)), None)


def _evidence(library: Library, labels: Labels, quote: Any) -> Alternative | None:
    """What a quote answers with; None where it stands no longer.

    The words that are marked in it where these are one place, which one sentence of the paragraph has; or else its
    sentence: the one with marked words, or the last, which is the one that was found.
    """
    try:
        document = library.document(quote["document"])
    except (TypeError, KeyError, NotFound):
        return None
    paragraph = document.paragraph(str(quote.get("paragraph")))
    if paragraph is None or problem(quote, document):
        return None
    sentences = [
        document.display(span.start, span.end)
        for span in paragraph.sentences
        if quote["start"] <= span.start and span.end <= quote["end"]
    ]
    if not sentences:
        return None
    name = written(library, document, paragraph)
    marked = [text for start, end in quote["highlights"] if loose(text := quote["text"][start:end])]
    if len(marked) == 1 and len(labels.rows(Alternative(name, marked[0]))) == 1:
        return Alternative(name, marked[0])
    holding = [text for text in sentences if any(loose(words) in loose(text) for words in marked)]
    return Alternative(name, (holding or sentences)[-1])


def _ids(library: Library, lines: Sequence[Adopted], known: Sequence[Item]) -> list[str]:
    """An id for each line, free among `known`: questions that say the same, in whatever words, share a half."""
    taken = {item.id for item in known}
    if not lines:
        return []
    new = [
        Item(f"new {n}", line.value["language"], "feedback", line.value["question"], False, ())
        for n, line in enumerate(lines)
    ]
    group = {item.id: item.id for item in (*known, *new)}
    for a, b, _ in duplicates([*known, *new], library.encoder):
        joined, into = group[b.id], group[a.id]
        group = {id: into if of == joined else of for id, of in group.items()}
    halves: dict[str, str] = {}
    for item in known:
        halves.setdefault(group[item.id], item.half)
    number, ids = 0, []
    for item in new:
        while True:
            number += 1
            named = replace(item, id=f"{item.language}-feedback-{number:02}")
            if named.id not in taken and halves.setdefault(group[item.id], named.half) == named.half:
                break
        ids.append(named.id)
    return ids
