"""A tiny Chinese source, to be written where a test needs a corpus of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

TINY = """一、茶叶
绿茶在春天采摘，用八十度的水冲泡三分钟。Smith等［1］发现绿茶含有茶多酚，含量为28%。
红茶需要全发酵，产于福建省，2019年产量最高。

二、咖啡
咖啡豆在220度烘焙12分钟，每杯含咖啡因95 mg。
"""


def write_sources(folder: Path, content: bytes = TINY.encode(), *, title: str = "茶与咖啡", sha256: str = "") -> Path:
    """A folder of sources with one document, `tiny`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tiny.txt").write_bytes(content)
    digest = sha256 or hashlib.sha256(content).hexdigest()
    entry = (
        f'id = "tiny"\nfile = "tiny.txt"\ntitle = "{title}"\nlanguage = "zh"\norigin = "test"\nsha256 = "{digest}"\n'
    )
    (folder / "sources.toml").write_text(f"[[source]]\n{entry}", encoding="utf-8")
    return folder
