"""JSON in and out, tables and lists of all kinds: read to what holds and can be written again, or refused by name."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import damaged
from hypothesis import strategies as st
from mixed import any_text, scalars, values
from trial import Trial, told

from eval.bench.sets import beir, squad
from eval.bench.sets.collection import documents
from eval.questions import dataset
from eval.run import file
from index.corpus import Corpus
from index.errors import NotFound
from index.formats.extract import Extract
from index.originals import Originals
from index.records import Document
from index.store.entry import Entry
from index.store.part import Name, document
from qa import service, verify
from qa.answering.answer import Answer
from qa.answering.question import Question
from qa.answering.quotes import Quote
from qa.conversation.choice import Choice
from qa.conversation.turn import Turn
from qa.record import answer_record, document_record
from qa.web.export import export
from qa.web.feedback import Feedback
from qa.web.guard.users import Users

SOURCE = "一、茶\n绿茶在春天采摘。Green tea is picked in spring 😀.\n二、水\n水温高于80℃。\n"


@cache
def tea() -> Document:
    return document(Name("tea", "tea.txt", "茶", "0" * 64), Extract("txt", SOURCE, scanned=True))


@cache
def answer() -> dict[str, Any]:
    """An answer as it is saved."""
    found = tea()
    quotes = []
    for paragraph in found.paragraphs:
        span = paragraph.sentences[0]
        text = found.display(span.start, span.end)
        quotes.append(
            Quote(found, paragraph, span.start, span.end, SOURCE[span.start : span.end], text, ((0, 1),), 0.5, "zh")
        )
    made = answer_record(Answer("茶？", "zh", True, 0.9, None, tuple(quotes), (), (), "f" * 16))
    parsed: dict[str, Any] = json.loads(json.dumps(made))
    return parsed


TURN = lambda: {  # noqa: E731
    "id": "1", "typed": "茶？", "question": "茶？", "carried": [], "record": answer(), "looked": [], "absent": [],
    "suggestions": [], "asked": 0, "among": 0, "titles": [], "only": None,
}  # fmt: skip
ENTRY = {
    "id": "a", "file": "a.txt", "title": "t", "language": "zh", "format": "txt", "encoding": None, "sha256": "0" * 64,
    "path": "/a.txt", "listed": False, "pages": 0, "paragraphs": 1, "sentences": 2, "references": 0,
    "repairs": {"x": 1}, "notes": [], "part": "p", "digest": "d",
}  # fmt: skip
ITEM = {
    "id": "q1", "language": "zh", "kind": "number", "question": "多少？", "answerable": True,
    "evidence": [[{"paragraph": "1-P1", "text": "80"}]],
}  # fmt: skip
OUTCOME = {
    "id": "q1", "language": "zh", "kind": "k", "half": "tuning", "question": "多少？", "answerable": True,
    "evidence": [[{"paragraph": "d:1-P1", "text": "80", "stands": True, "elsewhere": []}]], "answered": True,
    "confidence": 0.5, "reason": None,
    "quotes": [{"paragraph": "d:1-P1", "start": 0, "end": 3, "text": "x", "score": 0.5,
    "verbatim": True, "placed": True}], "nearest": [], "hits": {"1": True}, "selected": {"1": True},
    "ranks": {"late": {"sentence": 1, "paragraphs": {"d:1-P1": 1}, "top": [0]}}, "traditional": None,
    "milliseconds": 1.0, "understood": None,
}  # fmt: skip
HEADER = {
    "format": 1, "index": "i", "encoder": "e", "sets": {"a": "b"}, "half": None, "documents": {"d": "h"},
    "outline": [["d:1-P1", [[0, 3]]]], "settings": {}, "reason": None,
}  # fmt: skip
FEEDBACK = {
    "id": "1", "time": "2026-11-23T10:00:00+00:00", "verdict": "right", "note": "", "question": "q", "typed": "q",
    "record": {"quotes": [], "language": "zh"}, "user": None,
}  # fmt: skip
SQUAD = {
    "data": [{"title": "t", "paragraphs": [{"context": "Tea is green.", "qas": [
        {"id": 1, "question": "What?", "answers": [{"text": "green", "answer_start": 7}]}]}]}]
}  # fmt: skip
CMRC = [
    {"context_text": "茶是绿的。", "title": "茶", "qas": [{"query_id": "1", "query_text": "什么？", "answers": ["绿"]}]}
]


def bent(good: Any) -> st.SearchStrategy[Any]:
    """A good value with one or more of its parts replaced by anything, dropped, or said twice."""

    @st.composite
    def draw_bent(draw: st.DrawFn) -> Any:
        value = json.loads(json.dumps(good() if callable(good) else good))
        for _ in range(draw(st.integers(0, 3))):
            at = value
            while True:
                if isinstance(at, dict) and at:
                    key: Any = draw(st.sampled_from(sorted(at)))
                elif isinstance(at, list) and at:
                    key = draw(st.integers(0, len(at) - 1))
                else:
                    break
                if isinstance(at[key], dict | list) and at[key] and draw(st.integers(0, 3)):
                    at = at[key]
                    continue
                match draw(st.integers(0, 5)):
                    case 0:
                        del at[key]
                    case 1 if isinstance(at, list):
                        at.append(at[key])
                    case 2 if isinstance(at, dict):
                        at[draw(st.text(max_size=3))] = draw(values)
                    case _:
                        at[key] = draw(scalars | values)
                break
        return value

    return mostly(draw_bent(), values)


def mostly(good: st.SearchStrategy[Any], bad: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nine of ten from the first."""
    return st.integers(0, 9).flatmap(lambda number: bad if number == 9 else good)


