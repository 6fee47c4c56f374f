"""Feedback becomes entries of a set: complete where it can be, unreadable where a reviewer has to write."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shelved import holding

from eval.questions import dataset
from eval.questions.adopt import adopt
from eval.questions.dataset import load
from index.errors import InputError
from index.library import Library
from qa.answering.answer import ask
from qa.answering.quotes import Quote
from qa.record import answer_record, quote_record
from qa.web.feedback import Entry, Feedback

pytestmark = pytest.mark.usefixtures("quick")

WHO = "CAAR-NK 细胞最早是谁做出来的？"
COST = "MSC 治疗的费用是多少？"


@pytest.fixture
def feedback(tmp_path: Path, library: Library) -> Any:
    """Writes feedback: (verdict, question, note) each, and the minute in which it was given."""
    file = Feedback(tmp_path / "feedback.jsonl")

    def write(*said: tuple[str, str, str] | tuple[str, str, str, int]) -> Path:
        for number, (verdict, question, note, *minute) in enumerate(said):
            record = answer_record(ask(library, question))
            time = f"2026-11-23T10:{minute[0] if minute else 0:02}:00+00:00"
            file.add(Entry(f"{number}", time, verdict, note, question, question, record))
        return file.path

    return write


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_what_is_complete_is_a_set_that_proves(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    made = tmp_path / "new.jsonl"
    said = evaluate("adopt", feedback(("right", WHO, "fine"), ("should have refused", COST, "")), made)
    assert said.status == 0
    assert "note: fine" in said.out
    assert "to do" not in said.out
    right, refuse = lines(made)
    assert right["id"] == "zh-feedback-01"
    assert right["evidence"] == [[{"paragraph": "4-P2", "text": "Meng"}]]
    assert (refuse["answerable"], refuse["evidence"], refuse["terms"]) == (False, [], [["费用"]])
    assert len(load([made])) == 2
    assert evaluate("check", made).status == 0


@pytest.mark.slow
def test_a_refusal_that_no_absent_word_proves_is_left_to_the_reviewer(
    evaluate: Any, feedback: Any, tmp_path: Path
) -> None:
    made = tmp_path / "new.jsonl"
    said = evaluate("adopt", feedback(("should have refused", "CAR-T细胞治疗的是谁？", "")), made)
    assert "to do: write in the key terms" in said.out
    assert "no terms that would show" in evaluate("check", made).out


@pytest.mark.parametrize("verdict", ["wrong citation", "should have answered"])
def test_what_a_reviewer_has_to_write_cannot_be_read_before(
    evaluate: Any, feedback: Any, tmp_path: Path, verdict: str
) -> None:
    made = tmp_path / "new.jsonl"
    assert "to do: write in the evidence" in evaluate("adopt", feedback((verdict, WHO, "")), made).out
    with pytest.raises(InputError, match=r"new\.jsonl line 1: evidence is malformed; expected groups such as"):
        load([made])


def test_the_latest_verdict_counts_and_known_questions_are_left_out(
    evaluate: Any, feedback: Any, tmp_path: Path
) -> None:
    known = "欧洲的移植报告里，狼疮患者移植之后再度发病的占多大比例?"
    path = feedback(("right", WHO, ""), ("right", known, ""), ("should have refused", WHO.replace("？", "?"), ""))
    said = evaluate("adopt", path, tmp_path / "new.jsonl")
    assert [line["answerable"] for line in lines(tmp_path / "new.jsonl")] == [False]
    assert f"left out: {known} (" in said.out
    assert "has 1 line, 0 to be finished" in said.out


def test_the_latest_is_the_one_of_the_latest_time(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    """A verdict that was changed stands in the file where the first one stood."""
    path = feedback(("right", WHO, "", 9), ("should have refused", WHO, "", 3), ("right", COST, "", 1))
    evaluate("adopt", path, tmp_path / "new.jsonl")
    found = lines(tmp_path / "new.jsonl")
    assert [(line["question"], line["answerable"]) for line in found] == [(COST, False), (WHO, True)]


def test_a_right_refusal_is_a_question_that_is_to_be_refused(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    made = tmp_path / "new.jsonl"
    assert "to do" not in evaluate("adopt", feedback(("right", COST, "")), made).out
    (line,) = lines(made)
    assert (line["answerable"], line["evidence"]) == (False, [])
    assert evaluate("check", made).status == 0


@pytest.mark.parametrize("question", ["你好！", "？？", "长" * 2_001])
def test_what_asks_nothing_is_left_out(evaluate: Any, feedback: Any, tmp_path: Path, question: str) -> None:
    said = evaluate("adopt", feedback(("right", WHO, ""), ("should have answered", question, "")), tmp_path / "new")
    assert "(no question: " in said.out
    assert [line["question"] for line in lines(tmp_path / "new")] == [WHO]


def test_a_line_is_complete_once_the_reviewer_has_written(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    made = tmp_path / "new.jsonl"
    evaluate("adopt", feedback(("wrong citation", WHO, "see 4-P2")), made)
    text = made.read_text(encoding="utf-8")
    made.write_text(
        text.replace('"paragraph": ""', '"paragraph": "4-P2"').replace('"text": ""', '"text": "Meng"'), encoding="utf-8"
    )
    assert evaluate("check", made).status == 0


def test_questions_that_say_the_same_share_a_half_and_no_id_is_taken_twice(
    evaluate: Any, feedback: Any, write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else `check` would refuse the new set."""
    ours = dataset.load(dataset.default_sets())
    taken = {"id": "zh-feedback-01", "language": "zh", "kind": "feedback", "question": "天空为什么是蓝色的？",
             "answerable": False, "evidence": [], "terms": [["天空"]]}  # fmt: skip
    adopted = write(tmp_path / "adopted.jsonl", taken)
    monkeypatch.setattr(dataset, "default_sets", lambda real=dataset.default_sets: [*real(), adopted])
    same = [WHO, "CAAR-NK 细胞最早是谁做的？", "最早做出 CAAR-NK 细胞的是谁？", "CAAR-NK细胞最早由谁做出来的？"]
    others = [item for item in ours if item.half == "tuning" and item.answerable and item.after is None][:6]
    reworded = [item.question.rstrip("？?") + ("，请问？" if item.language == "zh" else ", please?") for item in others]
    made = tmp_path / "new.jsonl"
    evaluate("adopt", feedback(*(("wrong citation", question, "") for question in (*same, *reworded))), made)
    found = [dataset.Item(line["id"], "zh", "feedback", line["question"], True, ()) for line in lines(made)]
    assert len(found) == 10
    assert len({item.half for item in found[:4]}) == 1
    assert {item.half for item in found[4:]} == {"tuning"}
    assert "zh-feedback-01" not in {item.id for item in found}


