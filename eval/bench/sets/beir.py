"""BEIR folders: `corpus.jsonl`, `queries.jsonl`, and judgements in `qrels/*.tsv`, of which test.tsv counts.

A document is one paragraph, and its title is printed: it is searched with the text. There are no short
answers, so only retrieval and refusal can be measured.
"""

from __future__ import annotations

from pathlib import Path

from eval.bench import settings
from eval.bench.sets.collection import Collection, Query, Shelf
from eval.bench.sets.entry import lines, name, read_text, text
from index.errors import InputError
from qa.terminal.console import count

# Judgements that are taken, the first that is there; then any.
QRELS = ("test.tsv", "dev.tsv")


def is_folder(path: Path) -> bool:
    """Whether this is a folder as BEIR has them."""
    return (path / "corpus.jsonl").is_file()


def read(path: Path, articles: int | None = None) -> Collection:
    """The set in a folder, or only its first `articles` documents with the questions that need no other.

    InputError names the file and the line. Judged documents that the corpus lacks count as never found;
    questions without a right document that is there are left out. Both are counted in the notes.
    """
    shelf = Shelf()
    numbers: dict[str, int] = {}
    blank = 0
    for where, entry in lines(path / "corpus.jsonl"):
        id = name(entry, "_id", where)
        if id in numbers:
            raise InputError(f"{where}: the document {id!r} comes twice", "give each its own `_id`")
        body, title = (" ".join(str(entry.get(key) or "").split()) for key in ("text", "title"))
        if not body and not title:
            blank += 1
            continue
        if articles is not None and len(numbers) == articles:
            break
        shelf.begin(title if body else "", printed=True)
        numbers[id] = shelf.put(body or title)
    if not numbers:
        raise InputError(f"{path / 'corpus.jsonl'} has no document with a text", "name a folder that has some")
    texts = {
        name(entry, "_id", where): text(entry, "text", where, blank=True)
        for where, entry in lines(path / "queries.jsonl")
    }
    judgements = _qrels(path / "qrels")
    judged = {document for grades in judgements.values() for document in grades}
    unknown = {document for document in judged if document not in numbers}
    if articles is None and len(unknown) > settings.UNKNOWN_JUDGED * len(judged):
        first = min(unknown)
        raise InputError(
            f"{_file(path / 'qrels')}: {len(unknown)} of {len(judged)} judged documents, such as {first!r}, "
            "are not in corpus.jsonl",
            "name a folder whose files belong together",
        )
    queries = []
    left_out = 0
    for id, grades in judgements.items():
        right = {document: grade for document, grade in grades.items() if grade > 0}
        here = [document for document in right if document in numbers]
        if not texts.get(id, "").strip() or not here or (articles is not None and len(here) < len(right)):
            left_out += 1
            continue
        gold: dict[str, int] = {}
        for document, grade in right.items():
            place = Collection.place(numbers[document]) if document in numbers else f"missing:{document}"
            gold[place] = max(grade, gold.get(place, 0))
        queries.append(Query(id, texts[id], True, (), gold))
    if not queries:
        raise InputError(
            f"{_file(path / 'qrels')} judges no question of queries.jsonl", "name a folder whose files belong together"
        )
    notes = [f"judged by {_file(path / 'qrels').name}"]
    if blank:
        notes.append(f"{blank} documents without a text left out")
    if shelf.merged:
        notes.append(f"{shelf.merged} documents with the text of another merged")
    if unknown and articles is None:
        notes.append(f"{len(unknown)} judged documents are not in the corpus and count as not found")
    if left_out:
        notes.append(f"{count(left_out, 'judged question')} without text or right document left out")
    return Collection(path.resolve().name, path, shelf.articles(), tuple(queries), tuple(notes))


def _file(folder: Path) -> Path:
    """The file of judgements that counts."""
    there = sorted(folder.glob("*.tsv"))
    for wanted in (*QRELS, *(path.name for path in there)):
        if folder / wanted in there:
            return folder / wanted
    raise InputError(f"{folder} holds no judgements", "expected qrels/test.tsv")


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    """The grade of each judged document, by question; a first line without a grade is a header."""
    path = _file(folder)
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        columns = line.rstrip("\r").split("\t")
        if not line.strip():
            continue
        try:
            query, document, grade = columns
            found.setdefault(query, {})[document] = int(grade)
        except ValueError:
            if number == 1 and len(columns) == 3:
                found.clear()
                continue
            raise InputError(
                f"{path} line {number} is no judgement", "expected a question's id, a document's id and a whole number"
            ) from None
    return found
