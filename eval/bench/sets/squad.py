"""SQuAD-format JSON: SQuAD 1 and 2, XQuAD, MLQA, CMRC 2018 in both its forms, DRCD, DuReader, COVID-QA.

    {"data": [{"title": "…", "paragraphs": [{"context": "…", "qas": [{"id": "…", "question": "…",
     "answers": [{"text": "…", "answer_start": 0}], "is_impossible": false}]}]}]}

CMRC 2018's own form is a list of contexts with `context_text`, and `query_id`, `query_text` and answers that
are plain texts in its `qas`. Titles are not searched. An answer that stands elsewhere than it says, or says
nothing of where, is looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench.sets import paper
from eval.bench.sets.collection import Collection, Query, Shelf
from eval.bench.sets.entry import EXPECTED, name, objects, parse, read_text, text
from index.errors import InputError
from qa.terminal.console import count


@dataclass(frozen=True, slots=True)
class _Context:
    """A context with its place in the file, its article's number and title, and its questions as they are."""

    where: str
    article: int
    title: str
    text: str
    questions: tuple[tuple[str, dict[str, Any]], ...]


def read(path: Path, articles: int | None = None) -> Collection:
    """The set in a file, or only its first `articles` articles with their questions.

    InputError names the file and the place in it. Blank questions, those without an answer that are not said to
    be unanswerable, and those whose answer stands nowhere in a paper are left out and counted in the notes.
    """
    contexts = list(_contexts(parse(read_text(path), str(path)), path, articles))
    papers = paper.are_papers([context.text for context in contexts])
    shelf = Shelf()
    queries: list[Query] = []
    ids: Counter[str] = Counter()
    blank = unanswered = lost = 0
    article = -1
    for context in contexts:
        if context.article != article:
            article = context.article
            shelf.begin(context.title)
        ranges = paper.paragraphs(context.text) if papers else [(0, len(context.text))]
        numbers = [shelf.put(context.text[low:high].strip()) for low, high in ranges]
        for where, entry in context.questions:
            prefixed = "query_id" in entry or "query_text" in entry
            id = name(entry, "query_id" if prefixed else "id", where)
            ids[id] += 1
            unique = id if ids[id] == 1 else f"{id}#{ids[id]}"
            question = text(entry, "query_text" if prefixed else "question", where, blank=True)
            if not question.strip():
                blank += 1
                continue
            if entry.get("is_impossible", False) is True:
                queries.append(Query(unique, question, False, (), {}))
                continue
            answers = list(_answers(entry, where))
            gold = set(numbers)
            if papers:
                starts = [paper.stands(context.text, answer, at) for answer, at in answers]
                gold = {
                    number
                    for number, (low, high) in zip(numbers, ranges, strict=True)
                    if any(start is not None and low <= start < high for start in starts)
                }
            if not answers:
                unanswered += 1
            elif not gold:
                lost += 1
            else:
                texts = tuple(dict.fromkeys(answer for answer, _ in answers))
                judged = dict.fromkeys(map(Collection.place, sorted(gold)), 1)
                queries.append(Query(unique, question, True, texts, judged))
    if not queries:
        raise InputError(f"{path} has no question that can be judged", "name a set that has some")
    notes = []
    if papers:
        notes.append(f"{len(contexts)} whole papers, cut into paragraphs")
    if shelf.merged:
        notes.append(f"{shelf.merged} paragraphs with the text of another merged")
    if blank:
        notes.append(f"{count(blank, 'blank question')} left out")
    if unanswered:
        notes.append(f"{count(unanswered, 'question')} without an answer left out")
    if lost:
        notes.append(f"{count(lost, 'question')} whose answer stands nowhere left out")
    return Collection(path.stem, path, shelf.articles(), tuple(queries), tuple(notes))


def _contexts(whole: Any, path: Path, articles: int | None) -> Iterator[_Context]:
    if isinstance(whole, list) and whole and isinstance(whole[0], dict) and "context_text" in whole[0]:
        entries = objects({"": whole}, "", f"{path}: ")
        for number, (where, entry) in enumerate(entries):
            if articles is None or number < articles:
                title = entry.get("title")
                questions = tuple(objects(entry, "qas", where))
                yield _Context(where, number, _title(title), text(entry, "context_text", where), questions)
        return
    if not isinstance(whole, dict) or "data" not in whole:
        raise InputError(f"{path} is no question set", EXPECTED)
    for number, (where, entry) in enumerate(objects(whole, "data", f"{path}: ")):
        if articles is not None and number >= articles:
            return
        for place, paragraph in objects(entry, "paragraphs", where):
            questions = tuple(objects(paragraph, "qas", place))
            yield _Context(place, number, _title(entry.get("title")), text(paragraph, "context", place), questions)


def _title(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _answers(entry: dict[str, Any], where: str) -> Iterator[tuple[str, int | None]]:
    """The answers that are not blank, each with where it says it stands."""
    answers = entry.get("answers", [])
    if not isinstance(answers, list):
        raise InputError(f"{where}.answers is no list", 'expected answers such as [{"text": "…", "answer_start": 0}]')
    for number, answer in enumerate(answers):
        found = answer.get("text") if isinstance(answer, dict) else answer
        at = answer.get("answer_start") if isinstance(answer, dict) else None
        if not isinstance(found, str):
            raise InputError(
                f"{where}.answers[{number}] has no text", 'expected answers such as {"text": "…", "answer_start": 0}'
            )
        if found.strip():
            yield found, at if isinstance(at, int) and at >= 0 else None
