"""The questions that wait to be answered: addresses take turns, so that nobody waits behind all of another's.

Gradio's queue is one list, first come, first served. What one address may have in it is less than it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from qa import settings
from qa.web.guard.limits import address_of, busy

# Where questions are put in the queue.
_ASKS = ("/gradio_api/queue/join", "/gradio_api/call/")


class Waiting(list[Any]):
    """Gradio's list of events, to which each is added as if addresses were asked in turn; the first is next."""

    def append(self, event: Any) -> None:
        """Puts an event where it is its address's turn."""
        mine = self.of(address(event))
        before: Counter[str] = Counter()
        for at, other in enumerate(self):
            whose = address(other)
            if before[whose] > mine:
                self.insert(at, event)
                return
            before[whose] += 1
        super().append(event)

    def of(self, whose: str) -> int:
        """How many events of an address wait."""
        return sum(address(event) == whose for event in self)


def address(event: Any) -> str:
    """The address that an event came from."""
    return str(event.request.client.host) if event.request.client else ""


def take_turns(blocks: Any) -> list[Waiting]:
    """Makes the queues of these Gradio blocks such lists."""
    made: list[Waiting] = []
    for function in blocks.fns.values():
        blocks._queue.create_event_queue_for_fn(function)
    for queue in blocks._queue.event_queue_per_concurrency_id.values():
        queue.queue = Waiting()
        made.append(queue.queue)
    return made


def forget(gradio: Any, known: Callable[[str], bool]) -> None:
    """Drops what a Gradio application keeps of calls that are over. To be called in the server's own thread.

    That is the state of sessions that are nobody's, by `known`, and the names of answers that nobody fetched and that
    have been dropped already.
    """
    queue, states = gradio.get_blocks()._queue, gradio.state_holder
    running = {event.session_hash for event in queue.event_ids_to_events.values()}
    for session in [one for one in states.session_data if one not in running and not known(one)]:
        states.session_data.pop(session, None)
        states.time_last_used.pop(session, None)
    for session in [one for one in queue.pending_event_ids_session if one not in queue.pending_messages_per_session]:
        queue.pending_event_ids_session.pop(session, None)


class QueueLimit:
    """Refuses a further question of an address that has as many waiting as it may, with 503; an ASGI middleware."""

    def __init__(self, app: Any, queues: list[Waiting]) -> None:
        self.app = app
        self.queues = queues

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The application's response, or 503."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(_ASKS):
            client = address_of(scope)
            if sum(queue.of(client) for queue in self.queues) >= settings.QUEUE_MAX_ADDRESS:
                await busy(5, scope, receive, send, status=503)
                return
        await self.app(scope, receive, send)
