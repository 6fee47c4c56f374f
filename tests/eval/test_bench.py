"""Third-party sets: every format read, papers cut, pairs made, figures by hand, and one run of all of it."""

from __future__ import annotations

import argparse
import hashlib
import inspect
import json
from collections.abc import Callable, Sequence
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest

from eval.bench import beir, paper, score, squad
from eval.bench import settings as bench_settings
from eval.bench.collection import Collection, Query, documents
from eval.bench.pair import Pair, pairs, sampled
from eval.bench.remembered import Remembered
from eval.bench.score import Judged, figures, half_width, holds
from eval.bench.sets import add_options, default_cache, found, read, sets
from index import chunks, glossary
from index.build import make
from index.encoder import Vectors
from index.errors import InputError
from index.latent import Features
from qa.command import guarded
from qa.console import Console
from qa.question import Question
from qa.quotes import select
from qa.retrieve import retrieve

DATA = Path(__file__).parent / "data" / "bench"


class Counting:
    """An encoder that counts a text's words and characters, and what it was asked to encode."""

    name = "counting/1"
    dim = 48

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        rows = np.full((len(texts), self.dim), 0.1, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for part in [*text.lower().split(), *(c for c in text if ord(c) > 127)]:
                row[hashlib.sha256(part.strip("?.,").encode()).digest()[0] % self.dim] += 1
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    queries = passages

    def features(self, text: str) -> Features:
        self.encoded.append(text)
        chosen = sorted({ord(char) % 97 for char in text})
        return Features.of(np.array(chosen, np.int32), np.ones(len(chosen), np.float32))


@pytest.fixture(autouse=True)
def no_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary, "dictionary", lambda zh, en: [])
    monkeypatch.delenv("YINZHENG_DATA", raising=False)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[object], Path]:
    """Writes a value as JSON, or a text or bytes as they are, and returns the file."""

    def write(value: object) -> Path:
        path = tmp_path / "set.json"
        if isinstance(value, bytes):
            path.write_bytes(value)
        else:
            path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return write


# formats


def test_squad() -> None:
    read = squad.read(DATA / "harbour.en.json")
    assert (read.name, read.language, read.query_language, read.notes) == ("harbour.en", "en", "en", ())
    assert [(article.title, article.printed, len(article.paragraphs)) for article in read.articles] == [
        ("Harbour", False, 2),
        ("Mill", False, 1),
    ]
    assert [(q.id, q.answers, dict(q.gold)) for q in read.queries] == [
        ("q1", ("1843",), {"0": 1}),
        ("q2", ("210 metres", "210 metres long"), {"0": 1}),
        ("q3", ("herring",), {"1": 1}),
        ("q4", ("barley",), {"2": 1}),
    ]


def test_squad_2_with_numbers_for_ids_and_a_paragraph_twice() -> None:
    read = squad.read(DATA / "island.json")
    assert [(q.id, q.answerable, dict(q.gold)) for q in read.queries] == [
        ("11", True, {"0": 1}),
        ("12", False, {}),
        ("13", False, {}),
        ("15", True, {"1": 1}),
        ("15#2", True, {"1": 1}),
    ]
    assert read.paragraphs[1] == "The ferry to Orrin leaves at nine."
    assert [article.title for article in read.articles] == ["Island"]
    assert read.notes == (
        "1 paragraphs with the text of another merged",
        "1 blank question left out",
        "1 question without an answer left out",
    )


def test_the_list_form_of_cmrc() -> None:
    read = squad.read(DATA / "teahouse.json")
    assert (read.language, len(read.articles), len(read.paragraphs)) == ("zh", 2, 2)
    assert [(q.id, q.answers, dict(q.gold)) for q in read.queries] == [
        ("T_0_Q_0", ("1921年", "1921"), {"0": 1}),
        ("T_0_Q_1", ("張",), {"0": 1}),
        ("T_1_Q_0", ("山上的茶園",), {"1": 1}),
    ]


