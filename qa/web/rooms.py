"""The rooms of a server: each known by a token that its browser tab alone has, and empty once the tab is gone.

A token is made when a page is opened and stays in the tab: a reload finds its room again, another tab, browser or
user does not. A room ends some minutes after its last page was closed, or when nothing was done in it for long.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import InputError
from index.formats.sandbox import Sandbox
from qa import settings
from qa.conversation.desk import Desk
from qa.web.cellar import Cellar
from qa.web.line import Aside, Batchwise
from qa.web.room import Means, Room


@dataclass(slots=True)
class _Let:
    """A room and whose it is; the pages that look at it, and since when there is none; when it was last used."""

    room: Room
    user: str | None
    used: float
    pages: set[str] = field(default_factory=set)
    left: float | None = None


class Rooms:
    """Rooms over one library's desk; `root` is where brought files lie, None lets none in.

    `clock` tells seconds. To be closed.
    """

    def __init__(
        self,
        desk: Desk,
        root: Path | None = None,
        keep: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._mutex = threading.Lock()
        self._lets: dict[str, _Let] = {}
        self._cellar = Cellar(root) if root else None
        self.keep = keep
        self._means: Means | None = None
        self._painter = Sandbox()
        self._reader = Sandbox(seconds=settings.UPLOAD_SECONDS_MAX)

    @property
    def open(self) -> bool:
        """Whether documents may be brought."""
        return self._cellar is not None

    def enter(self, token: str, user: str | None, page: str) -> tuple[str, Room]:
        """The room of this token, if it is this user's, else a new one; and its token. `page` looks at it now."""
        with self._mutex:
            let = self._lets.get(token)
            if let is None or let.user != user:
                token, let = secrets.token_urlsafe(32), _Let(self._room(), user, 0.0)
                self._lets[token] = let
                self._end_beyond()
            let.used, let.left = self._clock(), None
            let.pages.add(page)
            return token, let.room

    def find(self, token: str, *, used: bool = True) -> Room | None:
        """The room of a token, which is used hereby, or else only seen to have its tab still.

        A tab may live on though Gradio believes it closed, as when its machine has slept.
        """
        with self._mutex:
            let = self._lets.get(token)
            if let is None:
                return None
            if used:
                let.used = self._clock()
            if let.left is not None:
                let.left = self._clock()
            return let.room

    def admit(self, token: str, size: int) -> tuple[Room, Path]:
        """The room of a token, and where a file of so many bytes may be put; InputError where it may not."""
        room = self.find(token)
        if room is None:
            raise InputError("this session has ended", "reload the page")
        with self._mutex:
            others = sum(let.room.holds for let in self._lets.values() if let.room is not room)
        if others >= settings.UPLOAD_SESSIONS_MAX:
            raise InputError(f"{others} others have documents here, which is all there is room for", "try again later")
        return room, room.admit(size)

    def leave(self, page: str) -> None:
        """A page was closed."""
        with self._mutex:
            for let in self._lets.values():
                if page in let.pages:
                    let.pages.discard(page)
                    if not let.pages:
                        let.left = self._clock()

    def sweep(self) -> None:
        """End the rooms that nobody returned to in time."""
        now = self._clock()
        with self._mutex:
            over = {
                token: let
                for token, let in self._lets.items()
                if now - let.used > settings.UPLOAD_IDLE_SECONDS
                or (let.left is not None and now - let.left > settings.UPLOAD_GRACE_SECONDS)
            }
            for token in over:
                del self._lets[token]
        for let in over.values():
            let.room.close()

    def close(self) -> None:
        """End all rooms and delete every file."""
        with self._mutex:
            lets, self._lets = list(self._lets.values()), {}
        for let in lets:
            let.room.close()
        self._painter.close()
        self._reader.close()
        if self._cellar:
            self._cellar.close()

    def _end_beyond(self) -> None:
        """End the oldest room in which nothing is, where there are too many; its page gets a new one."""
        if len(self._lets) > settings.ROOMS_MAX:
            empty = next((token for token, let in self._lets.items() if not let.room.holds), None)
            if empty is not None:
                del self._lets[empty]

    def _room(self) -> Room:
        if self._means is None:
            library, line = self._desk.library, self._desk.lock
            self._means = Means(
                encoder=Batchwise(library.encoder, line),
                model=Aside(library.model, line),
                reader=self._reader,
                painter=self._painter,
                keep=self.keep,
                open=self.open,
            )
        return Room(self._desk, self._means, self._folder)

    def _folder(self) -> Path:
        assert self._cellar is not None
        return self._cellar.room()
