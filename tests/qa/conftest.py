"""What the tests of answering share: a command line run in this process, goldens, and a tiny quick corpus."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import ARGUMENTS, CHROMIUM, INSTALL, Tab
from fake import Fake
from hostile import answer as hostile_answer
from hostile import document as hostile_document
from said import Result, Run
from served import Served
from shelved import holding
from tiny_sources import write_sources

from index.build import build
from index.corpus import Corpus
from index.dense import encoder
from index.lexical import glossary
from index.library import Library
from qa.terminal import cli

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCORE = re.compile(r" *\b\d+\.\d{3}\b")
GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `yinzheng` in this process, with these bytes on standard input."""

    def call(*arguments: str | Path, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        said = capsys.readouterr()
        return Result(status, said.out, said.err)

    return call


@pytest.fixture
def review_run(run: Run, library: Library) -> Run:
    """`run` where the default index is the review's and up to date."""
    return run


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares an output with `tests/golden/NAME`; YINZHENG_GOLDEN=write replaces the file first."""

    def compare(name: str, found: str) -> None:
        path = GOLDEN / name
        if os.environ.get("YINZHENG_GOLDEN") == "write":
            path.write_text(found, encoding="utf-8")
        kept = path.read_text(encoding="utf-8")
        # The models' last digits are the processor's: scores of three decimals may differ by a little.
        near = zip(SCORE.findall(found), SCORE.findall(kept), strict=False)
        assert all(abs(float(one) - float(other)) < 0.1 for one, other in near)
        assert SCORE.sub("#", found) == SCORE.sub("#", kept), "read the difference; YINZHENG_GOLDEN=write accepts it"

    return compare


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Puts `Fake` in the place of every encoder, and no dictionary; the list grows with each name loaded."""
    loaded: list[str] = []

    def load(name: str) -> Fake:
        loaded.append(name)
        return Fake()

    monkeypatch.setattr(encoder, "load", load)
    monkeypatch.setattr(glossary, "dictionary", lambda zh, en: [])
    return loaded


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder of sources with one tiny document."""
    return write_sources(tmp_path / "sources")


@pytest.fixture(scope="session")
def tiny_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tiny sources and their index, built once; only `tiny` copies may be written to."""
    folder = tmp_path_factory.mktemp("tiny")
    write_sources(folder / "sources")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder, "load", lambda name: Fake())
        patch.setattr(glossary, "dictionary", lambda zh, en: [])
        build(Corpus(folder / "sources"), folder / "index")
    return folder / "sources", folder / "index"


@pytest.fixture
def tiny(tiny_once: tuple[Path, Path], tmp_path: Path, fake: list[str]) -> Path:
    """A private copy of the index of the tiny sources."""
    shutil.copytree(tiny_once[1], tmp_path / "tiny-index")
    return tmp_path / "tiny-index"


@pytest.fixture(scope="session")
def served(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page over the review and a hostile document.

    "hostile" is answered from that document, "slow" when `go_on` is set, "broken" never.
    """
    from qa.answering import answer as answering
    from qa.answering.answer import Answer, ask
    from qa.answering.scope import EVERYTHING, Scope
    from qa.conversation import desk
    from qa.web import server
    from qa.web.server import Place, serving

    folder = tmp_path_factory.mktemp("served")
    both = holding(library, [*library.documents, hostile_document()])
    found = Served("", folder / "feedback.jsonl", both, folder)
    create = server.create

    def keep(library: Library, place: Place) -> Any:
        found.app = create(library, place)
        return found.app

    def answer(library: Library, question: str, top: int = 3, scope: Scope = EVERYTHING) -> Answer:
        if question == "hostile":
            return hostile_answer()
        if question == "broken":
            raise RuntimeError("a secret of the server")
        if question == "slow":
            found.go_on.wait(20)
        return ask(library, question, top, scope)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk, "ask", answer)
        patch.setattr(answering, "ask", answer)
        patch.setattr(server, "create", keep)
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
        patch.setenv("XDG_CACHE_HOME", str(folder))  # where readers' own documents lie
        with serving(both, Place(port=0, feedback=found.feedback, per_minute=100_000)) as url:
            patch.setattr(server, "create", create)  # other tests serve for themselves
            found.url = url
            yield found


@pytest.fixture(scope="module")  # while it is there, nothing else can run an event loop in this thread
def chromium() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    if not shutil.which(CHROMIUM):
        pytest.skip(f"no {CHROMIUM}: {INSTALL}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-sync"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, served: Served) -> Iterator[Tab]:
    """A window on the page, in a Chinese browser, which must stay without errors."""
    opened = Tab(chromium, served.url).open()
    yield opened
    opened.close()