def test_beir() -> None:
    read = beir.read(DATA / "lighthouse")
    assert read.name == "lighthouse"
    assert [(article.title, article.paragraphs) for article in read.articles] == [
        ("[Lamp oil of the lighthouse]", ("It burned colza until 1890.",)),
        ("Keepers", ("Two keepers took turns, four hours each.",)),
        ("", ("The tower is painted red and white.",)),
        ("", ("Storms",)),
    ]
    # d5 is d2 again; d9 is not there and stays wanted; question 4 has no right document, 5 no text
    assert [(q.id, q.answers, dict(q.gold)) for q in read.queries] == [
        ("1", (), {"0": 2}),
        ("2", (), {"1": 2}),
        ("3", (), {"2": 1, "missing:d9": 1}),
    ]
    assert read.notes == (
        "judged by test.tsv",
        "1 documents without a text left out",
        "1 documents with the text of another merged",
        "1 judged documents are not in the corpus and count as not found",
        "2 judged questions without text or right document left out",
    )


def copy_of_lighthouse(folder: Path, **files: str | None) -> Path:
    """A copy of the BEIR folder with these files replaced, or left out."""
    for name in ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv"):
        text = files.get(name.partition(".")[0].partition("/")[2] or name.partition(".")[0], "")
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text or (DATA / "lighthouse" / name).read_text(encoding="utf-8"))
    return folder


def test_qrels_without_a_header(tmp_path: Path) -> None:
    folder = copy_of_lighthouse(tmp_path, test="3\td3\t1\r\n\n2\td5\t1\r\n")
    assert [(q.id, dict(q.gold)) for q in beir.read(folder).queries] == [("3", {"2": 1}), ("2", {"1": 1})]


def test_qrels_of_another_name(tmp_path: Path) -> None:
    folder = copy_of_lighthouse(tmp_path, test=None)
    (folder / "qrels").mkdir()
    (folder / "qrels" / "train.tsv").write_text("3\td3\t1\n")
    assert beir.read(folder).notes[0] == "judged by train.tsv"


@pytest.mark.parametrize(
    ("name", "articles", "paragraphs", "questions"),
    [("harbour.en.json", 1, 2, 3), ("harbour.en.json", 9, 3, 4), ("teahouse.json", 1, 1, 2), ("lighthouse", 2, 2, 1)],
)
def test_the_first_articles_with_their_questions(name: str, articles: int, paragraphs: int, questions: int) -> None:
    part = read(DATA / name, articles)
    assert (len(part.paragraphs), len(part.queries)) == (paragraphs, questions)


# papers


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("One.\n\nTwo\nlines.\n \nThree.", ["One.", "Two\nlines.", "Three."]),
        ("One.\nTwo.\n", ["One.", "Two."]),
        ("\n\n One. \n\n\n12 34\n\n5\n\nTwo.", ["One. \n\n\n12 34\n\n5", "Two."]),
        ("12\n\n34\n\nOne.\n\nTwo.", ["12\n\n34\n\nOne.", "Two."]),
        ("一段。\n\n二段。", ["一段。", "二段。"]),
        ("12\n\n34", ["12\n\n34"]),
        ("One.", ["One."]),
    ],
)
def test_the_paragraphs_of_a_paper(context: str, expected: list[str]) -> None:
    assert [context[low:high] for low, high in paper.paragraphs(context)] == expected


@pytest.mark.parametrize(
    ("answer", "at", "expected"),
    [("tide", 4, 4), (" tide", 3, 4), (" tide", 4, 4), ("tide", None, 4), ("tide", 20, 19), ("moon", 0, None)],
)
def test_where_an_answer_stands(answer: str, at: int | None, expected: int | None) -> None:
    assert paper.stands("The tide rose. The tide fell.", answer, at) == expected


