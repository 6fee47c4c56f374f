"""Files to be brought, the page over the review alone, and rooms over a tiny library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Tab
from uploaded import HARBOUR, HOSTILE

from index import opening
from qa.conversation.desk import Desk
from qa.web.rooms import Rooms
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from index.library import Library


TABLE = (
    "# 钟楼\n\n钟楼建于1887年，由陈志远设计。钟楼高四十二米。\n\n| 年份 | 看守 |\n|---|---|\n| 1900 | 王芳 |\n".encode()
)

PAPER = """
#set page(width: 420pt, height: 560pt, columns: 2)
#set document(title: "Green tea and sleep")
= Abstract
In a randomised trial of 214 adults, drinking three cups of green tea after 6 pm delayed sleep by 31 minutes.
= Methods
Participants were recruited in Hangzhou between March 2021 and June 2022. #lorem(60)
#pagebreak()
= Results
Seven participants withdrew because of palpitations. #lorem(40)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    import typst

    folder = tmp_path_factory.mktemp("files")
    made = {
        "paper.pdf": bytes(typst.compile(PAPER.encode())),
        "钟楼.md": TABLE,
        HOSTILE: HARBOUR,
        "bad.pdf": b"this is no PDF",
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in made}


@pytest.fixture(scope="module")
def alone(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the review alone, as it comes out of the box."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
        patch.setenv("XDG_CACHE_HOME", str(folder))
        with serving(library, Place(port=0, feedback=folder / "feedback.jsonl", per_minute=100_000)) as url:
            yield url


@pytest.fixture
def own(chromium: Browser, alone: str) -> Iterator[Tab]:
    opened = Tab(chromium, alone, "en-GB").open()
    yield opened
    opened.close()


@pytest.fixture
def desk(tiny: Path) -> Desk:
    """A desk over the tiny library, of which no question is known."""
    return Desk(opening.read(tiny), points=[])


@pytest.fixture
def open_rooms(desk: Desk, tmp_path: Path) -> Iterator[Callable[..., Rooms]]:
    """Makes rooms over that desk, which are closed in the end."""
    made: list[Rooms] = []

    def make(**changes: Any) -> Rooms:
        made.append(Rooms(desk, tmp_path / "uploads", **changes))
        return made[-1]

    yield make
    for rooms in made:
        rooms.close()
