"""Readers of every format, in this process and in their own: an extract that holds, or an error with its reason."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import damaged
import made
from hypothesis import strategies as st
from mixed import any_text, from_files, values
from trial import Trial, told

from index.errors import SourceError
from index.formats import kinds, readers, worker
from index.formats.extract import Extract, Format
from index.formats.file import shown
from index.formats.sandbox import Sandbox
from index.formats.txt import decode
from index.repair.edits import Repaired
from index.store.part import Name, document, from_json, to_json

FORMATS: tuple[Format, ...] = ("txt", "md", "html", "docx", "pdf")


def holds(extract: Extract, format: Format) -> None:
    """An extract is what it says, comes back the same from its bytes, and makes a document."""
    assert extract.format == format
    if not all(map(_text, (extract.text, extract.title or "", *extract.notes, *(e.text for e in extract.edits)))):
        return  # the sandbox refuses it
    again = Extract.from_bytes(extract.to_bytes())
    assert (again.text, again.blocks, again.edits) == (extract.text, extract.blocks, extract.edits)
    for block in extract.blocks or ():
        assert extract.text[block.start : block.end].strip()
    Repaired(extract.text, extract.edits)
    name = Name("a", "a", "a", "0" * 64)
    found = document(name, extract)
    kept = json.loads(json.dumps(to_json(found), ensure_ascii=False))
    assert from_json(kept, name, extract, Path("none")) == found


def _text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _read(format: Format):  # type: ignore[no-untyped-def]
    reader = importlib.import_module(readers.modules()[format])

    def check(data: bytes) -> None:
        found = told(reader.read, data)
        if found is not None:
            holds(found, format)

    return check


def _answered(format: Format):  # type: ignore[no-untyped-def]
    head = json.dumps({"do": "read", "format": format}).encode()

    def check(data: bytes) -> None:
        mark, reply = worker.answer(head, data, readers.modules())
        assert mark in b"+-", reply.decode()

    return check


def kind(value: tuple[str, bytes]) -> None:
    found = told(kinds.kind, *value)
    assert found is None or found in FORMATS


def encoding(data: bytes) -> None:
    if found := told(decode, data):
        text, name = found
        assert text.strip()
        assert "\0" not in text
        assert data.decode(name).removeprefix("\ufeff").endswith(text)


def name(text: str) -> None:
    assert shown(text).isprintable() or not text
    assert kinds.readable(text) in (True, False)


def reply(value: object) -> None:
    """What a reader says of a file is believed only where it is an extract; a request may be anything."""
    for told_to in (value, {"do": "read", "format": value}, {"do": "page", "page": value, "scale": 1}):
        mark, _ = worker.answer(json.dumps(told_to).encode(), b"%PDF-", readers.modules())
        assert mark in b"+-!"


class InSandbox:
    """A file read by the process that is made for it, which goes on whatever the file did."""

    def __init__(self) -> None:
        self._sandbox: Sandbox | None = None

    def __call__(self, value: tuple[Format, bytes]) -> None:
        if self._sandbox is None:
            self._sandbox = Sandbox(seconds=30)
        format, data = value
        try:
            extract = self._sandbox.read(data, format)
        except SourceError as error:
            said = str(error)
            assert "Error:" not in said, said
            assert "longer than" not in said, said
            assert "crashed" not in said, said
            told(self._raise, error)
            return
        holds(extract, format)

    @staticmethod
    def _raise(error: SourceError) -> None:
        raise error


_grown = {
    "txt": from_files.map(str.encode),
    "md": made.markdown.map(lambda text: text.encode("utf-8", "replace")),
    "html": made.html.map(lambda text: text.encode("utf-8", "replace")),
    "docx": st.tuples(made.word, made.word).map(lambda pair: made.docx(pair[0], notes=pair[1], packed=False)),
}
_bytes = st.binary(max_size=400)


def _damaged(format: Format) -> st.SearchStrategy[bytes]:
    return st.deferred(lambda: damaged.strategy(made.samples(format)))


def _inside() -> st.SearchStrategy[bytes]:
    """Word documents of whose parts one is damaged, in an archive that is whole."""
    parts = made.parts()
    one = st.sampled_from(sorted(parts)).flatmap(lambda name: st.tuples(st.just(name), damaged.strategy([parts[name]])))
    return one.map(lambda pair: made.docx(instead=dict([pair]), packed=False))


TRIALS = [
    Trial("read docx, damaged inside", st.deferred(_inside), _read("docx"), 25, 500),
    *(Trial(f"read {one}, damaged", _damaged(one) | _bytes, _read(one), 25, 500, raw=True) for one in FORMATS),
    *(Trial(f"read {one}, grown", inputs, _read(one), 25, 500) for one, inputs in _grown.items()),
    *(Trial(f"answer {one}", _damaged(one), _answered(one), 10, 300, raw=True) for one in FORMATS),
    Trial("answer a request", values, reply, 20, 500),
    Trial(
        "read in the sandbox",
        st.sampled_from(FORMATS).flatmap(lambda one: st.tuples(st.just(one), _damaged(one))),
        InSandbox(),
        5,
        250,
    ),
    Trial("kind", st.tuples(any_text, st.sampled_from(FORMATS).flatmap(_damaged) | _bytes), kind, 40, 1000),
    Trial(
        "encoding",
        _damaged("txt") | _bytes | any_text.map(lambda t: t.encode("utf-16", "surrogatepass")),
        encoding,
        40,
        1000,
        raw=True,
    ),
    Trial("file name", any_text, name, 40, 1000),
]