def test_papers_are_cut_and_answers_placed(written: Callable[[object], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_settings, "PAPER_CHARACTERS", 50)
    context = "License: free\n\nThe eel was seen twice.\n\nTable 1\n\n7 8 9\n\nThe eel was seen again in May."
    answers: list[list[dict[str, object]]] = [
        [{"text": " The eel was seen", "answer_start": 14}],
        [{"text": "The eel was seen", "answer_start": context.index("The eel was seen again")}],
        [{"text": "7 8 9"}],
        [{"text": "salmon", "answer_start": 3}],
    ]
    qas = [{"id": number, "question": "What?", "answers": answer} for number, answer in enumerate(answers)]
    other = {"context": "License: free\n\nNothing else is said in this second paper.", "qas": []}
    papers = squad.read(written({"data": [{"paragraphs": [{"context": context, "qas": qas}, other]}]}))
    assert papers.paragraphs[1:4] == (
        "The eel was seen twice.",
        "Table 1\n\n7 8 9",
        "The eel was seen again in May.",
    )
    assert [dict(q.gold) for q in papers.queries] == [{"1": 1}, {"3": 1}, {"2": 1}]
    assert papers.notes == (
        "2 whole papers, cut into paragraphs",
        "1 paragraphs with the text of another merged",
        "1 question whose answer stands nowhere left out",
    )


def test_a_long_context_among_short_ones_is_no_paper() -> None:
    assert not paper.are_papers(["short"] * 3 + ["long\n\n" * 9_000])
    assert paper.are_papers(["x" * 5_001])


# errors


def one(**changes: object) -> dict[str, object]:
    """A set of one question, with these keys of the question changed; None drops one."""
    question = {"id": "a", "question": "Who?", "answers": [{"text": "he", "answer_start": 0}], **changes}
    qas = [{key: value for key, value in question.items() if value is not None}]
    return {"data": [{"paragraphs": [{"context": "here", "qas": []}, {"context": "he", "qas": qas}]}]}


AT = "data[0].paragraphs[1].qas[0]"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"\xff\xfe{", "cannot be read (it is not UTF-8)"),
        ("", "line 1 is not JSON"),
        ('{"data":\n [}', "line 2 is not JSON (Expecting value, column 3)"),
        ("[" * 100_000, "is nested too deeply"),
        ("[]", "is no question set; expected SQuAD-format JSON"),
        ({"version": "1"}, "is no question set"),
        ({"data": {}}, ": data is no list (found an object)"),
        ({"data": [{}]}, ": data[0].paragraphs is no list (there is none)"),
        ({"data": ["x"]}, ": data[0] is no JSON object but a text"),
        ({"data": []}, "has no question that can be judged"),
        (one(answers=[]), "has no question that can be judged"),
        ({"data": [{"paragraphs": [{"context": "", "qas": []}]}]}, "paragraphs[0] has the context ''; expected a text"),
        ({"data": [{"paragraphs": [{"qas": []}]}]}, "data[0].paragraphs[0] has no 'context'; expected a text"),
        ({"data": [{"paragraphs": [{"context": "x", "qas": None}]}]}, "paragraphs[0].qas is no list (found null)"),
        (one(id=None), f": {AT} has no 'id'; expected an id"),
        (one(id=True), f": {AT} has the id True"),
        (one(question=3), f": {AT} has the question 3"),
        (one(question=None), f": {AT} has no 'question'"),
        (one(answers={"text": "he"}), f": {AT}.answers is no list"),
        (one(answers=[{"answer_start": 3}]), f": {AT}.answers[0] has no text"),
        ([{"context_text": "x", "qas": [{"query_id": 1}]}], ": [0].qas[0] has no 'query_text'"),
    ],
)  # fmt: skip
def test_malformed_json(written: Callable[[object], Path], value: object, said: str) -> None:
    path = written(value)
    with pytest.raises(InputError) as raised:
        read(path)
    assert said in str(raised.value)
    assert str(raised.value).startswith(str(path))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"corpus": '{"_id": "d1", "text": "x"}\n{'}, "corpus.jsonl line 2 is not JSON"),
        ({"corpus": '\n["d1"]'}, "corpus.jsonl line 2 is no JSON object"),
        ({"corpus": '{"text": "x"}'}, "corpus.jsonl line 1 has no '_id'"),
        ({"corpus": '{"_id": 1, "text": "x"}\n{"_id": "1"}'}, "line 2: the document '1' comes twice"),
        ({"corpus": '{"_id": "d1"}'}, "corpus.jsonl has no document with a text"),
        ({"corpus": '{"_id": "d1", "text": "x"}'}, "4 of 5 judged documents, such as 'd2', are not in corpus.jsonl"),
        ({"corpus": None}, "has no corpus.jsonl; expected SQuAD-format JSON"),
        ({"queries": None}, "queries.jsonl cannot be read"),
        ({"queries": '{"_id": "1"}'}, "queries.jsonl line 1 has no 'text'"),
        ({"queries": '{"_id": "x", "text": "y"}'}, "test.tsv judges no question of queries.jsonl"),
        ({"test": None}, "qrels holds no judgements; expected qrels/test.tsv"),
        ({"test": "q\td\ts\n1\td1\thigh"}, "test.tsv line 2 is no judgement"),
        ({"test": "1 d1 1"}, "test.tsv line 1 is no judgement"),
    ],
)
def test_malformed_folders(tmp_path: Path, files: dict[str, str | None], said: str) -> None:
    folder = copy_of_lighthouse(tmp_path / "beir", **files)
    with pytest.raises(InputError) as raised:
        read(folder)
    assert said in str(raised.value)
    assert str(folder) in str(raised.value)


