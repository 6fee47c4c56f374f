"""An index on a server, as it is used: by several processes, through restarts, with what goes wrong on the way.

With `MILVUS_URI` set the server is that cluster, and what needs a server of one's own is left out.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hashed import Hashed, small_dictionary
from milvus_served import CLUSTER, Served, free
from written import write

from index import opening, settings
from index.dense import encoder as encoders
from index.errors import EngineUnavailable, IndexDamaged, IndexStale
from index.lexical import glossary
from index.library import Library
from index.milvus import load
from index.milvus.collection import Collection
from index.milvus.server import Server
from index.shelf import Shelf
from index.store.store import Store
from qa.answering.answer import ask
from qa.answering.search import search
from qa.record import answer_record

pytestmark = pytest.mark.slow

own_server = pytest.mark.skipif(CLUSTER is not None, reason="a cluster is not killed")
QUESTIONS = (
    "CAR-T治疗SLE的安全性如何？",
    "Who built CAAR-NK cells?",
    "谁发明了电灯？",
    "间充质干细胞通过什么机制起作用？",
    "How many patients were in remission?",
    "Treg疗法有哪些优势？",
)


def yinzheng(*given: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """What a command does, in a process of its own."""
    command = [sys.executable, "-m", "qa", *map(str, given)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)


def answered(library: Library, text: str) -> dict[str, Any]:
    """An answer, but for the index's fingerprint."""
    return {**answer_record(ask(library, text)), "index": ""}


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds and libraries get the made-up encoder."""
    real = encoders.load
    monkeypatch.setattr(glossary, "cedict", small_dictionary)
    monkeypatch.setattr(encoders, "load", lambda name: Hashed() if name == "hashed" else real(name))


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory, served: Served) -> dict[str, Path]:
    """The review twice, in a folder and on the server, by the command line."""
    place = tmp_path_factory.mktemp("review")
    for name, more in (("embedded", ()), ("milvus", ("--engine", "milvus", "--uri", served.uri))):
        if more:
            shutil.copytree(place / "embedded", place / name)  # what is encoded is used again
        done = yinzheng("index", "build", "--index", place / name, *more)
        assert done.returncode == 0, done.stderr
        assert "1 document, 24 paragraphs" in done.stdout
    return {name: place / name for name in ("embedded", "milvus")}


class Asking:
    """A process that answers one question a line."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "qa", "ask", "-", "--json", "--index", str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, question: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        return {**json.loads(self._process.stdout.readline()), "index": ""}

    def end(self) -> int:
        """Its exit status."""
        assert self._process.stdin
        self._process.stdin.close()
        return self._process.wait(60)


def test_two_clients_and_a_restart(reviews: dict[str, Path], served: Served) -> None:
    embedded, *clients = Asking(reviews["embedded"]), Asking(reviews["milvus"]), Asking(reviews["milvus"])
    for number, question in enumerate(QUESTIONS):
        wanted = embedded(question)
        if number == len(QUESTIONS) // 2 and served.own:
            served.kill()
            starter = threading.Timer(0.5, served.start)  # while the question is asked
            starter.start()
            assert clients[0](question) == wanted
            starter.join()
            assert clients[1](question) == wanted
        else:
            assert [client(question) for client in clients] == [wanted, wanted]
    assert [client.end() for client in (embedded, *clients)] == [0, 0, 0]


def test_it_says_where_it_lies(reviews: dict[str, Path], served: Served) -> None:
    said = yinzheng("index", "info", "--index", reviews["milvus"]).stdout
    assert f"on Milvus at {served.uri}, collection yinzheng_" in said
    assert "up to date" in said
    checked = yinzheng("index", "check", "--index", reviews["milvus"])
    assert (checked.returncode, checked.stdout) == (0, f"{reviews['milvus']}: every file is as it was built\n")


