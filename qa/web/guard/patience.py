"""How long a client may take: uvicorn's HTTP/1.1 protocol, with an end to its patience.

uvicorn waits for ever for the rest of a request, and for a response to be read. A client that is slow but goes on is
waited for; one that does not is cut off, so that what it holds is free for others. How long an answer takes is not
looked at, nor how long a page listens.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from qa import settings

_LOOK_SECONDS = 1.0


class Impatient(H11Protocol):
    """A connection that is cut off when a request does not come, or a response does not go, fast enough."""

    def connection_made(self, transport: Any) -> None:
        """A client has connected; its request is waited for."""
        super().connection_made(transport)
        self._wait_for_next()
        self._left, self._moved = 0, self.loop.time()
        self._look_again()

    def data_received(self, data: bytes) -> None:
        """A part of a request has come."""
        self._came += len(data)
        super().data_received(data)

    def on_response_complete(self) -> None:
        """A request is answered; the next is waited for."""
        super().on_response_complete()
        self._wait_for_next()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone, or was cut off."""
        self._timer.cancel()
        super().connection_lost(exc)

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: that no WebSocket is spoken here is no news, and who asks for one must not fill the log."""

    def _wait_for_next(self) -> None:
        self._began, self._came = self.loop.time(), 0

    def _look_again(self) -> None:
        self._timer: asyncio.TimerHandle = self.loop.call_later(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        now, left = self.loop.time(), self.transport.get_write_buffer_size()
        if left == 0 or left < self._left:
            self._moved = now
        self._left = left
        late = self._coming() and now > self._began + settings.PATIENCE_SECONDS + self._came / settings.BYTES_A_SECOND
        if late or now > self._moved + settings.UNREAD_SECONDS:
            self.transport.abort()
        else:
            self._look_again()

    def _coming(self) -> bool:
        """Whether anything of a request is missing, and it is for the client to send it."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return True
        return cycle.more_body and not self.flow.read_paused and not cycle.waiting_for_100_continue