def test_where_a_set_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = Path("harbour.en.json")
    with pytest.raises(InputError, match=r"no set harbour\.en\.json; name .* --data DIR"):
        found(name, None)
    assert found(name, DATA) == DATA / name
    monkeypatch.setenv("YINZHENG_DATA", str(DATA))
    assert found(name, None) == DATA / name
    with pytest.raises(InputError, match="nor "):
        found(name, tmp_path)
    with pytest.raises(InputError, match="no set"):
        found(tmp_path / "none", None)
    monkeypatch.chdir(DATA)
    assert found(name, tmp_path) == name


# the library


def test_a_title_is_searched_only_where_it_is_printed() -> None:
    encoder = Counting()
    lighthouse = make(documents(beir.read(DATA / "lighthouse")), encoder)
    assert [chunks.paragraph_text(*pair) for pair in lighthouse.paragraphs] == [
        "Lamp oil of the lighthouse It burned colza until 1890.",
        "Keepers Two keepers took turns, four hours each.",
        "The tower is painted red and white.",
        "Storms",
    ]
    harbour = squad.read(DATA / "harbour.en.json")
    library = make(documents(harbour), encoder)
    assert [chunks.paragraph_text(*pair) for pair in library.paragraphs] == list(harbour.paragraphs)
    assert [document.title for document in library.documents] == ["Harbour", "Mill"]
    assert [row.text for row in library.rows if row.paragraph_row == 1] == [
        "Fishermen sell herring on the quay every morning.",
        "The auction ends at noon.",
    ]
    assert {paragraph.language for _, paragraph in library.paragraphs} == {"en"}


# pairs


def harbours() -> list[Collection]:
    return [squad.read(DATA / f"harbour.{language}.json") for language in ("en", "zh")]


def test_two_languages_are_crossed() -> None:
    english, chinese = harbours()
    found = pairs([english, chinese])
    assert [pair.name for pair in found] == ["en-en", "zh-zh", "en-zh", "zh-en"]
    crossed = found[2]
    assert (crossed.questions, crossed.paragraphs, crossed.total) == (english, chinese, 4)
    query = crossed.asked[1]
    assert (query.text, query.answers) == ("How long is the stone pier?", ("210米",))


@pytest.mark.parametrize("other", ["harbour.en.json", "island.json", "teahouse.json"])
def test_other_sets_are_not_crossed(other: str) -> None:
    assert len(pairs([squad.read(DATA / "harbour.en.json"), squad.read(DATA / other)])) == 2


