"""A document written in each format, and how what is read of it is held against it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from eval.bench.files import encodings, formats
from eval.bench.files.written import Plain, Written, written
from index.formats.sandbox import Sandbox
from index.records import Document

if TYPE_CHECKING:
    from index.library import Library

PLAIN = Plain(
    "On tea",
    "en",
    (
        (2, "Green tea"),
        (0, "It is picked in spring. It is *not* fermented [1]."),
        (3, "Brewing"),
        (0, "Three minutes & no more."),
    ),
)


def rows(plain: Plain, several: list[Written]) -> dict[str, list[str]]:
    with Sandbox() as sandbox:
        return {one.name: formats._row(one, plain, sandbox) for one in several}


def test_what_needs_no_program_is_read_again_as_written() -> None:
    several = [
        Written("text", "a.txt", PLAIN.text().encode("utf-16")),
        Written("Markdown", "a.md", PLAIN.markdown().encode()),
        Written("HTML", "a.html", PLAIN.html().encode()),
    ]
    found = rows(PLAIN, several)
    for name in ("Markdown", "HTML"):
        assert found[name][1:6] == ["1.000", "1.000", "1.000", "0.0000", "0.0000"], name
    assert found["text"][3:6] == ["1.000", "0.0000", "0.0000"]


def test_what_is_lost_counts() -> None:
    shorter = Plain("On tea", "en", (*PLAIN.parts[:1], (0, "It is picked in spring."), *PLAIN.parts[2:]))
    (row,) = rows(PLAIN, [Written("less", "a.html", shorter.html().encode())]).values()
    headings, paragraphs, sentences, lost, gained = map(float, row[1:6])
    assert (headings, paragraphs, gained) == (1.0, 0.5, 0.0)
    assert sentences == pytest.approx(2 / 3, abs=1e-3)
    assert lost > 0.1


@pytest.mark.slow
def test_the_review_in_every_format(library: Library, review: Document) -> None:
    for program, package in (("soffice", "libreoffice-writer-nogui"), ("chromium", "chromium")):
        if not shutil.which(program):
            pytest.skip(f"{program} is missing: apt-get install {package}")
    plain = Plain.of(review)
    for name, row in rows(plain, list(written(plain))).items():
        headings, paragraphs, sentences, lost, gained = map(float, row[1:6])
        assert headings >= 0.9, name
        assert paragraphs >= 0.9, name
        assert sentences >= 0.95, name
        assert max(lost, gained) <= 0.01, name


def test_files_of_an_encoding() -> None:
    files = list(encodings._files("绿茶在春天采摘。" * 50, "gb18030", 10))
    assert files
    assert all(data.decode("gb18030") == piece and len(piece) == 10 for piece, data in files)
    assert list(encodings._files("Green tea. " * 50, "utf-8", 10)) == []  # ASCII tells nothing
    assert encodings._share("绿茶在春天采摘，用八十度的水冲泡。" * 50, "utf-8", 20) == "1.000"
