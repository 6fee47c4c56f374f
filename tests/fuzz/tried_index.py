"""What an index has on disk: JSON of any shape under a right fingerprint is read, or is a damaged index."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from mixed import any_text, values
from trial import Trial, told
from tried_records import ENTRY, bent, mostly, said

from index import part, settings
from index.store import NOTHING_SAID, Store, fingerprint

MANIFEST = {
    "format": settings.FORMAT, "documents": [ENTRY], "data": "data-0", "files": {}, "encoder": "e", "dim": 12,
    "folder": "/x", "roots": [], "removed": [], "left_out": [],
}  # fmt: skip


def manifest(value: tuple[Any, bool]) -> None:
    found, signed = value
    if signed and isinstance(found, dict):
        with suppress(ValueError, TypeError):
            found["fingerprint"] = fingerprint(found)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "manifest.json").write_text(
            found if isinstance(found, str) else said(found), encoding="utf-8", errors="surrogatepass"
        )
        store = Store(Path(folder))
        read = told(store.manifest)
        assert read is None or read["format"] == settings.FORMAT
        store.sources()
        store.entries()
        assert set(store.core()) == set(NOTHING_SAID)
        assert store.begun in (True, False)


def sums(value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, part.SUMS)
        path.write_text(value if isinstance(value, str) else said(value), encoding="utf-8", errors="surrogatepass")
        told(part.check, Path(folder), "mend it")
        told(part.check, Path(folder), "mend it", hashlib.sha256(path.read_bytes()).hexdigest())


_deep = (
    st.sampled_from(["[" * 3000, "9" * 5000, '{"folder": "\\x"}', '{"folder": "a\tb"}', '{"folder": "\\ud800"}', "NaN"])
    | any_text
)
TRIALS = [
    Trial("manifests", st.tuples(mostly(bent(MANIFEST), _deep), st.booleans()), manifest, 40, 2000),
    Trial(
        "sums of a part",
        mostly(
            values | st.dictionaries(st.sampled_from(["a", "", "..", "a\0b", "\ud800", "part.json"]), values), _deep
        ),
        sums,
        40,
        1000,
    ),
]
