"""`verify`: what was saved holds, and no change to it or to the source passes."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index.corpus import Corpus, default_folder
from index.errors import InputError
from index.originals import Originals
from qa.answering.answer import ask
from qa.record import answer_record
from qa.verify import records, verify

if TYPE_CHECKING:
    from index.library import Library

SENTENCE = "CAAR-NK细胞在截短"


@pytest.fixture(scope="module")
def answers(library: Library) -> list[dict[str, Any]]:
    """Saved answers: quotes in both languages, nearest passages, and a refusal with neither."""
    questions = ["CAAR-NK 细胞是谁构建的？", "AB-101 was combined with which drug?", "MSC 治疗的费用是多少？", "你好"]
    return [json.loads(json.dumps(answer_record(ask(library, question)))) for question in questions]


def problems(answers: list[dict[str, Any]], corpus: Corpus) -> list[str]:
    return [verdict.problem for verdict in verify(answers, Originals(corpus)) if verdict.problem]


def test_what_was_saved_holds(answers: list[dict[str, Any]], corpus: Corpus) -> None:
    verdicts = list(verify(answers, Originals(corpus)))
    assert len(verdicts) == sum(len(a["quotes"]) + len(a["nearest"]) for a in answers) >= 5
    assert [verdict.problem for verdict in verdicts] == [None] * len(verdicts)
    assert verdicts[0].question == "CAAR-NK 细胞是谁构建的？"
    assert "4-P2" in verdicts[0].citation


def change(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def act(quote: dict[str, Any]) -> None:
        quote[key] = value(quote[key]) if callable(value) else value

    return act


def shifted(quote: dict[str, Any]) -> None:
    quote["start"] += 1
    quote["end"] += 1


def cut(quote: dict[str, Any]) -> None:
    quote["end"] -= 1
    quote["raw"] = quote["raw"][:-1]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(shifted, "raw text is not what stands", id="shifted"),
        pytest.param(cut, "was edited", id="cut, with its raw"),
        pytest.param(change("raw", lambda raw: raw + "x"), "raw text is not what stands", id="raw"),
        pytest.param(change("raw", None), "raw text is not what stands", id="no raw"),
        pytest.param(change("text", lambda text: text.replace("Meng", "Wang")), "was edited", id="text"),
        pytest.param(change("text", lambda text: text + " "), "was edited", id="text, a space"),
        pytest.param(change("paragraph", "4-P1"), "does not stand in paragraph 4-P1", id="other paragraph"),
        pytest.param(change("paragraph", "9-P9"), "does not stand in paragraph 9-P9", id="no such paragraph"),
        pytest.param(change("section", ["五、Treg疗法"]), "another section", id="section"),
        pytest.param(change("lines", [1, 2]), "does not stand in lines", id="lines"),
        pytest.param(change("lines", [339, 344]), "does not stand in lines", id="one line more"),
        pytest.param(change("document", "other"), "no source 'other'", id="unknown document"),
        pytest.param(change("sha256", "0" * 64), "has changed since", id="hash"),
        pytest.param(change("start", -1), "offsets -1-", id="negative offset"),
        pytest.param(change("end", 10**9), "are not in", id="offset past the end"),
        pytest.param(change("start", "5"), "are not in", id="offset is a text"),
        pytest.param(change("start", True), "are not in", id="offset is a truth value"),
        pytest.param(change("highlights", [[0, 999]]), "highlight", id="highlight outside"),
        pytest.param(change("highlights", [[4, 4]]), "highlight", id="highlight of nothing"),
        pytest.param(change("highlights", [[0]]), "highlight", id="half a highlight"),
        pytest.param(change("highlights", None), "highlight", id="no highlights"),
    ],
)
def test_an_altered_quote_is_caught(
    answers: list[dict[str, Any]], corpus: Corpus, edit: Callable[[dict[str, Any]], None], said: str
) -> None:
    altered = copy.deepcopy(answers)
    edit(altered[0]["quotes"][0])
    found = problems(altered, corpus)
    assert len(found) == 1
    assert said in found[0]


def test_a_nearest_passage_is_checked_too(answers: list[dict[str, Any]], corpus: Corpus) -> None:
    altered = copy.deepcopy(answers)
    altered[2]["nearest"][0]["text"] += "！"
    assert len(problems(altered, corpus)) == 1


@pytest.mark.parametrize("quote", [None, 5, [], {}, {"document": "sle-cell-therapy"}], ids=repr)
def test_what_is_no_quote_does_not_hold(corpus: Corpus, quote: Any) -> None:
    assert len(problems([{"quotes": [quote]}], corpus)) == 1


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The review with one byte of the quoted sentence changed, its hash in sources.toml the old one."""
    folder = tmp_path / "sources"
    shutil.copytree(default_folder(), folder)
    path = folder / "000_db89032d233bef5f.txt"
    data = path.read_bytes()
    assert data.count(SENTENCE.encode()) == 1
    path.chmod(0o644)
    path.write_bytes(data.replace(SENTENCE.encode(), SENTENCE.replace("NK", "MK").encode()))
    return folder