@pytest.fixture
def library_of(tmp_path: Path, served: Served, hashing: None) -> Iterator[Callable[..., tuple[Shelf, Path]]]:
    """A function that puts made-up papers on the server."""
    made: list[Path] = []

    def put(papers: int, name: str = "index") -> tuple[Shelf, Path]:
        write(tmp_path / "papers", papers)
        shelf = Shelf(tmp_path / name, None, "hashed", engine={"name": "milvus", "uri": served.uri})
        assert len(shelf.add([tmp_path / "papers"]).of("added")) == papers
        made.append(tmp_path / name)
        return shelf, tmp_path / name

    yield put
    for folder in made:
        load.Loader(folder, served.uri).forget()


def collection_of(folder: Path) -> Collection:
    said = Store(folder).manifest()["engine"]
    return Collection(Server(said["uri"]), said["collection"], "build", strong=True)


def parts_in(collection: Collection) -> dict[str, int]:
    """How many rows each part has."""
    found: dict[str, int] = {}
    for page in collection.server.pages(collection.name, filter="level >= 0", output_fields=["part"]):
        for row in page:
            found[row["part"]] = found.get(row["part"], 0) + 1
    return found


def parts_of(folder: Path) -> dict[str, int]:
    """How many rows each part is to have."""
    return {one["part"]: one["sentences"] + one["paragraphs"] for one in Store(folder).manifest()["documents"]}


def test_documents_come_and_go(library_of: Callable[..., tuple[Shelf, Path]], tmp_path: Path) -> None:
    shelf, folder = library_of(40)
    before, opened = collection_of(folder), opening.read(folder)
    assert parts_in(before) == parts_of(folder)
    (tmp_path / "papers" / "new.md").write_text(
        "# 新论文\n\n螺旋藻的产量最高。红藻在冬季停止生长。\n", encoding="utf-8"
    )
    shelf.update()
    after = collection_of(folder)
    assert after.name == before.name, "so little is loaded into the collection that is there"
    assert parts_in(after) == parts_of(folder)
    found = search(opening.read(folder), "螺旋藻的产量", 1).hits
    assert [hit.quote.document.id for hit in found] == ["new"]
    assert search(opened, "螺旋藻的产量", 3).hits[0].quote.document.id != "new", (
        "who opened it before sees it as it was"
    )
    (tmp_path / "papers" / "new.md").write_text("# 新论文\n\n螺旋藻的产量最低。\n", encoding="utf-8")
    shelf.update()
    assert parts_in(after) == parts_of(folder)
    assert "最低" in search(opening.read(folder), "螺旋藻的产量", 1).hits[0].quote.text
    shelf.remove(["new"])
    assert parts_in(after) == parts_of(folder)
    assert "螺旋藻" not in opening.read(folder).vocabulary
    again = answered(opening.read(folder), "红藻的产量是多少？")
    assert again == answered(opened, "红藻的产量是多少？"), "as though it had never been there"


def test_much_that_comes_or_goes_is_loaded_anew(library_of: Callable[..., tuple[Shelf, Path]], tmp_path: Path) -> None:
    shelf, folder = library_of(10)
    first = collection_of(folder)
    write(tmp_path / "papers", 14)
    shelf.update()
    second = collection_of(folder)
    assert second.name != first.name
    assert first.exists(), "for whoever has it open"
    gone = {one["part"] for one in Store(folder).manifest()["documents"] if one["id"] in ("paper-1", "paper-2")}
    shelf.remove(["paper-1", "paper-2"])
    third = collection_of(folder)
    assert third.name != second.name
    assert not first.exists()
    assert parts_in(third) == parts_of(folder)
    assert len(gone) == 2
    assert not gone & set(parts_in(second)), "nothing is left of what was removed"
    embedded = Shelf(tmp_path / "embedded", None, "hashed")
    embedded.add([path for path in (tmp_path / "papers").iterdir() if path.stem not in ("paper-1", "paper-2")])
    one, other = (opening.read(tmp_path / name) for name in ("index", "embedded"))
    assert sorted(one.vocabulary) == sorted(other.vocabulary)
    shelf.remove([document.id for document in one.listed])
    assert not third.exists()
    assert not second.exists()


