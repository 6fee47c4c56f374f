"""The part of an index that belongs to one document alone: made once, and kept while what it is made of stays.

    extract.npz       the text as extracted, its blocks, where it stands on the file's pages
    document.json     repairs, sections, paragraphs, sentences
    sentences.npy …   vectors of sentences and paragraphs, not yet centred; token vectors
    keys.npy          what each of these was made of (see `keys`)

What depends on the other documents too (terms, glossary, centring) is made of all parts by `build`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index import chunks
from index.dense import passages
from index.dense.encoder import Encoder, Vectors
from index.formats.extract import Extract, places_of
from index.formats.places import Places
from index.late import windows
from index.late.leg import LatePart
from index.model.model import Model
from index.records import Document, Listed, Paragraph, Section, Span
from index.repair.edits import Edit
from index.store import keys
from index.store.keys import Keys
from index.structure import outline

if TYPE_CHECKING:
    from index.store.earlier import Earlier

# Called with what is being done, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]

EXTRACT, DOCUMENT, SENTENCES, PARAGRAPHS = "extract.npz", "document.json", "sentences.npy", "paragraphs.npy"
KEYS = "keys.npy"


@dataclass(frozen=True, slots=True)
class Name:
    """What a document is called in its index: the same text may be known elsewhere by another name."""

    id: str
    file: str
    title: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A document and its vectors, `(sentences, dim)` and `(paragraphs, dim)`, references left out.

    A new one that is to be kept has the keys of its sentences, paragraphs and windows, in this order.
    """

    document: Document
    sentences: Vectors
    paragraphs: Vectors
    late: LatePart
    keys: Keys = field(default_factory=keys.none)

    @classmethod
    def make(
        cls, document: Document, encoder: Encoder, model: Model, progress: Progress, earlier: Earlier | None = None
    ) -> Part:
        """Encode a document, but for what is known from an earlier index."""
        rows, paragraphs = chunks.rows([document])
        made_of = [
            *((row.text, chunks.sentence_text(row)) for row in rows),
            *((chunks.paragraph_text(*pair),) for pair in paragraphs),
        ]
        vectors = _vectors(document.id, made_of, encoder, progress, earlier)
        late = LatePart.build(
            model,
            rows,
            lambda done, total: progress("windows", done, total),
            lambda shown: earlier.windows(document.id, shown) if earlier else {},
        )
        made = keys.none()
        if earlier is not None:
            made = earlier.keys(made_of, windows.show(rows, late.windows.tolist()))
        return cls(document, vectors[: len(rows)], vectors[len(rows) :], late, made)

    @property
    def listed(self) -> Listed:
        """The document as a list shows it."""
        return self.document.listed

    @property
    def size(self) -> tuple[int, int]:
        """How many sentences and paragraphs there are."""
        return len(self.sentences), len(self.paragraphs)

    def files(self, extract: Extract) -> Iterator[tuple[str, bytes | NDArray[Any]]]:
        """The names and contents of the files that keep this part (see `kept`)."""
        yield EXTRACT, extract.to_bytes()
        yield DOCUMENT, json.dumps(to_json(self.document), ensure_ascii=False, separators=(",", ":")).encode()
        yield SENTENCES, self.sentences
        yield PARAGRAPHS, self.paragraphs
        yield KEYS, self.keys
        yield from self.late.files()


def key(sha256: str, errata: Sequence[object], made_by: Sequence[str]) -> str:
    """The name of a part: 32 hexadecimal digits over the file, its errata, and what makes parts of files."""
    return hashlib.sha256(repr((sha256, list(errata), list(made_by))).encode()).hexdigest()[:32]


def read_extract(files: Mapping[str, Any]) -> Extract:
    """The extract of a part."""
    return Extract.from_bytes(files[EXTRACT])


def read_document(files: Mapping[str, Any], name: Name) -> Document:
    """The document of a part."""
    kept = files[EXTRACT]
    return from_json(json.loads(files[DOCUMENT]), name, Extract.from_bytes(kept), kept)


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


def from_json(data: dict[str, Any], name: Name, extract: Extract, kept: bytes) -> Document:
    """A document from what `to_json` made of it; its places, if any, stay packed in `kept` until they are needed."""
    paragraphs = []
    for part in data["sections"]:
        heading = Span(*part["heading"]) if part["heading"] else None
        section = Section(part["number"], tuple(part["titles"]), heading)
        for item in part["paragraphs"]:
            spans = tuple(Span(*pair) for pair in item["sentences"])
            paragraphs.append(
                Paragraph(item["id"], section, spans[0].start, spans[-1].end, item["language"], spans, item["kind"])
            )

    def places() -> Places | None:
        return places_of(BytesIO(kept))

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
        read_places=places if extract.places else lambda: None,
    )


def _vectors(
    id: str,
    made_of: Sequence[tuple[str, ...]],
    encoder: Encoder,
    progress: Progress,
    earlier: Earlier | None,
) -> Vectors:
    """A text's vector, or that between two: a sentence's is half by itself, half after its title.

    (Each alone is worse: see `settings`.)
    """
    known = earlier.vectors(id, made_of) if earlier else {}
    new = [texts for place, texts in enumerate(made_of) if place not in known]
    total, left = len(made_of), len(new)
    encoded = passages.encode(
        encoder,
        [*(texts[0] for texts in new), *(texts[-1] for texts in new)],
        lambda share: progress("encoding", total - left + int(share * left), total),
    )
    found = np.empty((total, encoder.dim), dtype=np.float32)
    found[[place for place in range(total) if place not in known]] = passages.between(encoded[:left], encoded[left:])
    for place, vector in known.items():
        found[place] = vector
    return found