def new_hash(folder: Path) -> None:
    digest = hashlib.sha256((folder / "000_db89032d233bef5f.txt").read_bytes()).hexdigest()
    old = hashlib.sha256((default_folder() / "000_db89032d233bef5f.txt").read_bytes()).hexdigest()
    table = folder / "sources.toml"
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.chmod(0o644)
    table.write_text(text.replace(old, digest), encoding="utf-8")


def test_a_changed_source_is_caught(answers: list[dict[str, Any]], changed: Path) -> None:
    found = problems(answers[:1], Corpus(changed))
    assert len(found) == len(answers[0]["quotes"])
    assert all("has changed since the answer was saved" in problem for problem in found)


def test_a_changed_source_with_its_new_hash_is_caught(answers: list[dict[str, Any]], changed: Path) -> None:
    new_hash(changed)
    found = problems(answers[:1], Corpus(changed))
    assert all("has changed since the answer was saved" in problem for problem in found)
    assert len(found) == len(answers[0]["quotes"])


def test_a_forged_hash_does_not_save_a_changed_quote(answers: list[dict[str, Any]], changed: Path) -> None:
    new_hash(changed)
    forged = copy.deepcopy(answers[:1])
    for quote in forged[0]["quotes"]:
        quote["sha256"] = Corpus(changed).sources[0].sha256
    assert "raw text is not what stands" in problems(forged, Corpus(changed))[0]


@pytest.mark.parametrize("shape", ["object", "list", "lines", "indented"])
def test_every_shape_of_a_saved_file_is_read(answers: list[dict[str, Any]], shape: str) -> None:
    text = {
        "object": json.dumps(answers[0]),
        "list": json.dumps(answers),
        "lines": "\n\n".join(json.dumps(answer, ensure_ascii=False) for answer in answers) + "\r\n",
        "indented": json.dumps(answers[0], indent=2),
    }[shape]
    expected = answers if shape in ("list", "lines") else answers[:1]
    assert records(text, "f") == expected


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "{",
        "5",
        "null",
        '"x"',
        "{}",
        '{"quotes": null}',
        '{"quotes": {}}',
        "[5]",
        '{"quotes": []}\nx',
        '{"quotes": [], "nearest": 5}',
        '{"quotes": [], "nearest": "x"}',
        "9" * 5000,
        "[" * 99_999,
    ],
    ids=lambda text: text[:16] or "nothing",
)
def test_what_is_no_saved_answer_is_one_clean_error(text: str) -> None:
    with pytest.raises(InputError, match="f is not a saved answer"):
        records(text, "f")


@pytest.mark.parametrize("through", ["file", "stdin"])
def test_the_command(answers: list[dict[str, Any]], review_run: Any, tmp_path: Path, through: str) -> None:
    data = "\n".join(json.dumps(answer) for answer in answers).encode()
    (tmp_path / "saved").write_bytes(data)
    said = review_run("verify", tmp_path / "saved") if through == "file" else review_run("verify", "-", stdin=data)
    count = sum(len(a["quotes"]) + len(a["nearest"]) for a in answers)
    assert (said.status, said.out, said.err) == (0, f"{count} of {count} quotes hold\n", "")


def test_the_command_names_what_does_not_hold(answers: list[dict[str, Any]], review_run: Any, tmp_path: Path) -> None:
    altered = copy.deepcopy(answers[0])
    altered["quotes"][0]["text"] = "Wang等构建的\x1b[31m细胞"
    (tmp_path / "saved").write_text(json.dumps(altered), encoding="utf-8")
    said = review_run("verify", tmp_path / "saved")
    assert said.status == 1
    assert "4-P2" in said.out.splitlines()[0]
    assert "was edited" in said.out.splitlines()[0]
    data = json.loads(review_run("verify", "--json", tmp_path / "saved").out)
    assert (data["hold"], data["fail"]) == (len(altered["quotes"]) - 1, 1)
    assert [bool(quote["problem"]) for quote in data["quotes"]].count(True) == 1


@pytest.mark.parametrize("content", [b"hello\n", b"\xff\xfe\x00", b"{}"], ids=repr)
def test_a_malformed_file_is_one_clean_error(review_run: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "saved").write_bytes(content)
    assert "saved" in review_run("verify", tmp_path / "saved").error


def test_a_missing_file_and_a_folder_are_clean_errors(review_run: Any, tmp_path: Path) -> None:
    assert "cannot be read" in review_run("verify", tmp_path / "none").error
    assert "cannot be read" in review_run("verify", tmp_path).error
