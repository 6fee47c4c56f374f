"""The part of an index that belongs to one document alone: made once, and kept while what it is made of stays.

    parts/<key>/extract.npz       the text as extracted, its blocks, where it stands on the file's pages
    parts/<key>/document.json     repairs, sections, paragraphs, sentences
    parts/<key>/sentences.npy …   vectors of sentences and paragraphs, not yet centred; token vectors
    parts/<key>/part.json         the SHA-256 of each of these

What depends on the other documents too (terms, glossary, centring) is made of all parts by `build`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index import chunks
from index.encoder import Encoder, Vectors
from index.errors import IndexDamaged
from index.formats.extract import Extract, places_of
from index.late import LatePart
from index.model import Model
from index.records import Document, Paragraph, Section, Span
from index.repair.edits import Edit
from index.structure import outline

# Called with what is being done, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]

# Passages encoded between two reports of progress.
BATCH = 8

SUMS = "part.json"


@dataclass(frozen=True, slots=True)
class Name:
    """What a document is called in its index: the same text may be known elsewhere by another name."""

    id: str
    file: str
    title: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A document and its vectors, `(sentences, dim)` and `(paragraphs, dim)`, references left out."""

    document: Document
    sentences: Vectors
    paragraphs: Vectors
    late: LatePart

    @classmethod
    def make(cls, document: Document, encoder: Encoder, model: Model, progress: Progress) -> Part:
        """Encode a document."""
        rows, paragraphs = chunks.rows([document])
        plain = [row.text for row in rows]
        titled = [chunks.sentence_text(row) for row in rows]
        whole = [chunks.paragraph_text(*pair) for pair in paragraphs]
        vectors = _encode(encoder, plain + titled + whole, progress)
        n = len(rows)
        late = LatePart.build(model, rows, lambda done, total: progress("windows", done, total))
        return cls(document, _between(vectors[:n], vectors[n : 2 * n]), vectors[2 * n :], late)

    def write(self, folder: Path, extract: Extract) -> None:
        """Write everything into an empty folder, the sums last."""
        (folder / "extract.npz").write_bytes(extract.to_bytes())
        document = json.dumps(to_json(self.document), ensure_ascii=False, separators=(",", ":"))
        (folder / "document.json").write_text(document, encoding="utf-8")
        np.save(folder / "sentences.npy", self.sentences, allow_pickle=False)
        np.save(folder / "paragraphs.npy", self.paragraphs, allow_pickle=False)
        self.late.write(folder)
        sums = {path.name: sha256(path) for path in sorted(folder.iterdir())}
        (folder / SUMS).write_text(json.dumps(sums), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, name: Name) -> Part:
        """What `write` wrote; OSError, ValueError or KeyError where it cannot be read. Vectors stay on disk."""
        return cls(
            read_document(folder, name),
            np.load(folder / "sentences.npy", mmap_mode="r", allow_pickle=False),
            np.load(folder / "paragraphs.npy", mmap_mode="r", allow_pickle=False),
            LatePart.read(folder),
        )


def key(sha256: str, errata: Sequence[object], made_by: Sequence[str]) -> str:
    """The name of a part: 32 hexadecimal digits over the file, its errata, and what makes parts of files."""
    return hashlib.sha256(repr((sha256, list(errata), list(made_by))).encode()).hexdigest()[:32]


def sha256(path: Path) -> str:
    """The SHA-256 of a file, read block by block."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(folder: Path, mend: str, digest: str | None = None) -> None:
    """Raise IndexDamaged unless every file of a part is as it was written, and their sums, if given, are these."""
    try:
        if digest is not None and sha256(folder / SUMS) != digest:
            raise IndexDamaged(f"{folder / SUMS} is damaged: its SHA-256 is not the recorded one", mend)
        for name, expected in json.loads((folder / SUMS).read_text(encoding="utf-8")).items():
            if sha256(folder / name) != expected:
                raise IndexDamaged(f"{folder / name} is damaged: its SHA-256 is not the recorded one", mend)
    except OSError as error:
        raise IndexDamaged(f"{error.filename} cannot be read ({error.strerror})", mend) from None
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise IndexDamaged(f"{folder / SUMS} cannot be read ({error})", mend) from None


def read_extract(folder: Path) -> Extract:
    """The extract of a part."""
    return Extract.from_bytes((folder / "extract.npz").read_bytes())


def read_document(folder: Path, name: Name) -> Document:
    """The document of a part."""
    extract = read_extract(folder)
    data = json.loads((folder / "document.json").read_text(encoding="utf-8"))
    return from_json(data, name, extract, folder / "extract.npz")


def document(name: Name, extract: Extract, errata: Sequence[Edit] = ()) -> Document:
    """A document from what was extracted, repaired and structured; without paragraphs where there is no text."""
    found = outline.read(extract, errata)
    return Document(
        id=name.id,
        file=name.file,
        title=name.title,
        language=found.language,
        sha256=name.sha256,
        source=extract.text,
        edits=found.edits,
        paragraphs=found.paragraphs,
        format=extract.format,
        read_places=lambda: extract.places,
    )


def to_json(document: Document) -> dict[str, Any]:
    """A document without its name and its text, as plain data."""
    return {
        "language": document.language,
        "edits": [list(asdict(edit).values()) for edit in document.edits],
        "sections": [
            {
                "number": section.number,
                "titles": section.titles,
                "heading": [section.heading.start, section.heading.end] if section.heading else None,
                "paragraphs": [
                    {
                        "id": p.id,
                        "language": p.language,
                        "kind": p.kind,
                        "sentences": [[s.start, s.end] for s in p.sentences],
                    }
                    for p in paragraphs
                ],
            }
            for section, paragraphs in document.sections()
        ],
    }


def from_json(data: dict[str, Any], name: Name, extract: Extract, file: Path) -> Document:
    """A document from what `to_json` made of it; its places are read from `file` when they are needed."""
    paragraphs = []
    for part in data["sections"]:
        heading = Span(*part["heading"]) if part["heading"] else None
        section = Section(part["number"], tuple(part["titles"]), heading)
        for item in part["paragraphs"]:
            spans = tuple(Span(*pair) for pair in item["sentences"])
            paragraphs.append(
                Paragraph(item["id"], section, spans[0].start, spans[-1].end, item["language"], spans, item["kind"])
            )

    def places() -> Any:
        try:
            with file.open("rb") as opened:
                return places_of(opened)
        except OSError:
            return None  # the index was replaced while this one is in use

    return Document(
        id=name.id,
        file=name.file,
        title=name.title,
        language=data["language"],
        sha256=name.sha256,
        source=extract.text,
        edits=tuple(Edit(*edit) for edit in data["edits"]),
        paragraphs=tuple(paragraphs),
        format=extract.format,
        read_places=places,
    )


def _between(plain: Vectors, titled: Vectors) -> Vectors:
    """A sentence's vector: half by itself, half after its title (each alone is worse, see `settings`)."""
    return ((plain + titled) / 2).astype(np.float32)


def _encode(model: Encoder, texts: list[str], progress: Progress) -> Vectors:
    """Each text's vector, equal texts encoded once."""
    distinct = list(dict.fromkeys(texts))
    found: list[Vectors] = []
    for at in range(0, len(distinct), BATCH):
        progress("encoding", at, len(distinct))
        found.append(model.passages(distinct[at : at + BATCH]))
    progress("encoding", len(distinct), len(distinct))
    place = {text: row for row, text in enumerate(distinct)}
    return np.concatenate(found)[[place[text] for text in texts]]
