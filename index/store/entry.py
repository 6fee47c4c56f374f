"""A document as the manifest of an index lists it: its name, its file, and the part that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, get_args

from index import chunks
from index.formats.extract import Extract, Format
from index.records import Document, Language, Listed
from index.store.part import Name


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of an index.

    `sentences` are those that are searched, a table's rows among them. `path` is where its file was read; `listed`
    says that `sources.toml` lists it, else it was added by hand. `part` is the folder that holds it, and `digest` the
    SHA-256 of that folder's sums.
    """

    id: str
    file: str
    title: str
    language: Language
    format: Format
    encoding: str | None
    sha256: str
    path: str
    listed: bool
    pages: int
    paragraphs: int
    sentences: int
    references: int
    repairs: dict[str, int]
    notes: tuple[str, ...]
    part: str
    digest: str

    @property
    def name(self) -> Name:
        """What the document is called."""
        return Name(self.id, self.file, self.title, self.sha256)

    @property
    def listed_as(self) -> Listed:
        """The document as a list shows it."""
        return Listed(self.id, self.file, self.title, self.sha256, self.language, self.format)

    @property
    def size(self) -> tuple[int, int]:
        """How many sentences and paragraphs are searched."""
        return self.sentences, self.paragraphs

    @classmethod
    def of(cls, document: Document, extract: Extract, *, path: str, listed: bool, part: str, digest: str) -> Entry:
        """The entry of a document."""
        repairs: dict[str, int] = {}
        for edit in document.edits:
            repairs[edit.rule] = repairs.get(edit.rule, 0) + 1
        sentences, paragraphs = chunks.counts(document)
        return cls(
            id=document.id,
            file=document.file,
            title=document.title,
            language=document.language,
            format=extract.format,
            encoding=extract.encoding,
            sha256=document.sha256,
            path=path,
            listed=listed,
            pages=len(extract.places.sizes) if extract.places else 0,
            paragraphs=paragraphs,
            sentences=sentences,
            references=len(document.paragraphs) - paragraphs,
            repairs=dict(sorted(repairs.items())),
            notes=extract.notes,
            part=part,
            digest=digest,
        )

    def to_json(self) -> dict[str, Any]:
        """This entry as the manifest has it."""
        return {**asdict(self), "notes": list(self.notes)}

    @classmethod
    def from_json(cls, value: Any) -> Entry:
        """The entry that `to_json` made; ValueError for anything else."""
        names = {field.name for field in fields(cls)}
        if not isinstance(value, dict) or set(value) != names or not isinstance(value["notes"], Sequence):
            raise ValueError("expected the entry of a document")
        made = cls(**{**value, "notes": tuple(value["notes"])})
        texts = (
            made.id,
            made.file,
            made.format,
            made.title,
            made.sha256,
            made.path,
            made.part,
            made.digest,
            *made.notes,
        )
        counts = (made.pages, made.paragraphs, made.sentences, made.references)
        if (
            not all(isinstance(text, str) for text in texts)
            or not all(type(count) is int and count >= 0 for count in counts)
            or made.language not in get_args(Language)
            or not isinstance(made.encoding, str | None)
            or not isinstance(made.listed, bool)
            or not isinstance(made.repairs, dict)
            or not all(type(count) is int for count in made.repairs.values())
        ):
            raise ValueError("expected the entry of a document, found other kinds of values")
        return made
