"""A lock that is had in the order of asking.

Python's own lock goes to whoever is quickest, so that a thread which encodes a book would take it again before a
question gets it. A sentence-transformers encoder is had through one, and so are a server's places for questions
(`qa.conversation.desk`).
"""

from __future__ import annotations

import threading
from collections import deque


class Line:
    """A lock for `with` that so many hold at once; whoever asked first has it first. No thread may take it twice."""

    def __init__(self, places: int = 1) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._free = places

    def __enter__(self) -> None:
        with self._mutex:
            if self._free:
                self._free -= 1
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until it is handed over

    def __exit__(self, *error: object) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
