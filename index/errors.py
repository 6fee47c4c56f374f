"""Everything that can go wrong, in one tree. The edges (command line, chat) catch `YinzhengError`.

    YinzhengError
    ├── SourceError      a source file, its entry in sources.toml, or its errata
    ├── StoreError       the index on disk
    │   ├── IndexMissing     there is none
    │   ├── IndexEmpty       it holds no document
    │   ├── IndexStale       built from other sources, settings or code
    │   ├── IndexDamaged     a file is missing, changed or unreadable
    │   ├── IndexTooLarge    it does not fit into memory
    │   ├── IndexUnwritable  the folder cannot be written
    │   └── EngineUnavailable  the server that its vectors lie on does not answer
    │       └── EngineRefused      it answers, and does not do what is asked
    ├── EncoderError     the embedding model cannot be had
    ├── ModelError       the reading model's weights are missing or damaged
    ├── PackageMissing   a package that only some need is not installed
    ├── NotFound         a paragraph or document that does not exist
    └── InputError       a file or argument of the user's

A question that the source does not answer is a result, never an error. Every message says what was
found, what was expected, and the command that mends it.
"""


class YinzhengError(Exception):
    """The root of the tree; `str(error)` is one line fit to be shown."""

    def __init__(self, found: str, mend: str = "") -> None:
        message = f"{found}; {mend}" if mend else found
        super().__init__(" ".join(message.split()))


class SourceError(YinzhengError):
    """A source file, its entry in `sources.toml`, or its errata table is wrong."""


class StoreError(YinzhengError):
    """The index on disk cannot be used."""


class IndexMissing(StoreError):
    """There is no index where one was named."""


class IndexEmpty(StoreError):
    """The index holds no document."""


class IndexStale(StoreError):
    """The index was built from other sources, settings, encoder or code."""


class IndexDamaged(StoreError):
    """A file of the index is missing, changed or unreadable."""


class IndexTooLarge(StoreError):
    """There is too little memory to search the index, or to build it."""


class IndexUnwritable(StoreError):
    """The index cannot be written where it should be."""


class EngineUnavailable(StoreError):
    """The server that the vectors of an index lie on does not answer, or not as it should."""


class EngineRefused(EngineUnavailable):
    """The server that the vectors of an index lie on answers that it does not do what is asked."""


class EncoderError(YinzhengError):
    """The embedding model is not installed or cannot be loaded."""


class ModelError(YinzhengError):
    """The reading model's weights are missing or damaged."""


class PackageMissing(YinzhengError, ImportError):
    """A package that only some need is not installed; an ImportError too, for whoever tries the import."""


class NotFound(YinzhengError):
    """A paragraph or document that does not exist was asked for."""


class InputError(YinzhengError):
    """A file or argument given by the user cannot be used."""
