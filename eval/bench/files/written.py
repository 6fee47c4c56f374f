"""A document written out in every format, by the programs that people write with, to be read again.

The words are those of a document of the library as they are shown; headings, paragraphs and their order are known, so
that what a reader makes of the file can be held against them. `formats` measures.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError
from index.records import Document

# Seconds that a program may take.
SECONDS = 180

_STYLE = """
@page { size: A4; margin: 25mm 20mm; @top-center { content: "A running head"; font-size: 8pt }
        @bottom-center { content: counter(page); font-size: 8pt } }
body { font-family: "Noto Serif CJK SC", serif; font-size: 10.5pt; line-height: 1.5; text-align: justify }
h1 { font-size: 18pt } h2 { font-size: 14pt } h3 { font-size: 12pt }
main { column-count: COLUMNS; column-gap: 8mm } p { text-indent: 2em; margin: 0 }
"""


@dataclass(frozen=True, slots=True)
class Plain:
    """What is to be read again: the title, then each heading with its depth (2 and more), and each paragraph (0)."""

    title: str
    language: str
    parts: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, document: Document) -> Plain:
        """The words of a document, without the headings that are ours, one line a paragraph."""
        parts: list[tuple[int, str]] = []
        for section, paragraphs in document.sections():
            if section.heading is not None:
                parts.append((len(section.titles) + 1, section.titles[-1]))
            for one in paragraphs:
                parts.append((0, " ".join(document.display(one.start, one.end).split())))
        return cls(document.title.strip("[]"), document.language, tuple(parts))

    def html(self, columns: int = 1) -> str:
        """As a web page."""
        body = "".join(
            f"<h{level}>{html.escape(text)}</h{level}>\n" if level else f"<p>{html.escape(text)}</p>\n"
            for level, text in self.parts
        )
        style = _STYLE.replace("COLUMNS", str(columns))
        return (
            f'<!doctype html><html lang="{self.language}"><head><meta charset="utf-8">'
            f"<title>{html.escape(self.title)}</title><style>{style}</style></head>"
            f"<body><article><h1>{html.escape(self.title)}</h1><main>{body}</main></article></body></html>"
        )

    def markdown(self) -> str:
        """As Markdown, with what could be markup escaped."""

        def plain(text: str) -> str:
            return "".join("\\" + char if char in "\\`*_{}[]<>#+-.!|~" and char.isascii() else char for char in text)

        parts = [("#" * level + " " if level else "") + plain(text) for level, text in self.parts]
        return "\n\n".join([f"# {plain(self.title)}", *parts]) + "\n"

    def text(self) -> str:
        """As plain text, a blank line between any two parts."""
        return "\n\n".join(text for _, text in self.parts) + "\n"


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a format, as some program wrote it."""

    name: str
    file: str
    data: bytes


def written(plain: Plain) -> Iterator[Written]:
    """The document in every format; InputError where LibreOffice or Chromium is missing."""
    yield Written("text, UTF-8", "paper.txt", plain.text().encode())
    yield Written("text, GB18030", "paper.txt", plain.text().encode("gb18030"))
    yield Written("text, UTF-16", "paper.txt", plain.text().encode("utf-16"))
    yield Written("Markdown", "paper.md", plain.markdown().encode())
    yield Written("HTML", "paper.html", plain.html().encode())
    for name, file, columns, convert in (
        ("DOCX by LibreOffice", "paper.docx", 1, office),
        ("PDF by LibreOffice", "paper.pdf", 1, office),
        ("PDF by Chromium", "paper.pdf", 1, chromium),
        ("PDF by Chromium, two columns", "paper.pdf", 2, chromium),
    ):
        yield Written(name, file, convert(plain.html(columns), file))


def office(page: str, file: str) -> bytes:
    """A page as LibreOffice Writer saves it."""
    kind = Path(file).suffix[1:]
    filters = {"docx": "docx:MS Word 2007 XML", "pdf": "pdf:writer_pdf_Export"}

    def command(folder: Path) -> list[str]:
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        how = [profile, "--headless", "--writer", "--convert-to", filters[kind], "--outdir", str(folder)]
        return [_program("soffice", "libreoffice-writer-nogui"), *how, str(folder / "page.html")]

    return _made(page, f"page.{kind}", command)


def chromium(page: str, file: str) -> bytes:
    """A page as Chromium prints it."""

    def command(folder: Path) -> list[str]:
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        quiet += ["--disable-component-update", "--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}"]
        to = f"--print-to-pdf={folder / 'page.pdf'}"
        return [_program("chromium", "chromium"), *quiet, to, (folder / "page.html").as_uri()]

    return _made(page, "page.pdf", command)


def _made(page: str, name: str, command: Callable[[Path], list[str]]) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "page.html").write_text(page, encoding="utf-8")
        done = subprocess.run(command(folder), capture_output=True, timeout=SECONDS, check=False)
        if not (folder / name).exists():
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise InputError(f"{command(folder)[0]} wrote no {name} ({' '.join(said)})", "run it by hand to see why")
        return (folder / name).read_bytes()


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise InputError(f"{name} is missing", f"run `apt-get install {package}`")
    return found