def quoted(library: Library, paragraph: str, first: int, last: int, *marked: str) -> dict[str, Any]:
    """A quote of some sentences of a paragraph, as a record has it."""
    document, found = library.paragraph(paragraph)
    start, end = found.sentences[first].start, found.sentences[last].end
    text = document.display(start, end)
    spans = tuple((text.index(words), text.index(words) + len(words)) for words in marked)
    return quote_record(Quote(document, found, start, end, document.source[start:end], text, spans, 0.9, "zh"))


@pytest.fixture
def two(library: Library) -> tuple[str, list[str]]:
    """A paragraph, and its first two sentences."""
    document, found = next((d, p) for d, p in library.paragraphs if len(p.sentences) > 2 and p.language == "zh")
    return found.id, [document.display(span.start, span.end) for span in found.sentences[:2]]


def test_of_two_sentences_the_one_with_marked_words_or_the_last(library: Library, two: Any, tmp_path: Path) -> None:
    id, (first, second) = two
    of_first = first[:8]  # marked beside something else, so that neither alone answers
    for marked, wanted in (((), second), ((of_first, first[8:10]), first), ((of_first,), of_first)):
        record = {"language": "zh", "quotes": [quoted(library, id, 0, 1, *marked)]}
        entry = Entry("1", "2026-11-23T10:00:00+00:00", "right", "", WHO, WHO, record)
        (line,), _ = adopt(library, [entry], [])
        assert line.value["evidence"] == [[{"paragraph": id, "text": wanted}]]


