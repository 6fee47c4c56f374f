"""A folder of files that are out to do harm: each is named with its reason, and the good ones among them are read."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index import opening
from index.formats.sandbox import Sandbox
from index.shelf import Shelf

GOOD = "绿茶在春天采摘，用八十度的水冲泡三分钟。\n"


def pdf(*objects: str, trailer: str = "") -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalogue."""
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return out + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()


CATALOGUE = "<< /Type /Catalog /Pages 2 0 R >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << >> >>"
LONG = "<< /Length 2000000000 >>\nstream\nBT\nendstream"


def many_pages(count: int) -> bytes:
    kids = " ".join(["3 0 R"] * count)
    return pdf(CATALOGUE, f"<< /Type /Pages /Count {count} /Kids [{kids}] >>", PAGE, LONG)


def docx(document: bytes, **members: bytes) -> bytes:
    path = Path(os.environ["YINZHENG_TEST_FOLDER"], "made.docx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml", b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
        )
        archive.writestr("word/document.xml", document)
        for name, data in members.items():
            archive.writestr(name, data)
    return path.read_bytes()


ENTITIES = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
HOSTILE = {
    "empty.txt": lambda: b"",
    "blank.md": lambda: b" \n\t\n",
    "binary.txt": lambda: bytes(range(256)) * 20,
    "cut.docx": lambda: docx(b"<w:document/>")[:-30],
    "bomb.docx": lambda: docx(b" " * 500_000_000),
    "entities.docx": lambda: docx(f"<!DOCTYPE d [<!ENTITY e0 'ha'>{ENTITIES}]><w:document>&e11;</w:document>".encode()),
    "outside.docx": lambda: docx(b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><w:document>&x;</w:document>"),
    "deep.html": lambda: b"<html><body>" + b"<div>" * 100_000 + b"text",
    "script.html": lambda: b"<html><body><script>" + b"x=1;" * 1000 + b"</script></body></html>",
    "cut.pdf": lambda: many_pages(3)[:200],
    "loop.pdf": lambda: pdf(CATALOGUE, "<< /Type /Pages /Count 9 /Kids [2 0 R 3 0 R] >>", PAGE, LONG),
    "previous.pdf": lambda: many_pages(1).replace(b"/Root 1 0 R ", b"/Root 1 0 R /Prev 9 "),
    "pages.pdf": lambda: many_pages(10_000),
    "nopages.pdf": lambda: pdf(CATALOGUE, "<< /Type /Pages /Count 0 /Kids [] >>"),
    "junk.pdf": lambda: b"%PDF-1.7\n" + os.urandom(5000),
    "old.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "picture.png": lambda: b"\x89PNG\r\n\x1a\n",
    "two\nlines.pdf": lambda: b"%PDF-1.4\n%%EOF",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=60) as one:
        yield one


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "made").mkdir()
    monkeypatch.setenv("YINZHENG_TEST_FOLDER", str(tmp_path / "made"))
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a good.txt").write_text(GOOD, encoding="utf-8")
    (folder / "z good.md").write_text("# Coffee\n\nCoffee beans are roasted for 12 minutes.\n", encoding="utf-8")
    for name, make in HOSTILE.items():
        (folder / name).write_bytes(make())
    (tmp_path / "secret.txt").write_text("secret words\n", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "nowhere.txt").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.txt")
    return folder


def test_each_is_named_and_the_good_ones_are_read(
    tmp_path: Path, folder: Path, hashed_encoder: str, sandbox: Sandbox
) -> None:
    before = set(tmp_path.rglob("*"))
    begun = time.monotonic()
    paths = [folder, folder / "old.doc", folder / "picture.png"]
    report = Shelf(tmp_path / "index", None, hashed_encoder, sandbox=sandbox).add(paths)
    failed = {Path(outcome.file).name: outcome.why for outcome in report.of("failed")}
    expected = {*HOSTILE, "link.txt", "nowhere.txt", "pipe.txt"} - {"two\nlines.pdf"} | {"two\\nlines.pdf"}
    assert set(failed) == expected
    assert sorted(outcome.id for outcome in report.of("added")) == ["a-good", "z-good"]
    for name, why in failed.items():
        assert why, name
        assert "\n" not in why
        assert "Traceback" not in why
    assert "2.0 GB" not in " ".join(failed.values()), "each has a better reason than that memory ran out"
    for name, said in {
        "bomb.docx": "500 MB once unpacked",
        "deep.html": "deep",
        "pages.pdf": "10000 pages",
        "old.doc": "save it as DOCX",
        "picture.png": "ocrmypdf",
        "empty.txt": "is empty",
        "link.txt": "leads out of",
        "pipe.txt": "is a pipe",
    }.items():
        assert said in failed[name], (name, failed[name])
    assert len(opening.read(tmp_path / "index").documents) == 2
    assert b"secret words" not in b"".join(p.read_bytes() for p in (tmp_path / "index").rglob("*") if p.is_file())
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "index")}
    assert after == before, "something was written outside the index folder"
    assert time.monotonic() - begun < 60


def test_a_file_that_vanishes_or_changes_while_a_folder_is_read(
    tmp_path: Path, hashed_encoder: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index import shelf

    folder = tmp_path / "files"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text(GOOD + name, encoding="utf-8")
    real = shelf.load

    def load(path: Path) -> object:
        if path.name == "a.txt":
            (folder / "b.txt").unlink()
        return real(path)

    monkeypatch.setattr(shelf, "load", load)
    report = Shelf(tmp_path / "index", None, hashed_encoder, sandbox=sandbox).add([folder])
    assert [Path(outcome.file).name for outcome in report.of("added")] == ["a.txt", "c.txt"]
    (failed,) = report.of("failed")
    assert (Path(failed.file).name, failed.why) == ("b.txt", "is not there; check the path")
