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

from index import settings
from index.store.manifest import FILE, NOTHING_SAID, signed
from index.store.store import PARTS, Store

MANIFEST = {
    "format": settings.FORMAT, "documents": [ENTRY], "data": "data-0123456789abcdef", "encoder": "e", "dim": 12,
    "files": {"words.json": [1, "0" * 64]},
    "folder": "/x", "roots": [], "removed": [], "left_out": [],
}  # fmt: skip


def manifest(value: tuple[Any, bool]) -> None:
    found, right = value
    if right and isinstance(found, dict):
        with suppress(ValueError, TypeError):
            found = signed(found)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, FILE).write_text(
            found if isinstance(found, str) else said(found), encoding="utf-8", errors="surrogatepass"
        )
        store = Store(Path(folder))
        read = told(store.manifest)
        assert read is None or read["format"] == settings.FORMAT
        assert store.said == {} or read in (None, store.said)
        store.entries()
        core = store.core()
        assert set(core) == set(NOTHING_SAID)
        assert all(isinstance(text, str) for key in set(core) - {"folder", "vectors", "engine"} for text in core[key])


def sums(value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, PARTS, "key")
        path.parent.mkdir(parents=True)
        table = (value if isinstance(value, str) else said(value)).encode("utf-8", "surrogatepass")
        path.write_bytes(b"contents" + table + len(table).to_bytes(8, "little"))
        files = Store(Path(folder)).part("key")
        assert told(lambda: files.digest) == hashlib.sha256(table).hexdigest() or not table
        told(files.check)


_deep = (
    st.sampled_from(["[" * 3000, "9" * 5000, '{"folder": "\\x"}', '{"folder": "a\tb"}', '{"folder": "\\ud800"}', "NaN"])
    | any_text
)
TRIALS = [
    Trial("manifests", st.tuples(mostly(bent(MANIFEST), _deep), st.booleans()), manifest, 40, 800),
    Trial(
        "sums of a part",
        mostly(
            values | st.dictionaries(st.sampled_from(["a", "", "..", "a\0b", "\ud800", "words.json"]), values), _deep
        ),
        sums,
        40,
        1000,
    ),
]
