"""The same index, settings and question give the same answer, byte for byte, whatever else is different.

`pytest tests/qa/same_bytes -m "slow or not slow" -rP` prints how many answers were compared.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from same import (
    SURROUNDINGS,
    Lines,
    answers,
    command,
    compare,
    counted,
    line,
    with_threads,
    written,
)
from threadpoolctl import threadpool_limits

from eval.questions.dataset import default_sets
from index.library import Library
from qa.conversation.desk import Desk
from qa.web.server import Place, serving

EVALUATION = [sys.executable, "-c", "import sys; from eval.cli import main; sys.exit(main(sys.argv[1:]))"]

# A locale in which Python writes no Chinese of itself.
NARROW = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_the_sample_has_every_kind_of_answer(questions: list[str], expected: Lines) -> None:
    records = [json.loads(one) for one in expected]
    assert len(questions) == len(set(questions)) == 14
    for language in ("zh", "en"):
        own = [record for record in records if record["language"] == language]
        assert {record["answered"] for record in own} == {True, False}
    assert any(len(record["quotes"]) > 1 for record in records)
    assert any(record["nearest"] for record in records)


@pytest.mark.slow
def test_in_another_order_and_with_nothing_remembered(library: Library, questions: list[str], expected: Lines) -> None:
    compare(answers(library, questions[::-1])[::-1], expected)


def test_in_a_locale_without_chinese(questions: list[str], expected: Lines, index_folder: Path) -> None:
    out = command("ask", "-", "--json", said=questions[:2], around=NARROW)
    compare(out.splitlines(keepends=True), expected[:2])


@pytest.mark.slow
def test_one_thread(library: Library, questions: list[str], expected: Lines) -> None:
    with threadpool_limits(1):
        compare(answers(with_threads(library, 1), questions), expected)


@pytest.mark.slow
def test_fifty_runs_in_one_process(library: Library, questions: list[str], expected: Lines) -> None:
    right = dict(zip(questions, expected, strict=True))
    models = [with_threads(library, number) for number in (1, 2, 4)]
    draw = random.Random(0)
    for run in range(50):
        asked_now = draw.sample(questions, len(questions))
        own = models[run % len(models)]
        with threadpool_limits(run % 2 + 1):
            found = answers(own, asked_now) if run % 2 else [line(own, question) for question in asked_now]
        compare(found, [right[question] for question in asked_now])
        counted["runs"] += 1


@pytest.mark.slow
def test_twenty_six_runs_in_as_many_processes(
    questions: list[str], expected: Lines, index_folder: Path, tmp_path: Path
) -> None:
    right = dict(zip(questions, expected, strict=True))
    draw = random.Random(1)
    folders = [tmp_path, tmp_path / "另一个 folder", Path("/")]
    folders[1].mkdir()
    for run in range(26):
        asked_now = draw.sample(questions, len(questions)) + draw.sample(questions, 2)
        out = command(
            *("ask", "-", "--json"),
            said=asked_now,
            around=SURROUNDINGS[run % len(SURROUNDINGS)],
            cores=run % 2 + 1,
            cwd=folders[run % len(folders)],
        )
        compare(out.splitlines(keepends=True), [right[question] for question in asked_now])
        counted["runs"] += 1


@pytest.mark.slow
def test_alone_in_a_process(questions: list[str], expected: Lines, index_folder: Path) -> None:
    for number, (question, right) in enumerate(zip(questions, expected, strict=True)):
        status = 0 if json.loads(right)["answered"] else 1
        around = SURROUNDINGS[number % len(SURROUNDINGS)]
        compare([command("ask", "--json", question, around=around, cores=number % 2 + 1, status=status)], [right])


@pytest.mark.slow
def test_twenty_four_runs_over_http_at_once(
    library: Library, questions: list[str], expected: Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    right = dict(zip(questions, expected, strict=True))
    own = with_threads(library, 2)

    def fetch(address: str, data: bytes | None = None) -> bytes:
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"} if data else {})
        with urllib.request.urlopen(request, timeout=120) as response:
            return bytes(response.read())

    def put(seed: int) -> list[tuple[str, bytes]]:
        found = []
        for question in random.Random(seed).sample(questions, len(questions)):
            call = f"{url}/gradio_api/call/ask"
            event = json.loads(fetch(call, json.dumps({"data": [question, 3]}).encode()))["event_id"]
            said = fetch(f"{call}/{event}").decode().splitlines()
            assert said[0] == "event: complete"
            found.append((question, written(json.loads(said[1].removeprefix("data: "))[0])))
        return found

    place = Place(port=0, feedback=tmp_path / "feedback", per_minute=1_000_000)
    with serving(own, place) as url, ThreadPoolExecutor(6) as clients:
        for run, pairs in enumerate(clients.map(put, range(24))):
            compare([got for _, got in pairs], [right[question] for question, _ in pairs])
            counted["runs"] += 1
            if run % 6 == 0:
                own.model.forget()


@pytest.mark.slow
def test_in_a_conversation_while_others_ask(library: Library, questions: list[str], expected: Lines) -> None:
    desk = Desk(with_threads(library, 2))
    stop = threading.Event()

    def disturb() -> int:
        number = 0
        while not stop.is_set():
            desk.library.model.forget()
            desk.answer(questions[-1 - number % len(questions)], top=1 + number % 5)
            number += 1
        return number

    with ThreadPoolExecutor(2) as others:
        noise = [others.submit(disturb) for _ in range(2)]
        found = [written(desk.turn(question, alone=True).record) for question in questions]
        stop.set()
        assert sum(one.result() for one in noise) > len(questions)
    compare(found, expected)


@pytest.mark.slow
def test_in_a_run_of_the_evaluation(index_folder: Path, tmp_path: Path) -> None:
    source = default_sets()[0].read_text(encoding="utf-8").splitlines()
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join([one for one in source if not json.loads(one).get("after")][::3]), encoding="utf-8")
    runs = []
    for number, cores in ((0, 1), (1, 2)):
        out = tmp_path / f"{number}.jsonl"
        command(
            "run", few, "--half", "tuning", "--out", out, around=SURROUNDINGS[number], cores=cores, program=EVALUATION
        )
        runs.append([json.loads(one) for one in out.read_text(encoding="utf-8").splitlines()])
    for run in runs:
        for outcome in run[1:]:
            del outcome["milliseconds"]
    assert len(runs[0]) > 30
    compare([written(one) for one in runs[0][1:]], [written(one) for one in runs[1][1:]])
