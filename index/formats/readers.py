"""Which formats there are, what reads each, and the suffixes of its files.

Another package adds one with an entry point of the group `yinzheng.formats`, whose name is the format's and whose value
is a `Reader`; a program, with `READERS.register`. Its module runs where ours do (see `sandbox`).
"""

from __future__ import annotations

from dataclasses import dataclass

from index.machine.registry import Registry


@dataclass(frozen=True, slots=True)
class Reader:
    """`module` has `read(data: bytes) -> Extract` and raises SourceError for a file that it cannot read.

    `suffixes` are in small letters, with their dot. `lined` says that the lines of the extract are those of the file:
    quotes are then cited by them. Raise `version` when another text comes of the same file, which is then read anew.
    """

    module: str
    suffixes: tuple[str, ...]
    lined: bool = False
    version: str = ""

    def __post_init__(self) -> None:
        if not self.suffixes or not all(one.startswith(".") and one == one.lower() for one in self.suffixes):
            raise ValueError(f"a reader needs suffixes such as .txt, in small letters, found {self.suffixes}")


# Our own, which no other may replace.
OWN = {
    "txt": Reader("index.formats.txt", (".txt", ".text"), lined=True),
    "md": Reader("index.formats.markdown", (".md", ".markdown"), lined=True),
    "html": Reader("index.formats.html", (".html", ".htm", ".xhtml")),
    "docx": Reader("index.formats.docx", (".docx",)),
    "pdf": Reader("index.formats.pdf", (".pdf",)),
}
READERS = Registry("yinzheng.formats", OWN, lambda one: isinstance(one, Reader))


def by_suffix() -> dict[str, str]:
    """The format of each suffix; of two formats that claim one, the first has it."""
    found: dict[str, str] = {}
    for format, reader in READERS.all().items():
        for suffix in reader.suffixes:
            found.setdefault(suffix, format)
    return found


def modules() -> dict[str, str]:
    """The module that reads each format."""
    return {format: reader.module for format, reader in READERS.all().items()}


def lined(format: str) -> bool:
    """Whether a format's lines are those of its files; not where nothing reads it any more."""
    reader = READERS.get(format)
    return reader is not None and reader.lined


def version(format: str) -> tuple[str, ...]:
    """What a text hangs on beside its file, where the format is another package's; our own code is known by its sum."""
    reader = READERS.get(format)
    return () if format in OWN or reader is None else (reader.version,)
