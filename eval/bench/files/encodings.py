"""`yinzheng-eval bench encodings`: how often the encoding of a text file is told rightly, by the length of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.bench.sets.read import found, read
from index.errors import SourceError
from index.formats import txt
from qa.terminal.command import DONE
from qa.terminal.console import Console

# Characters of a file; the encodings of a Chinese text, of one in traditional characters, of one in English.
LENGTHS = (10, 20, 50, 200, 1000)
CHINESE = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "utf-16")
TRADITIONAL = ("utf-8", "big5", "gb18030", "utf-16-le")
ENGLISH = ("utf-8", "cp1252", "utf-16-le", "utf-16")
# At most so many files of each length.
FILES = 500


def encodings(paths: Sequence[Path], console: Console, *, data: Path | None) -> int:
    """Print a row for each script and encoding: the share of files, cut from the sets' paragraphs, read as written.

    Files that the encoding cannot write are left out.
    """
    import opencc

    traditional = opencc.OpenCC("s2t").convert
    texts = {"zh": "", "en": ""}
    for path in paths:
        collection = read(found(path, data))
        texts[collection.language] += "\n".join(collection.paragraphs) + "\n"
    rows = []
    for name, text, kinds in (
        ("simplified", texts["zh"], CHINESE),
        ("traditional", traditional(texts["zh"]), TRADITIONAL),
        ("English", texts["en"], ENGLISH),
    ):
        for encoding in kinds if text else ():
            rows.append([name, encoding, *(_share(text, encoding, length) for length in LENGTHS)])
    console.table(("script", "encoding", *(f"{length} characters" for length in LENGTHS)), rows)
    return DONE


def _share(text: str, encoding: str, length: int) -> str:
    files = list(_files(text, encoding, length))
    right = sum(_read(data) == piece for piece, data in files)
    return f"{right / len(files):.3f}" if files else "–"


def _files(text: str, encoding: str, length: int) -> Iterator[tuple[str, bytes]]:
    """Pieces of a text with the bytes that they are written as, spread over it; ASCII alone tells nothing."""
    step = max(length, len(text) // FILES)
    for at in range(0, len(text) - length, step):
        piece = text[at : at + length]
        try:
            data = piece.encode(encoding)
        except UnicodeEncodeError:
            continue
        if piece.strip() and not piece.isascii():
            yield piece, data


def _read(data: bytes) -> str:
    try:
        return txt.decode(data)[0]
    except SourceError:
        return ""
