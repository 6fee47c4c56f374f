"""From `sources.toml` and its files to Documents; every hash is checked on the way.

`Corpus` is the folder of sources. It never writes. `structure` and `repair` do the reading; `build`
comes next.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index import settings
from index.errors import NotFound, SourceError
from index.formats.extract import Extract
from index.records import Document, Language
from index.repair import errata
from index.repair.errata import Erratum
from index.store import part
from index.store.part import Name

_FIELDS = ("id", "file", "title", "language", "origin", "sha256")


def default_folder() -> Path:
    """The sources that come with the package: beside it in a checkout, inside it when installed."""
    inside = Path(__file__).parent / "seeds"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "seeds"


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of `sources.toml`, checked."""

    id: str
    file: str
    title: str
    language: Language
    origin: str
    sha256: str


class Corpus:
    """A folder with `sources.toml`, source files and their errata tables."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()
        self.sources = tuple(self._entries())

    def _entries(self) -> Iterator[Source]:
        path = self.folder / "sources.toml"
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
        except FileNotFoundError:
            raise SourceError(f"no sources.toml in {self.folder}", "name a folder that has one") from None
        except (OSError, ValueError, RecursionError) as error:
            raise SourceError(f"{path} cannot be read ({error})", "correct that file") from None
        if not isinstance(entries, list) or not entries:
            raise SourceError(f"{path} has no [[source]] entry", "add one for each document")
        seen: set[str] = set()
        for number, entry in enumerate(entries, start=1):
            source = _checked(entry, f"{path} entry {number}")
            if source.id in seen:
                raise SourceError(f"{path} has two sources {source.id!r}", "give each its own id")
            seen.add(source.id)
            yield source

    def source(self, id: str) -> Source:
        """The entry of that id; NotFound names the ones there are."""
        for source in self.sources:
            if source.id == id:
                return source
        known = ", ".join(source.id for source in self.sources)
        raise NotFound(f"no source {id!r} in {self.folder / 'sources.toml'}", f"it lists {known}")

    def read(self, source: Source) -> str:
        """The text of a source as decoded, its hash checked against the entry."""
        data = self.read_bytes(source)
        found = hashlib.sha256(data).hexdigest()
        path = self.folder / source.file
        if found != source.sha256:
            raise SourceError(
                f"{path} has changed: its SHA-256 is {found[:12]}…, {source.sha256[:12]}… was expected",
                f"put the file back, or write the new hash into {self.folder / 'sources.toml'} "
                "and run `yinzheng index build`",
            )
        return decode(data, path)

    def read_bytes(self, source: Source) -> bytes:
        """The bytes of a source; a missing, unreadable or oversized file is a SourceError."""
        path = self.folder / source.file
        try:
            size = path.stat().st_size
            if size > settings.SOURCE_BYTES_MAX:
                raise SourceError(
                    f"{path} has {size / 1e6:.1f} MB, at most {settings.SOURCE_BYTES_MAX / 1e6:.0f} MB are read",
                    "split it into several sources",
                )
            return path.read_bytes()
        except OSError as error:
            raise SourceError(
                f"{path} cannot be read ({error.strerror})",
                f"put the file there or drop its entry from {self.folder / 'sources.toml'}",
            ) from None

    def documents(self) -> tuple[Document, ...]:
        """Every source, read, repaired and structured, in the order of `sources.toml`."""
        return tuple(self.document(source) for source in self.sources)

    def extract(self, source: Source) -> Extract:
        """The text of a source, whose slips are mended by rules and by its errata."""
        return Extract("txt", self.read(source), scanned=True)

    def errata(self, source: Source) -> tuple[Erratum, ...]:
        """The table of a source's errata, empty where it has none."""
        return errata.read(self._table(source))

    def _table(self, source: Source) -> Path:
        return self.folder / f"{source.file}.errata.tsv"

    def document(self, source: Source) -> Document:
        """One source, read, repaired and structured."""
        extract = self.extract(source)
        edits = errata.edits(extract.text, self.errata(source), self._table(source).name)
        name = Name(source.id, source.file, source.title, source.sha256)
        made = part.document(name, extract, edits)
        if not made.paragraphs:
            raise SourceError(f"{self.folder / source.file} has no text", "put the document there")
        return replace(made, language=source.language)

    def fingerprint(self, without: Iterable[str] = ()) -> str:
        """SHA-256 over what the documents are made of, but for some ids: entries, file bytes, errata tables."""
        removed = frozenset(without)
        digest = hashlib.sha256()
        for source in self.sources:
            if source.id not in removed:
                digest.update(repr(source).encode())
                digest.update(hashlib.sha256(self.read_bytes(source)).digest())
                digest.update(repr(self.errata(source)).encode())
        return digest.hexdigest()


def decode(data: bytes, path: Path) -> str:
    """UTF-8 to text, a byte-order mark dropped and nothing else changed."""
    if not data.strip():
        raise SourceError(f"{path} is empty", "put the document there")
    if b"\0" in data:
        raise SourceError(f"{path} is not text (it holds NUL bytes)", "save it as UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path} is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x})",
            f"convert it, as in `iconv -f GB18030 -t UTF-8 {path.name}`",
        ) from None


def _checked(entry: Any, where: str) -> Source:
    if not isinstance(entry, dict) or sorted(entry) != sorted(_FIELDS):
        raise SourceError(f"{where} is malformed", "expected the keys " + ", ".join(_FIELDS))
    wrong = [key for key in _FIELDS if not isinstance(entry[key], str) or not entry[key]]
    if wrong:
        raise SourceError(f"{where}: {wrong[0]} is not a text", "every key takes a non-empty string")
    if entry["language"] not in ("zh", "en"):
        raise SourceError(f"{where}: language is {entry['language']!r}", "expected zh or en")
    if Path(entry["file"]).name != entry["file"] or not entry["file"].isprintable():
        raise SourceError(f"{where}: file is {entry['file']!r}", "expected a file name in that folder")
    return Source(**entry)