def test_a_set_that_asks_in_another_language_is_a_pair_by_itself(written: Callable[[object], Path]) -> None:
    value = json.loads((DATA / "harbour.zh.json").read_text(encoding="utf-8"))
    for article in value["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                question["question"] = "Where is the old harbour?"
    mixed = squad.read(written(value))
    assert [pair.name for pair in pairs([mixed, harbours()[0]])] == ["en-zh", "en-en"]


def many(*ids: str) -> Pair:
    queries = tuple(Query(id, f"{id}?", True, ("x",), {"0": 1}) for id in ids)
    collection = Collection("many", Path("many.json"), (), queries)
    return Pair(collection, collection, queries, len(queries))


def test_a_sample_is_stable() -> None:
    ids = [f"q{number}" for number in range(50)]

    def drawn(ids: list[str], size: int | None, seed: int = 1) -> list[str]:
        return [query.id for query in sampled(many(*ids), size, seed).asked]

    ten = drawn(ids, 10)
    assert len(set(ten)) == 10
    assert ten == sorted(ten, key=ids.index)
    assert drawn(ids[::-1], 10) == ten[::-1]
    assert set(ten) < set(drawn(ids, 11))
    assert set(ten) != set(drawn(ids, 10, seed=2))
    assert drawn(ids, None) == drawn(ids, 50) == drawn(ids, 60) == ids
    assert sampled(many(*ids), 10, 1).total == 50


# the encoder that remembers

TEXTS = ["one", "two two", "three", "one"]


def test_remembered_says_what_the_encoder_says(tmp_path: Path) -> None:
    plain, asked = Counting(), Counting()
    with Remembered(asked, tmp_path) as first:
        assert (first.name, first.dim) == (asked.name, asked.dim)
        assert np.array_equal(first.passages(TEXTS), plain.passages(TEXTS))
        assert first.passages([]).shape == (0, plain.dim)
        assert np.array_equal(first.queries(TEXTS[:2]), plain.queries(TEXTS[:2]))
        assert np.array_equal(first.features("one").values, plain.features("one").values)
        asked.encoded.clear()
        assert np.array_equal(first.passages(TEXTS[::-1]), plain.passages(TEXTS[::-1]))
        first.features("one")
        assert asked.encoded == []
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".npz"}

    again = Counting()
    second = Remembered(again, tmp_path)
    again.encoded.clear()
    assert np.array_equal(second.passages(TEXTS), plain.passages(TEXTS))
    assert np.array_equal(second.queries(["one"]), plain.queries(["one"]))
    found, expected = second.features("one"), plain.features("one")
    assert np.array_equal(found.indices, expected.indices)
    assert np.array_equal(found.values, expected.values)
    assert again.encoded == []
    second.passages(["one", "four"])
    second.queries(["three"])
    assert again.encoded == ["four", "three"]


def test_remembered_in_memory_only() -> None:
    model = Counting()
    memory = Remembered(model)
    memory.passages(TEXTS)
    memory.passages(TEXTS)
    memory.save()
    assert model.encoded == ["one", "two two", "three"]


def test_an_interrupted_run_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_settings, "REMEMBERED_AT_ONCE", 2)
    first = Remembered(Counting(), tmp_path)
    for text in ("a", "b", "c"):
        first.passages([text])  # and nobody saves
    model = Counting()
    second = Remembered(model, tmp_path)
    model.encoded.clear()
    second.passages(["a", "b", "c"])
    assert model.encoded == ["c"]


def test_a_damaged_file_is_dropped_and_written_again(tmp_path: Path) -> None:
    with Remembered(Counting(), tmp_path) as memory:
        memory.passages(TEXTS)
        memory.features("one")
    for path in tmp_path.rglob("*.npz"):
        path.write_bytes(path.read_bytes()[:-40])
    model = Counting()
    with Remembered(model, tmp_path) as memory:
        assert list(tmp_path.rglob("*.npz")) == []
        model.encoded.clear()
        memory.passages(["one"])
    assert model.encoded == ["one"]
    assert len(list(tmp_path.rglob("*.npz"))) == 1


