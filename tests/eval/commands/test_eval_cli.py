"""`yinzheng-eval`: running and checking sets, exit statuses, and one clean line for every error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import regex
from small import HIT, REFUSED, kept

from eval.cli import main
from eval.run import file
from index.errors import InputError

pytestmark = pytest.mark.usefixtures("quick")


# --- run --------------------------------------------------------------------------------------------


def test_run_prints_a_table_and_keeps_the_run(evaluate: Any, small: Path, tmp_path: Path) -> None:
    said = evaluate("run", small, "--out", tmp_path / "new" / "run.jsonl")
    assert (said.status, said.err) == (0, "Asking…\n")
    head, tuning, held, note, where = said.out.splitlines()
    assert head.split()[:4] == ["half", "language", "answerable", "hit@1"]
    # half, language, answerable, hit@1, hit@3, false refusals, citation precision, unanswerable, false answers
    assert tuning.split()[:9] == ["tuning", "zh", "1", "1.000", "1.000", "0.000", "1.000", "1", "0.000"]
    assert held.split()[:6] == ["held-out", "zh", "1", "0.000", "0.000", "0.000"]
    done, total = regex.fullmatch(r"(\d+) of (\d+) quotes stand word for word in their source", note).groups()
    assert int(done) == int(total) > 1
    assert where == f"written to {tmp_path / 'new' / 'run.jsonl'}"
    made = file.read(tmp_path / "new" / "run.jsonl")
    assert [outcome.verdict for outcome in made.outcomes] == ["right", "rightly refused", "wrong quote"]
    assert list(made.header.sets) == ["small.jsonl"]


def test_run_names_the_file_after_the_time(evaluate: Any, small: Path, tmp_path: Path) -> None:
    said = evaluate("run", small, "--half", "held-out")
    (path,) = (tmp_path / "runs").iterdir()
    assert regex.fullmatch(r"\d{8}-\d{6}\.jsonl", path.name)
    assert said.out.splitlines()[-1] == f"written to runs/{path.name}"
    assert [outcome.id for outcome in file.read(path).outcomes] == ["h-0"]
    assert "tuning" not in said.out


def test_run_as_json_is_what_is_kept(evaluate: Any, small: Path, tmp_path: Path) -> None:
    said = evaluate("run", small, "--json", "--out", "run.jsonl")
    assert said.status == 0
    assert said.out == (tmp_path / "run.jsonl").read_text(encoding="utf-8")
    header, *outcomes = [json.loads(line) for line in said.out.splitlines()]
    assert header["format"] == 1
    assert [outcome["id"] for outcome in outcomes] == ["t-0", "u-0", "h-0"]


def test_run_lists_misses(evaluate: Any, small: Path) -> None:
    out = evaluate("run", small, "--misses", "--out", "run.jsonl").out
    assert "\nh-0 (held-out) HSCT的原理是什么？\n  wrong quote  0." in out
    assert "\n  wanted 4-P2 «Meng»\n" in out
    assert "t-0" not in out
    assert "u-0" not in out


def test_run_opens_an_index_that_is_named(
    small: Path, index_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["run", str(small), "--half", "held-out", "--index", str(index_folder), "--out", "run.jsonl"]
    assert main(arguments) == 0
    assert file.read(tmp_path / "run.jsonl").by_id["h-0"].quotes[0].verbatim
    capsys.readouterr()


# --- check, new-set ---------------------------------------------------------------------------------


def test_check(evaluate: Any, small: Path, write: Any) -> None:
    said = evaluate("check", small)
    assert (said.status, said.out) == (0, "3 questions, 0 findings\n")
    assert json.loads(evaluate("check", small, "--json").out) == {"questions": 3, "findings": []}
    write(small, HIT, {**REFUSED, "terms": []})
    finding = f"{small} line 2: u-0 has no terms that would show that the text does not answer it"
    said = evaluate("check", small)
    assert (said.status, said.out) == (1, f"{finding}\n2 questions, 1 finding\n")
    said = evaluate("check", small, "--json")
    assert (said.status, json.loads(said.out)) == (1, {"questions": 2, "findings": [finding]})


def test_a_new_set_from_start_to_check(evaluate: Any, tmp_path: Path) -> None:
    said = evaluate("new-set", "mine.jsonl", "--size", "2", "--seed", "3")
    assert said.status == 0
    assert said.out.splitlines() == [
        "mine.jsonl has 3 lines: write their questions, drop those you do not want",
        "then `yinzheng-eval check mine.jsonl` and `yinzheng-eval run mine.jsonl`",
    ]
    path = tmp_path / "mine.jsonl"
    assert evaluate("check", "mine.jsonl").error == (
        "mine.jsonl line 1: question is ''; expected a text that is not blank"
    )
    asked = {"zh": "这里说的是什么？", "en": "What does this say, and where?"}
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number, made in enumerate(entries):
        made["question"] = f"{number} {asked[made['language']]}"
    # one question stands in one half alone
    path.write_text(json.dumps(entries[0]) + "\n" + json.dumps(entries[2]) + "\n", encoding="utf-8")
    said = evaluate("run", "mine.jsonl", "--out", "run.jsonl")
    assert (said.status, said.err) == (0, "Asking…\n")
    assert len(file.read(tmp_path / "run.jsonl").outcomes) == 2
    assert evaluate("new-set", "mine.jsonl").error == "mine.jsonl is there already; name a new file"


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["run", "check", "gate --baseline good.jsonl"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "small.jsonl cannot be read (No such file or directory); name a JSONL file in UTF-8"),
        ("{}", "small.jsonl line 1 has no 'id'; expected the keys"),
        ("{", "small.jsonl line 1 is not JSON"),
        ("", "no questions in small.jsonl; name a set that has some"),
        (json.dumps(HIT) + "\n" + json.dumps(HIT), "line 2: the id 't-0' stands in small.jsonl line 1 too"),
        ("\udcff", "small.jsonl cannot be read (it is not UTF-8)"),
    ],
    ids=["missing", "no key", "no JSON", "empty", "twice", "binary"],
)
def test_a_bad_set(evaluate: Any, good: Path, tmp_path: Path, command: str, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "small.jsonl").write_bytes(content.encode(errors="surrogateescape"))
    name, *options = command.split()
    assert said in evaluate(name, "small.jsonl", *options).error


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ([[{"paragraph": "9-P9", "text": "Meng"}]], "names the paragraph '9-P9', which does not exist"),
        ([[{"paragraph": "4-P2", "text": "Wang"}]], "'Wang' of t-0 stands in no sentence of 4-P2"),
    ],
)
def test_run_refuses_evidence_that_does_not_stand(
    evaluate: Any, small: Path, tmp_path: Path, write: Any, evidence: Any, said: str
) -> None:
    write(small, REFUSED, {**HIT, "evidence": evidence})
    error = evaluate("run", small, "--out", "run.jsonl").error
    assert error.startswith(f"{small} line 2: ")
    assert said in error
    assert not (tmp_path / "run.jsonl").exists()


def test_a_half_without_questions(evaluate: Any, small: Path, write: Any) -> None:
    write(small, HIT)
    error = evaluate("run", small, "--half", "held-out").error
    assert error == "no question of these sets is in the held-out half; name another half or set"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("gate small.jsonl", "sets of your own need a baseline of their own; name it with --baseline FILE"),
        ("gate --accept ''", "a baseline needs a reason; say why, as in --accept"),
        (
            "gate --baseline none --run good.jsonl",
            'no baseline at none; write one with `yinzheng-eval gate --accept "w',
        ),
        ("gate --baseline good.jsonl --run none", "none cannot be read (No such file"),
        ("gate --baseline good.jsonl --run small.jsonl", "small.jsonl line 1 is not of a run"),
        ("gate --baseline small.jsonl --run good.jsonl", "small.jsonl line 1 is not of a run"),
        ("gate --baseline good.jsonl --run other.jsonl", "the runs are of other documents: doc and tea"),
        ("gate --baseline good.jsonl --run apart.jsonl", "the runs have no question in common"),
        ("compare good.jsonl other.jsonl", "the runs are of other documents: doc and tea; compare runs over one"),
        ("compare good.jsonl apart.jsonl", "the runs have no question in common; compare runs of one question"),
        ("compare good.jsonl none", "none cannot be read (No such file or directory)"),
        ("compare small.jsonl good.jsonl", "small.jsonl line 1 is not of a run (KeyError: 'format'); name a file that"),
        ("compare . good.jsonl", ". cannot be read (Is a directory); name a file that `yinzheng-eval run` wrote"),
        ("export cut.jsonl", "cut.jsonl line 13 is not of a run (JSONDecodeError"),
        ("export good.jsonl --out small.jsonl", "small.jsonl cannot be written (File exists); name another folder"),
        ("report small.jsonl", "small.jsonl line 1 is not of a run (KeyError: 'format'); name a file that"),
        ("report good.jsonl --against none", "none cannot be read (No such file or directory)"),
        ("report good.jsonl --against other.jsonl", "the runs are of other documents: tea and doc"),
        ("report good.jsonl --out none/page.html", "none/page.html cannot be written (No such file or directory)"),
        ("run small.jsonl --out .", ". cannot be written; name a file in a folder of yours"),
        ("run small.jsonl --out small.jsonl/run", "small.jsonl cannot be made"),
        ("run small.jsonl --index none --out new", "no index in none; run `yinzheng index build --index none`"),
        ("check small.jsonl --index none", "no index in none; run `yinzheng index build --index none`"),
        ("new-set new.jsonl --index none", "no index in none; run `yinzheng index build --index none`"),
        ("new-set small.jsonl", "small.jsonl is there already; name a new file"),
        ("new-set none/new.jsonl", "none/new.jsonl cannot be written (No such file or directory)"),
        ("bench sets none", "no set none; name one that is there, or the folder it lies in with --data DIR"),
    ],
)
def test_errors_are_one_line(
    evaluate: Any, made: Any, small: Path, good: Path, tmp_path: Path, monkeypatch: Any, arguments: str, said: str
) -> None:
    monkeypatch.delenv("YINZHENG_DATA", raising=False)
    kept(made.run([made.outcome("zh-00")], documents={"tea": "b"}), tmp_path / "other.jsonl")
    kept(made.run([made.outcome("zh-99")]), tmp_path / "apart.jsonl")
    (tmp_path / "cut.jsonl").write_bytes(good.read_bytes()[:-100])
    given = ["" if word == "''" else word for word in arguments.split()]
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert evaluate(*given).error.startswith(said)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["--debug", "run"],
        ["run", "--half", "both"],
        ["run", "--nonsense"],
        ["gate", "--alpha", "0"],
        ["gate", "--alpha", "1"],
        ["gate", "--alpha", "nan"],
        ["gate", "--alpha", "five"],
        ["gate", "--accept"],
        ["compare"],
        ["compare", "a"],
        ["compare", "a", "b", "c"],
        ["report"],
        ["export"],
        ["export", "a", "b"],
        ["check", "--half", "tuning"],
        ["new-set"],
        ["new-set", "a", "--size", "0"],
        ["new-set", "a", "--seed", "x"],
        ["bench"],
        ["bench", "nonsense"],
        ["bench", "sets"],
        ["bench", "sets", "a", "--sample", "0"],
        ["bench", "sets", "a", "--articles", "1.5"],
        ["bench", "sets", "a", "--seed", "x"],
        ["bench", "cold", "a"],
    ],
    ids=" ".join,
)
def test_wrong_usage(evaluate: Any, arguments: list[str]) -> None:
    assert regex.search(r"; see `yinzheng-eval( \w[\w-]*)* --help`$", evaluate(*arguments).error)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], *([name, "--help"] for name in ("run", "gate", "compare", "report", "export", "check", "new-set"))],
    ids=" ".join,
)
def test_help(evaluate: Any, arguments: list[str]) -> None:
    said = evaluate(*arguments)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("usage: yinzheng-eval")


@pytest.mark.parametrize(
    "arguments", [["run", "none"], ["gate", "--baseline", "none"], ["compare", "none", "none"], ["export", "none"]]
)
def test_debug_raises(evaluate: Any, arguments: list[str]) -> None:
    with pytest.raises(InputError):
        evaluate(*arguments, "--debug")
