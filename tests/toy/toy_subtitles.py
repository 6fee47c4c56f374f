"""A format that another package might bring: subtitles, of which each is a paragraph."""

from __future__ import annotations

import re

from index.errors import SourceError
from index.formats.extract import Block, Extract
from index.formats.readers import Reader

READER = Reader("toy_subtitles", (".srt",))
_CUE = re.compile(r"^[\d:,]+ --> [\d:,]+\n(.+?)(?=\n\n|\n?\Z)", re.MULTILINE | re.DOTALL)


def read(data: bytes) -> Extract:
    """What is said, without the times."""
    text = data.decode("utf-8")
    blocks = [Block("text", cue.start(1), cue.end(1)) for cue in _CUE.finditer(text)]
    if not blocks:
        raise SourceError("has no subtitle", "check the file")
    return Extract("srt", text, tuple(blocks))