def test_marked_words_that_stand_in_other_sentences_too_are_no_evidence(library: Library) -> None:
    """A "3" would be found in any "30"."""
    document, found = next(
        (d, p) for d, p in library.paragraphs
        if sum("的" in d.display(s.start, s.end) for s in p.sentences) > 1
        and "的" in d.display(p.sentences[0].start, p.sentences[0].end)
    )  # fmt: skip
    record = {"language": "zh", "quotes": [quoted(library, found.id, 0, 0, "的")]}
    (line,), _ = adopt(library, [Entry("1", "2026-11-23T10:00:00Z", "right", "", WHO, WHO, record)], [])
    whole = document.display(found.sentences[0].start, found.sentences[0].end)
    assert line.value["evidence"] == [[{"paragraph": found.id, "text": whole}]]


@pytest.mark.parametrize(
    "change",
    [
        {"document": "none"}, {"document": []}, {"paragraph": "99-P9"}, {"start": 0}, {"end": "x"}, {"text": "forged"},
        {"highlights": [[1]]}, {"highlights": None}, {"raw": "forged"}, {"sha256": "0"},
    ],
)  # fmt: skip
def test_a_quote_that_does_not_stand_is_no_evidence(library: Library, two: Any, change: dict[str, Any]) -> None:
    for quote in ({**quoted(library, two[0], 0, 1), **change}, [change], None):
        entry = Entry("1", "2026-11-23T10:00:00Z", "right", "", WHO, WHO, {"language": "zh", "quotes": [quote]})
        (line,), _ = adopt(library, [entry], [])
        assert line.value["evidence"] == [[{"paragraph": "", "text": ""}]]
        assert line.to_do is not None
        assert line.to_do.startswith("the source has changed")


def test_of_several_documents_paragraphs_are_named_with_theirs(library: Library, two: Any) -> None:
    several = holding(library, [*library.documents, replace(library.documents[0], id="other", paragraphs=())])
    record = {"language": "zh", "quotes": [quoted(library, two[0], 0, 1)]}
    (line,), _ = adopt(several, [Entry("1", "2026-11-23T10:00:00Z", "right", "", WHO, WHO, record)], [])
    assert line.value["evidence"][0][0]["paragraph"] == f"{library.documents[0].id}:{two[0]}"


def test_a_word_that_stands_within_another_proves_nothing(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    """CD1 is never spoken of, and CD19 is: `check` would find the letters."""
    made = tmp_path / "new.jsonl"
    said = evaluate("adopt", feedback(("right", "What does CD1 do?", ""), ("right", "IL-99是什么？", "")), made)
    assert [line["terms"] for line in lines(made)] == [[["…"]], [["il-99"]]]
    assert said.out.count("to do: write in the key terms") == 1
    assert evaluate("check", made).out.count("stand together") == 0


def test_a_sentence_is_evidence_where_nothing_is_marked(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    made = tmp_path / "new.jsonl"
    evaluate("adopt", feedback(("right", "How does haematopoietic transplantation work in principle?", "")), made)
    assert evaluate("check", made).status == 0


def test_a_source_that_changed_brings_no_evidence(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    path = feedback(("right", WHO, ""))
    path.write_text(path.read_text(encoding="utf-8").replace('"sha256": "', '"sha256": "0'), encoding="utf-8")
    assert "the source has changed since" in evaluate("adopt", path, tmp_path / "new.jsonl").out


def test_bad_files_are_one_clean_error(evaluate: Any, feedback: Any, tmp_path: Path) -> None:
    path = feedback(("right", WHO, ""))
    (tmp_path / "there").write_text("", encoding="utf-8")
    (tmp_path / "empty").write_text("", encoding="utf-8")
    for arguments, said in (
        ((tmp_path / "none", tmp_path / "new"), "cannot be read"),
        ((path, tmp_path / "there"), "is there already"),
        ((path, tmp_path / "no" / "folder"), "cannot be written"),
        ((tmp_path / "empty", tmp_path / "new"), "has no question that is new"),
    ):
        found = evaluate("adopt", *arguments)
        assert found.status == 2
        assert said in found.err
        assert found.err.count("\n") == 1