def said(value: Any) -> str:
    """JSON as Python writes it, whole numbers of any length among it."""
    return json.dumps(value).replace('"' + "9" * 5000 + '"', "9" * 5000)


def strictly(text: str) -> Any:
    """What a strict reader makes of JSON: UTF-8, and neither NaN nor Infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text.encode("utf-8"), parse_constant=refuse)


def in_file(call: Callable[[Path], Any], name: str = "file") -> Callable[[Any], None]:
    """A check of what reads a file that holds this text or these bytes."""

    def check(value: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))
            call(path)

    return check


class Kept:
    """Documents that quotes are proved against."""

    documents = property(lambda self: [tea()])

    def document(self, id: str) -> Document:
        if {id: 1} and id == "tea":
            return tea()
        raise NotFound("no document", "name another")


class Files(Originals):
    """Originals of which one is the tea."""

    def document(self, id: str) -> Document:
        return Kept().document(id)

    def plain(self, id: str) -> tuple[str, bytes] | None:
        return ("tea.txt", SOURCE.encode()) if id == "plain" else None


def saved(text: str) -> None:
    answers = told(verify.records, text, "x")
    if answers is not None:
        for verdict in verify.verify(answers, Files(None)):
            assert verdict.problem is None or verdict.problem
            if verdict.problem is None:
                assert answers


def turned(value: Any) -> None:
    """What a browser kept is a turn whose quotes stand, or nothing; and it can be written for others."""
    turn = Turn.read(json.loads(said(value)) if len(said(value)) < 4000 else value, Kept())
    if turn is not None:
        for quote in turn.record["quotes"]:
            assert SOURCE[quote["start"] : quote["end"]] == quote["raw"]
        assert Turn.read(json.loads(json.dumps(turn.plain())), Kept()) is not None
        assert Turn.read(json.loads(json.dumps(turn.sealed())), Kept()) is not None
        from datetime import UTC, datetime

        made = datetime(2026, 1, 1, tzinfo=UTC)
        for format in ("markdown", "html", "json"):
            export([turn], format, made)


def chosen(value: Any) -> None:
    found = Choice.read(value if isinstance(value, str) else said(value))
    assert found.language in (None, "zh", "en")


def set_file(path: Path) -> None:
    items = told(dataset.load, [path])
    if items:
        dataset.together(items)
        dataset.asked(items, frozenset())
        for item in items:
            strictly(json.dumps(dataclasses.asdict(item) | {"where": ""}, ensure_ascii=False))


def run_file(path: Path) -> None:
    run = told(file.read, path)
    if run is not None:
        lines = file.to_lines(run)
        assert lines == file.to_lines(run)
        for line in lines:
            strictly(line.encode("utf-8", "backslashreplace").decode())
        for outcome in run.outcomes:
            assert outcome.verdict
            assert outcome.asked
            assert outcome.section
            outcome.rank("late")
        file.write(run, path.with_name("again"))
        assert file.to_lines(file.read(path.with_name("again"))) == lines


def collection(read: Callable[[Path], Any]) -> Callable[[Path], None]:
    def check(path: Path) -> None:
        found = told(read, path)
        if found is not None:
            assert found.queries
            for one in documents(found):
                assert one.paragraphs
            assert found.language in ("zh", "en")

    return check


def beir_folder(value: tuple[str, str, bytes]) -> None:
    corpus, queries, judgements = value
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "qrels").mkdir()
        Path(folder, "corpus.jsonl").write_text(corpus, encoding="utf-8", errors="surrogatepass")
        Path(folder, "queries.jsonl").write_text(queries, encoding="utf-8", errors="surrogatepass")
        Path(folder, "qrels", "test.tsv").write_bytes(judgements)
        collection(beir.read)(Path(folder))


def sources(path: Path) -> None:
    path.with_name("tea.txt").write_text(SOURCE, encoding="utf-8")
    corpus = told(Corpus, path.parent)
    if corpus is not None:
        told(corpus.documents)
        told(corpus.fingerprint)


def config(path: Path) -> None:
    before, service.config_file = service.config_file, lambda: path
    try:
        told(service.configured_index)
    finally:
        service.config_file = before


def users(path: Path) -> None:
    found = told(Users.read, path)
    assert found is None or not found.check("\ud800", "x" * 80)


def feedback(path: Path) -> None:
    entries = told(Feedback(path).read)
    for entry in entries or ():
        again = Feedback(path.with_name("again"))
        again.add(entry)
    if entries:
        assert again.read() == entries


def entry(value: Any) -> None:
    try:
        found = Entry.from_json(value)
    except ValueError:
        return
    assert Entry.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert f"{found.id}{found.pages:d}{sum(found.repairs.values()):d}".isprintable() in (True, False)


def printed(text: str) -> None:
    """Records of any text that a file may have, and of any question, are JSON to the letter, twice the same."""
    found = document(Name("a", "a.txt", "t", "0" * 64), Extract("txt", text.encode("utf-8", "ignore").decode()))
    asked = Question.read(text)
    quotes = [
        Quote(found, p, p.start, p.end, found.source[p.start : p.end], found.display(p.start, p.end), (), 0.5, "zh")
        for p in found.paragraphs
    ]
    for _ in range(2):
        answered = Answer(
            asked.text, asked.language, bool(quotes), 0.5, None if quotes else "none", tuple(quotes), (), (), "f"
        )
        for made in (answer_record(answered), document_record(found, found.paragraphs)):
            line = json.dumps(made, ensure_ascii=False)
            assert strictly(line) == made
            assert line == json.dumps(made, ensure_ascii=False)


_HASH = "$2b$04$abcdefghijklmnopqrstuu5s9qXr0R6tZ6OqL7H6xJ1wU1Vb9J3kK"
_deep = st.sampled_from(
    ["[" * 3000, '{"a":' * 3000, "9" * 5000, "[[" * 20000, "\ufeff{}", "NaN", "{}\n{}", "1e999", '"\\ud800"']
)
_json = lambda good: mostly(bent(good).map(said), _deep | any_text)  # noqa: E731
_TOML = '[[source]]\nid = "tea"\nfile = "tea.txt"\ntitle = "茶"\nlanguage = "zh"\norigin = "o"\nsha256 = "%s"\n'
_toml = (
    damaged.strategy([(_TOML % ("0" * 64)).encode(), b'index = "~/x"\n'])
    | st.sampled_from(
        [
            b"a = " + b"[" * 5000,
            b"a = " + b"9" * 5000,
            b"index = 9",
            b"source = [1]",
            b'index = "\\u0000"',
            b'index = "~nobody-here/x"',
            b"source = []",
            b"a." * 3000 + b"b = 1",
        ]
    )
    | st.sampled_from(["..", ".", "x" * 300, "a\\u0001", "tea.txt"]).map(
        lambda name: (_TOML % ("0" * 64)).replace("tea.txt", name).encode()
    )
    | st.binary(max_size=60)
)
_lines = lambda good: st.lists(_json(good), min_size=1, max_size=2).map("\n".join)  # noqa: E731

TRIALS = [
    Trial("saved answers", _json(lambda: answer()) | st.lists(bent(answer), max_size=3).map(said), saved, 60, 1000),
    Trial(
        "kept turns",
        bent(TURN) | bent(TURN).map(lambda v: {**v, "seal": "x"} if isinstance(v, dict) else v),
        turned,
        60,
        1000,
    ),
    Trial("choices", values | any_text | bent({"documents": ["a"], "language": "zh"}), chosen, 40, 1000),
    Trial("question sets", _lines(ITEM), in_file(set_file), 40, 800),
    Trial(
        "runs",
        mostly(st.tuples(st.just(said(HEADER)), _json(OUTCOME)), st.tuples(_json(HEADER), _lines(OUTCOME))).map(
            "\n".join
        ),
        in_file(run_file),
        60,
        1000,
    ),
    Trial("SQuAD", _json(SQUAD) | _json(CMRC), in_file(collection(squad.read)), 40, 800),
    Trial(
        "BEIR",
        st.tuples(
            _lines({"_id": "d1", "text": "Tea.", "title": "t"}),
            _lines({"_id": "q1", "text": "tea?"}),
            damaged.strategy([b"query-id\tcorpus-id\tscore\nq1\td1\t1\n", b"q1\td1\t" + b"9" * 5000]),
        )
        | st.tuples(
            st.just('{"_id": "d1", "text": "Tea.", "title": "t"}'),
            st.just('{"_id": "q1", "text": "tea?"}'),
            damaged.strategy([b"query-id\tcorpus-id\tscore\nq1\td1\t1\n"]),
        ),
        beir_folder,
        40,
        1000,
    ),
    Trial("sources.toml", _toml, in_file(sources, "sources.toml"), 40, 500),
    Trial("config.toml", _toml, in_file(config), 40, 500),
    Trial("users", damaged.strategy([f"# us\nann:{_HASH}\n".encode()]), in_file(users), 40, 800),
    Trial("feedback", _lines(FEEDBACK), in_file(feedback), 40, 500),
    Trial("entries", bent(ENTRY), entry, 40, 800),
    Trial("records printed", any_text, printed, 30, 600),
]