LOADING = """
import sys
sys.path[:0] = sys.argv[2:4]
from pathlib import Path
from hashed import Hashed, small_dictionary
from index import settings
from index.dense import encoder
from index.lexical import glossary
from index.milvus import sending
from index.shelf import Shelf
glossary.cedict, encoder.load = small_dictionary, lambda name: Hashed()
settings.MILVUS_ROWS, sending.GROUP = 40, 60
folder = Path(sys.argv[1])
Shelf(folder, None, "hashed", engine={"name": "milvus", "uri": sys.argv[4]}).add([folder.parent / "papers"])
"""


def loading(folder: Path, uri: str) -> subprocess.Popen[bytes]:
    """A process that loads the papers beside a folder, in small steps."""
    here = Path(__file__).parent
    return subprocess.Popen([sys.executable, "-c", LOADING, str(folder), str(here), str(here.parent), uri])


def sent(folder: Path) -> int:
    """How many parts are known to have been sent."""
    return sum(len(path.read_text().splitlines()) for path in folder.glob(f"{load.SENT}*"))


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_killed_load_is_gone_on_with(
    tmp_path: Path, served: Served, hashing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    write(tmp_path / "papers", 30)
    process = loading(folder, served.uri)
    wait_for(lambda: sent(folder) >= 4)
    process.kill()
    process.wait()
    begun = sent(folder)
    assert not (folder / "manifest.json").exists()
    rows: list[int] = []
    real = Collection.upsert
    monkeypatch.setattr(Collection, "upsert", lambda self, some: (rows.append(len(some)), real(self, some))[1])
    Shelf(folder, None, "hashed", engine={"name": "milvus", "uri": served.uri}).add([tmp_path / "papers"])
    assert 4 <= begun < 30
    assert sum(rows) < sum(parts_of(folder).values()) - 4
    assert parts_in(collection_of(folder)) == parts_of(folder)
    assert not list(folder.glob(f"{load.SENT}*"))
    embedded = Shelf(tmp_path / "embedded", None, "hashed")
    embedded.add([tmp_path / "papers"])
    one, other = (answered(opening.read(tmp_path / name), "红藻的产量是多少？") for name in ("index", "embedded"))
    assert one == other
    load.Loader(folder, served.uri).forget()


@own_server
def test_a_server_that_is_started_anew_is_waited_for(tmp_path: Path, served: Served, hashing: None) -> None:
    folder = tmp_path / "index"
    write(tmp_path / "papers", 30)
    process = loading(folder, served.uri)
    wait_for(lambda: sent(folder) >= 4)
    served.kill()
    time.sleep(2)
    assert process.poll() is None
    served.start()
    assert process.wait(120) == 0
    assert parts_in(collection_of(folder)) == parts_of(folder)
    load.Loader(folder, served.uri).forget()


def test_one_asks_while_another_adds(library_of: Callable[..., tuple[Shelf, Path]], tmp_path: Path) -> None:
    shelf, folder = library_of(25)
    wanted = answered(opening.read(folder), "红藻的产量是多少？")
    opened = opening.read(folder)
    seen: list[dict[str, Any]] = []
    done = threading.Event()

    def asking() -> None:
        while not done.is_set():
            seen.append(answered(opened, "红藻的产量是多少？"))

    thread = threading.Thread(target=asking)
    thread.start()
    for number in range(3):
        (tmp_path / "papers" / f"one-{number}.md").write_text(
            f"# 红藻{number}\n\n红藻的产量是{number}吨。\n", encoding="utf-8"
        )
        shelf.update()
    done.set()
    thread.join()
    assert len(seen) > 1
    assert all(one == wanted for one in seen)


def test_what_is_not_the_collection_of_this_index(library_of: Callable[..., tuple[Shelf, Path]]) -> None:
    _, folder = library_of(8)
    collection = collection_of(folder)
    opened = opening.read(folder)
    stamp = opened.engine.frame.stamp  # type: ignore[attr-defined]
    key = Store(folder).manifest()["documents"][2]["part"]
    collection.delete([key])
    with pytest.raises(IndexDamaged, match=r"has \d+ rows, expected \d+; run `yinzheng index build"):
        ask(opening.read(folder), "红藻？")
    client = collection.server._client
    found = client.get(collection.name, ids=["stamp"], output_fields=["*"])[0]
    client.upsert(collection.name, [{**found, "part": stamp.replace("hashed", "another")}])
    with pytest.raises(IndexStale, match=r"was made by format 1, encoder another.*expected format 1, encoder hashed"):
        ask(opening.read(folder), "红藻？")
    collection.drop()
    with pytest.raises(IndexDamaged, match="is not there; run `yinzheng index build"):
        ask(opening.read(folder), "红藻？")
    client.create_collection(collection.name, dimension=4)
    with pytest.raises(IndexStale, match="was made by something else"):
        ask(opening.read(folder), "红藻？")


def test_it_moves_back(reviews: dict[str, Path], served: Served, tmp_path: Path) -> None:
    folder = shutil.copytree(reviews["embedded"], tmp_path / "index")
    assert yinzheng("index", "build", "--index", folder, "--engine", "milvus", "--uri", served.uri).returncode == 0
    collection = collection_of(folder)
    assert collection.exists()
    moved = yinzheng("index", "build", "--index", folder, "--engine", "embedded")
    assert moved.returncode == 0, moved.stderr
    assert not collection.exists()
    assert Store(folder).manifest()["fingerprint"] == Store(reviews["embedded"]).manifest()["fingerprint"]


def test_a_server_that_is_not_there(reviews: dict[str, Path], tmp_path: Path) -> None:
    before = Store(reviews["embedded"]).manifest()
    uri = f"http://127.0.0.1:{free()}"
    failed = yinzheng("index", "build", "--index", reviews["embedded"], "--engine", "milvus", "--uri", uri)
    assert failed.returncode == 2
    assert failed.stdout == ""
    assert f"Milvus at {uri} does not answer" in failed.stderr
    assert "start it" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert Store(reviews["embedded"]).manifest() == before
    assert yinzheng("ask", "谁构建了CAAR-NK？", "--index", reviews["embedded"]).returncode == 0


@own_server
def test_a_server_is_searched_through_a_restart(
    library_of: Callable[..., tuple[Shelf, Path]], served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SCORED_WHOLE", 10)
    _, folder = library_of(8)
    opened, texts = opening.read(folder), ("红藻在冬季停止生长吗？", "What is the yield of kelp?")
    wanted = [answered(opened, text) for text in texts]
    opened.engine.collection.server.patience = 60  # type: ignore[attr-defined]
    served.kill()
    starter = threading.Timer(2, served.start)
    starter.start()
    assert [answered(opened, text) for text in texts] == wanted
    starter.join()
    assert [answered(opening.read(folder), text) for text in texts] == wanted


@own_server
def test_a_server_that_hangs_is_not_waited_for_without_end(
    library_of: Callable[..., tuple[Shelf, Path]], served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, folder = library_of(8)
    opened = opening.read(folder)
    ask(opened, "红藻？")
    monkeypatch.setattr(settings, "SCORED_WHOLE", 10)
    opened.engine.collection.server.patience = 1.5  # type: ignore[attr-defined]
    served.hang()
    try:
        with pytest.raises(EngineUnavailable, match=r"does not answer \(deadline exceeded\)"):
            ask(opened, "绿藻在冬季停止生长吗？")
    finally:
        served.go_on()
    assert answered(opened, "绿藻在冬季停止生长吗？") == answered(opening.read(folder), "绿藻在冬季停止生长吗？")