def test_another_model_of_that_name_remembers_nothing(tmp_path: Path) -> None:
    class Trained(Counting):
        def passages(self, texts: Sequence[str]) -> Vectors:
            return super().passages(texts)[:, ::-1]

    with Remembered(Counting(), tmp_path) as memory:
        memory.passages(TEXTS)
    model = Trained()
    memory = Remembered(model, tmp_path)
    model.encoded.clear()
    memory.passages(["one"])
    assert model.encoded == ["one"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Remembered(Counting(), tmp_path / "file")
    memory.passages(TEXTS)
    with pytest.raises(InputError, match=r"cannot be written \(Not a directory\); name another folder with --cache"):
        memory.save()


# figures


def reply(
    id: str,
    *,
    top: tuple[str, ...] = (),
    gold: dict[str, int] | None = None,
    answered: bool = True,
    confidence: float = 0.5,
    selected: tuple[bool, bool] | None = (True, True),
    milliseconds: float = 1.0,
) -> Judged:
    answerable = gold is not None
    query = Query(id, "?", answerable, ("x",) if answerable and selected else (), gold or {})
    hits = {1: selected[0], 3: selected[1]} if answerable and selected else {}
    return Judged(query, answered, confidence, hits, top, milliseconds)


def test_figures_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_settings, "TIMED", 3)
    made = figures(
        [
            reply("a", top=("0", "1"), gold={"0": 1}, confidence=0.9, milliseconds=5.0),
            reply("b", top=("0", "1"), gold={"1": 1}, confidence=0.4, answered=False, milliseconds=9.0),
            reply("u", confidence=0.6, answered=True, milliseconds=7.0),
            reply("c", top=("9", "8", "7"), gold={"2": 1}, confidence=0.7, selected=(False, True), milliseconds=nan),
            reply("d", gold={"3": 1}, confidence=0.0, answered=False, selected=(False, False), milliseconds=nan),
            reply("v", confidence=0.1, answered=False, milliseconds=nan),
        ]
    )
    assert (made.answerable, made.unanswerable) == (4, 2)
    assert made.retrieval == pytest.approx(
        {"R@1": 1 / 4, "R@5": 2 / 4, "RR@10": (1 + 1 / 2) / 4, "nDCG@10": (1 + 1 / np.log2(3)) / 4}
    )
    assert made.selected == {1: 2 / 4, 3: 3 / 4}
    assert made.hit == 1 / 4
    assert made.false_refusals == 2 / 4
    assert made.false_answers == 1 / 2
    # of the eight couples, 0.9 and 0.7 are over both others, 0.4 over 0.1 only, 0.0 over none
    assert made.separation == 5 / 8
    assert made.milliseconds == 7.0
    assert made.within == half_width(2 / 4, 4)


def test_figures_without_answers_or_without_unanswerable_questions() -> None:
    made = figures([reply("a", top=("3", "1"), gold={"1": 2, "missing:d": 1}, selected=None)])
    assert (made.selected, made.within, made.hit) == ({1: None, 3: None}, None, None)
    assert (made.false_answers, made.separation, made.false_refusals) == (None, None, 0.0)
    assert made.retrieval["R@5"] == 1 / 2
    made = figures([reply("u", answered=False)])
    assert made.retrieval == {"R@1": None, "R@5": None, "RR@10": None, "nDCG@10": None}
    assert (made.selected[1], made.false_refusals, made.false_answers) == (None, None, 0.0)


@pytest.mark.parametrize(("share", "n", "expected"), [(0.5, 100, 0.0962), (0.9, 400, 0.0295), (0.0, 10, 0.1388)])
def test_half_width(share: float, n: int, expected: float) -> None:
    # the intervals are 0.404-0.596, 0.867-0.926 and 0.000-0.278
    assert half_width(share, n) == pytest.approx(expected, abs=1e-4)


def test_what_a_quote_holds() -> None:
    library = make(documents(squad.read(DATA / "teahouse.json")), Counting())
    question = Question.read("老闆姓什麼？")
    chosen = select(library, question, retrieve(library, question), 3)[:1]
    assert chosen[0].text == "老闆姓張。"
    assert holds(chosen, ["張"])
    assert holds(chosen, ["李", "老板 姓张"])
    assert not holds(chosen, ["李"])
    assert not holds(chosen, ["。"])
    assert not holds([], ["張"])


# all of it


def run(*arguments: str, model: Counting | None = None) -> int:
    parser = argparse.ArgumentParser()
    add_options(parser)
    parsed = parser.parse_args([*arguments])
    return guarded(lambda console: sets(console=console, model=model or Counting(), **vars(parsed)), debug=False)


def test_the_options_are_the_parameters() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    assert {*vars(parser.parse_args(["x"])), "console", "model"} == set(inspect.signature(sets).parameters)
    for wrong in (["--sample", "0"], ["--articles", "-1"], ["--seed", "x"], []):
        with pytest.raises(SystemExit):
            parser.parse_args([*wrong])


