"""Where a tab hands in its files, and learns what became of them: two routes beside the page.

A request names its room by its token, in a header that no other site's page can send; nothing else is asked, since
a token is given to nobody but a page whose user has logged in. Gradio's own upload, which keeps files where whoever
knows the address can fetch them, is closed by `gate`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from index.errors import InputError
from qa import settings
from qa.page import shelf
from qa.web.rooms import Rooms

# Where files are handed in; larger requests are let through here alone.
PATH = "/documents"
_TOKEN, _NAME = "x-yinzheng-room", "x-yinzheng-name"


def open_door(app: Any, rooms: Rooms) -> None:
    """Add the routes to a FastAPI application."""
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import JSONResponse

    def refused(reason: str, status: int = 400) -> JSONResponse:
        return JSONResponse({"reason": reason}, status, {"Cache-Control": "no-store"})

    def state(request: Request) -> JSONResponse:
        """What became of a room's files: their rows as HTML, and whether anything is being done."""
        room = rooms.find(request.headers.get(_TOKEN, ""), used=False)
        if room is None:
            return refused("this session has ended; reload the page", 403)
        busy = room.busy  # asked first: what was done after it is in the rows
        return JSONResponse({"busy": busy, "html": shelf.own(room.files)}, headers={"Cache-Control": "no-store"})

    async def bring(request: Request) -> JSONResponse:
        """Takes one file, whose bytes are the body."""
        said = request.headers.get("content-length", "0")
        try:
            room, path = rooms.admit(request.headers.get(_TOKEN, ""), int(said) if said.isdigit() else 0)
            try:
                came = 0
                with path.open("xb") as file:
                    async for block in request.stream():
                        came += len(block)
                        room.admit_more(came)
                        await run_in_threadpool(file.write, block)
                found = room.bring(unquote(request.headers.get(_NAME, "")), path)
            except BaseException:  # the tab was closed, too much came, the disk is full
                room.abandon(path)
                raise
        except InputError as error:
            return refused(str(error))
        except (OSError, ClientDisconnect):
            return refused("could not be stored; try again")
        return JSONResponse({"number": found.number}, headers={"Cache-Control": "no-store"})

    app.add_route(PATH, state, methods=["GET"])
    app.add_route(PATH, bring, methods=["POST"])


def limits() -> dict[str, int]:
    """How large requests may be where they may be larger."""
    return {PATH: settings.UPLOAD_BYTES_MAX}
