"""Feedback on answers: one line of JSON an entry, appended to a file on this machine and sent nowhere.

`yinzheng-eval adopt` makes question-set entries of it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from index.errors import InputError
from qa import settings

VERDICTS = ("right", "wrong citation", "should have refused", "should have answered")


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody said of one answer.

    `id` is the turn's; `time` is UTC, ISO 8601; `note` has at most 2000 characters; `question` is the question as
    understood, `record` its answer as `ask --json` prints it; `user` is who was logged in, if anybody.
    """

    id: str
    time: str
    verdict: str
    note: str
    question: str
    typed: str
    record: dict[str, Any]
    user: str | None = None

    def __post_init__(self) -> None:
        texts = (self.id, self.time, self.verdict, self.note, self.question, self.typed)
        if not all(isinstance(text, str) for text in texts) or not isinstance(self.record, dict):
            raise ValueError("expected texts, and a record")
        if not self.id or not isinstance(self.user, str | None):
            raise ValueError("expected an id, and a user or None")
        if datetime.fromisoformat(self.time).utcoffset() != timedelta(0):
            raise ValueError(f"the time is {self.time!r}, expected one of UTC such as 2026-11-23T10:00:00+00:00")
        if self.verdict not in VERDICTS:
            raise ValueError(f"the verdict is {self.verdict!r}, expected one of {', '.join(VERDICTS)}")
        if len(self.note) > settings.NOTE_CHARACTERS_MAX:
            raise ValueError(f"the note has {len(self.note)} characters, {settings.NOTE_CHARACTERS_MAX} at most")
        if not isinstance(self.record.get("quotes"), list) or self.record.get("language") not in ("zh", "en"):
            raise ValueError("the record is not what `ask --json` prints")


class Feedback:
    """An append-only file of entries; several threads and processes may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, entry: Entry) -> None:
        """Append an entry, whole or not at all; InputError where the file cannot be written.

        The file is for its user alone, and so is its folder where that is made.
        """
        # Half a surrogate pair, which UTF-8 cannot spell, becomes JSON's own escape.
        line = json.dumps(asdict(entry), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)  # among threads too: each has opened the file itself
                size = os.fstat(file).st_size
                if size + len(line) > settings.FEEDBACK_BYTES_MAX:
                    raise InputError(f"no more feedback is taken: {self.path} is full", "move the file away")
                if os.write(file, line) < len(line):
                    os.ftruncate(file, size)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            finally:
                os.close(file)
        except OSError as error:
            raise InputError(f"cannot write {self.path} ({error.strerror})", "name another with --feedback") from None

    def read(self) -> list[Entry]:
        """The entries in order of their first, each id once: what was said last counts, and a note is kept.

        Raises InputError, which names the line that is damaged.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise InputError(f"{self.path} cannot be read ({reason})", "name the file of `chat --feedback`") from None
        found: dict[str, Entry] = {}
        names = {field.name for field in fields(Entry)}
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
                entry = Entry(**{name: value[name] for name in names})
            except (ValueError, TypeError, KeyError, RecursionError):
                raise InputError(f"{self.path} line {number} is no feedback", "drop that line") from None
            before = found.get(entry.id)
            if before and not entry.note and before.note and before.verdict == entry.verdict:
                entry = before
            found[entry.id] = entry
        return list(found.values())
