"""Third-party sets: every format read, papers cut, what is malformed named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from counting import DATA, Counting

from eval.bench import settings as bench_settings
from eval.bench.sets import beir, paper, squad
from eval.bench.sets.collection import documents
from eval.bench.sets.read import found, read
from index import chunks
from index.build import make
from index.errors import InputError

pytestmark = pytest.mark.usefixtures("no_dictionary")


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
        ("9" * 5000, "cannot be read"),
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