def test_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINZHENG_DATA", str(DATA))
    status = run("harbour.en.json", "harbour.zh.json", "--sample", "3", "--seed", "5", "--cache", str(tmp_path))
    out = capsys.readouterr().out.splitlines()
    assert status == 0
    assert out[:4] == [
        "harbour.en: 2 articles, 3 paragraphs, 6 sentences",
        "harbour.zh: 2 articles, 3 paragraphs, 6 sentences",
        "",
        out[3],
    ]
    assert out[3].split()[:7] == ["set", "pair", "system", "answerable", "not", "R@1", "R@5"]
    names = [line[: out[3].index("system")].split() for line in out[4:8]]
    assert names == [
        ["harbour.en", "en-en"],
        ["harbour.zh", "zh-zh"],
        ["harbour.en", "over", "harbour.zh", "en-zh"],
        ["harbour.zh", "over", "harbour.en", "zh-en"],
    ]
    own = out[4].split()
    assert own[2:9] == ["Yinzheng", "3", "0", "1.000", "1.000", "1.000", "1.000"]
    assert own[-3:-1] == ["–", "–"]
    assert out[9] == "harbour.en en-en: 3 of 4 questions asked, drawn with seed 5"


def test_lines_for_scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("island.json", "lighthouse", "--json", "--data", str(DATA), "--cache", str(tmp_path)) == 0
    island, lighthouse = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (island["pair"], island["asked"], island["of"], island["articles"]) == ("en-en", 5, 5, None)
    assert island["library"] == {"articles": 1, "paragraphs": 2, "sentences": 3}
    assert (island["answerable"], island["unanswerable"], island["R@5"]) == (3, 2, 1.0)
    assert 0 <= island["AUROC"] <= 1
    assert island["milliseconds"] > 0
    assert lighthouse["R@1"] == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert (lighthouse["hit@1"], lighthouse["hit@1 within"], lighthouse["AUROC"]) == (None, None, None)
    assert lighthouse["notes"][0] == "judged by test.tsv"


def test_a_second_run_encodes_only_what_is_timed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_settings, "TIMED", 1)
    arguments = (str(DATA / "harbour.zh.json"), "--json", "--cache", str(tmp_path))
    run(*arguments)
    first = json.loads(capsys.readouterr().out)
    model = Counting()
    run(*arguments, model=model)
    second = json.loads(capsys.readouterr().out)
    assert {**first, "milliseconds": 0} == {**second, "milliseconds": 0}
    # a probe of the memory, and the first question with its features
    probes, asked = model.encoded[:3], model.encoded[3:]
    assert len(set(probes)) == 1
    assert asked == ["维尔丁港是什么时候建的？"] * 2


def test_only_the_first_questions_are_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_settings, "TIMED", 2)
    pair = pairs([harbours()[1]])[0]
    memory = Remembered(Counting())
    seen: list[tuple[int, int]] = []
    library = make(documents(pair.paragraphs), memory)
    replies = score.ask(pair, library, memory, lambda done, total: seen.append((done, total)))
    assert [isnan(reply.milliseconds) for reply in replies] == [False, False, True, True]
    assert seen[0] == (0, 4)
    assert seen[-1] == (4, 4)


def test_what_is_no_question_is_a_miss() -> None:
    library = make(documents(harbours()[0]), Counting())
    found = score.reply(library, Query("x", "hello", True, ("1843",), {"0": 1}))
    assert (found.answered, found.top, found.selected) == (False, (), {1: False, 3: False})


@pytest.mark.parametrize(
    "arguments",
    [("none.json",), (str(DATA / "harbour.en.json"), "none.json"), (str(DATA),)],
    ids=["not there", "one of two", "a folder of something else"],
)
def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    model = Counting()
    assert run(*arguments, "--cache", str(tmp_path), model=model) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("yinzheng: ")
    assert shown.err.count("\n") == 1
    assert model.encoded == []  # known before anything is encoded


def test_where_texts_are_kept_by_default() -> None:
    assert default_cache().parts[-2:] == ("yinzheng", "bench")
    assert isinstance(Console(), Console)
