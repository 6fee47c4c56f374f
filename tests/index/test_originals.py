"""Every format: what the index holds of a file is what is read of it again, offset by offset."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.bench.files.written import Plain, chromium, office
from index import opening
from index.errors import SourceError
from index.formats.sandbox import Sandbox
from index.originals import Originals
from index.shelf import Shelf
from index.store.store import Store

PLAIN = Plain(
    "On tea 论茶",
    "en",
    (
        (2, "1 Green tea"),
        (0, "Green tea is picked in spring. It is brewed at 80 degrees for three minutes."),
        (0, "绿茶在春天采摘，用八十度的水冲泡三分钟。它不发酵［1］。"),
        (2, "2 Black tea"),
        (0, "Black tea is fully fermented, and its leaves are dried at 90 degrees afterwards."),
    ),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one


def typst(text: str) -> bytes:
    import typst as engine

    return bytes(engine.compile(text.encode()))


TWO_COLUMNS = """#set page(columns: 2, header: [A running head], numbering: "1")
#set par(justify: true)
= Tea
Green tea is picked in spring. #lorem(120)

== Brewing
It is brewed at 80 degrees for three minutes. #lorem(400)
"""


def write(folder: Path, kind: str) -> Path:
    """A real file of that kind."""
    path = folder / f"paper.{kind.split()[0]}"
    if kind in ("docx", "pdf by office") and not shutil.which("soffice"):
        pytest.skip("LibreOffice is missing: apt-get install libreoffice-writer-nogui")
    if kind == "pdf by chromium" and not shutil.which("chromium"):
        pytest.skip("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    path.write_bytes(
        {
            "txt": lambda: PLAIN.text().encode("gb18030"),
            "md": lambda: PLAIN.markdown().replace("\n", "\r\n").encode("utf-8-sig"),
            "html": lambda: PLAIN.html().encode(),
            "docx": lambda: office(PLAIN.html(), "paper.docx"),
            "pdf by office": lambda: office(PLAIN.html(), "paper.pdf"),
            "pdf by chromium": lambda: chromium(PLAIN.html(2), "paper.pdf"),
            "pdf by typst": lambda: typst(TWO_COLUMNS),
        }[kind]()
    )
    return path


SLOW = pytest.mark.slow
KINDS = [
    *("txt", "md", "html", "pdf by typst"),
    *(pytest.param(kind, marks=SLOW) for kind in ("docx", "pdf by office", "pdf by chromium")),
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_what_is_read_again(tmp_path: Path, kind: str, hashed_encoder: str, sandbox: Sandbox) -> None:
    path = write(tmp_path, kind)
    (outcome,) = Shelf(tmp_path / "index", None, hashed_encoder, sandbox=sandbox).add([path]).outcomes
    assert outcome.what == "added", outcome.why
    (kept,) = opening.read(tmp_path / "index").documents
    again = Originals(None, Store(tmp_path / "index").entries(), sandbox).document("paper")
    assert again == kept
    assert (again.source, again.edits, again.paragraphs) == (kept.source, kept.edits, kept.paragraphs)
    shown = " ".join(kept.display(one.start, one.end) for one in kept.paragraphs)
    assert "Green tea is picked in spring." in shown
    assert "brewed at 80 degrees for three minutes." in shown
    for paragraph in kept.paragraphs:
        for span in paragraph.sentences:
            assert kept.display(span.start, span.end)
            boxes = kept.boxes(span.start, span.end)
            assert bool(boxes) == kind.startswith("pdf")
            assert boxes == again.boxes(span.start, span.end)
            if boxes:
                assert kept.page(span.start) == boxes[0].page
                assert all(box.left < box.right and box.top < box.bottom for box in boxes)


def test_a_file_that_changed_is_read_as_it_is_now(tmp_path: Path, hashed_encoder: str, sandbox: Sandbox) -> None:
    path = write(tmp_path, "md")
    Shelf(tmp_path / "index", None, hashed_encoder, sandbox=sandbox).add([path])
    (kept,) = opening.read(tmp_path / "index").documents
    path.write_text(PLAIN.markdown().replace("spring", "autumn"), encoding="utf-8")
    again = Originals(None, Store(tmp_path / "index").entries(), sandbox).document("paper")
    assert again.sha256 != kept.sha256
    assert "autumn" in again.source
    path.unlink()
    with pytest.raises(SourceError, match=r"paper\.md is not there"):
        Originals(None, Store(tmp_path / "index").entries(), sandbox).document("paper")
