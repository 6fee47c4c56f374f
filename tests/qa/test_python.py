"""The Python API: what `import qa` gives, and that it is what the command line gives."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from said import Run

import qa
from index.errors import IndexEmpty, IndexMissing, InputError, NotFound
from index.library import Library

NAMES = """Answer Found Index Outcome PassageHit Quote Report Verdict YinzhengError
open to_dict to_json to_markdown""".split()
WHO = "CAAR-NK 细胞是谁构建的？"
FORTS = "# Forts\n\nThe fort of Alder Point was built in 1891.\n\n它的守卫是林。\n"


@pytest.fixture
def review(library: Library) -> qa.Index:
    """The default library."""
    return qa.open()


@pytest.fixture
def forts(tmp_path: Path, fake: list[str]) -> qa.Index:
    """A new index of one small file."""
    (tmp_path / "forts.md").write_text(FORTS, encoding="utf-8")
    made = qa.open(tmp_path / "index", create=True)
    made.add(tmp_path / "forts.md")
    return made


def test_the_public_names() -> None:
    assert sorted(NAMES) == sorted(qa.__all__)
    assert all(getattr(qa, name).__name__ == name for name in NAMES)
    assert set(NAMES) <= set(dir(qa))
    with pytest.raises(AttributeError, match="has no attribute 'close'"):
        _ = qa.close  # type: ignore[attr-defined]


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import sys, qa; print(*sorted({'numpy', 'index', 'qa.api', 'regex'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_it_says_what_the_command_line_says(review: qa.Index, review_run: Run) -> None:
    for question in (WHO, "个人所得税怎么申报？"):
        answer = review.ask(question, top=2)
        assert review_run("ask", question, "--top", "2", "--json").out == qa.to_json(answer) + "\n"
        assert review_run("ask", question, "--top", "2", "--format", "markdown").out == qa.to_markdown(answer) + "\n"
        assert json.loads(qa.to_json(answer)) == json.loads(json.dumps(qa.to_dict(answer)))
    found = review.search("CAR-Treg", top=3)
    said = json.loads(review_run("search", "CAR-Treg", "--top", "3", "--json").out)
    assert [hit["paragraph"] for hit in said["hits"]] == [hit.quote.paragraph.id for hit in found.hits]


def test_it_is_narrowed(review: qa.Index) -> None:
    assert all(quote.paragraph.language == "en" for quote in review.ask("What is lupus?", language="en").quotes)
    (document,) = review.documents
    assert review.ask(WHO, documents=[document.file]) == review.ask(WHO, documents=[document.id])
    with pytest.raises(NotFound, match="no document 'nothing'"):
        review.ask(WHO, documents=["nothing"])
    with pytest.raises(InputError, match="language is 'fr'; expected zh, en or none"):
        review.ask(WHO, language="fr")  # type: ignore[arg-type]
    for asked in (review.ask, review.search):
        with pytest.raises(ValueError, match="top must be at least 1, found 0"):
            asked(WHO, top=0)


def test_the_text_itself(review: qa.Index) -> None:
    document, paragraph = review.paragraph("4-P2")
    assert review.document(document.id) is document
    assert "CAAR-NK" in document.source[paragraph.start : paragraph.end]


@pytest.mark.parametrize("form", [lambda one: one, qa.to_dict, lambda one: json.loads(qa.to_json(one))])
def test_what_was_saved_is_verified(review: qa.Index, form: object) -> None:
    answer = review.ask(WHO)
    saved = form(answer)  # type: ignore[operator]
    assert [one.problem for one in review.verify(saved)] == [None] * len(answer.quotes)
    assert len(review.verify([saved, saved])) == 2 * len(answer.quotes)


def test_a_forged_quote_does_not_hold(review: qa.Index) -> None:
    saved = qa.to_dict(review.ask(WHO))
    saved["quotes"][0]["text"] += "!"
    assert "was edited" in str(review.verify(saved)[0].problem)


@pytest.mark.parametrize("wrong", [{}, {"quotes": 1}, {"quotes": [], "nearest": 3}])
def test_what_is_no_answer_is_not_verified(review: qa.Index, wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="is not a saved answer"):
        review.verify(wrong)


def test_threads_share_an_index(review: qa.Index) -> None:
    questions = [WHO, "What is CAR-T?", "MSC 的来源有哪些？", "个人所得税怎么申报？"]
    alone = [review.ask(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(review.ask, questions * 3)) == alone * 3


def test_an_index_of_ones_own(forts: qa.Index, tmp_path: Path) -> None:
    assert [one.id for one in forts.documents] == ["forts"]
    assert forts.folder == tmp_path / "index"
    (tmp_path / "forts.md").write_text(FORTS.replace("1891", "1902"), encoding="utf-8")
    assert [one.what for one in forts.update().outcomes] == ["updated"]
    assert "1902" in forts.document("forts").source
    (tmp_path / "more.txt").write_text("A second fort stood at Birch Head.", encoding="utf-8")
    assert forts.add(tmp_path / "more.txt", str(tmp_path / "nothing.txt")).of("failed")[0].file.endswith("nothing.txt")
    assert [one.id for one in forts.documents] == ["forts", "more"]
    forts.remove("forts", "more")
    assert forts.documents == ()
    with pytest.raises(IndexEmpty, match="index add"):
        forts.ask("When?")


def test_a_change_by_others_is_seen_when_it_is_opened_again(forts: qa.Index, tmp_path: Path, run: Run) -> None:
    before = forts.ask("When was the fort built?")
    assert run("index", "remove", "forts", "--index", forts.folder).status == 0
    assert forts.ask("When was the fort built?") == before
    with pytest.raises(IndexEmpty):
        qa.open(forts.folder)


def test_a_home_is_found(forts: qa.Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    again = qa.open("~/index")
    assert again.folder == tmp_path / "index"
    assert [one.what for one in again.add("~/forts.md").outcomes] == ["unchanged"]


def test_there_must_be_one_unless_it_is_to_be_made(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing) as told:
        qa.open(tmp_path / "nothing")
    assert isinstance(told.value, qa.YinzhengError)
    assert "yinzheng index" in str(told.value)
    empty = qa.open(tmp_path / "nothing", create=True)
    assert empty.documents == ()
    with pytest.raises(IndexMissing):
        empty.ask("When?")
