"""`yinzheng chat`: the page, the HTTP API and MCP on one port, until it is told to stop.

Answers stay on this machine: no telemetry, no fonts or scripts from elsewhere, and the page's own policy
forbids the browser to reach another host. SIGTERM and Ctrl+C let what is being answered finish.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from index.errors import InputError
from qa import settings
from qa.conversation.desk import Desk
from qa.integrations import mcp_server
from qa.integrations.tools import tools
from qa.page import frame
from qa.web.door import limits, open_door
from qa.web.feedback import Feedback
from qa.web.guard import waiting
from qa.web.guard.gate import Gate
from qa.web.guard.limits import BodyLimit, Headers, OpenLimit, RateLimit
from qa.web.guard.login import BasicAuth, PageLogin, Tries
from qa.web.guard.origin import Origin, local
from qa.web.guard.users import Users
from qa.web.guard.visitors import Visitors, cookies
from qa.web.rooms import Rooms

if TYPE_CHECKING:
    import uvicorn

    from index.library import Library

# How long what is being answered may take once the server was told to stop. Open pages, which listen as long as
# they are open, are cut off then.
_STOP_SECONDS = 2
# How often documents of sessions that have ended are looked for.
_SWEEP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where and for whom the page is served.

    `root_path` is what a proxy puts before every address, such as `/yinzheng`, and `names` the hosts that it is asked
    for; `users` None lets everybody in.
    `per_minute` are the POST requests that one client address may send; `bytes_max` is the most that one may hold.
    With `uploads` readers may bring documents of their own, of which copies go to `keep_uploads`, if it is named.
    """

    host: str = settings.HOST
    port: int = settings.PORT
    root_path: str = ""
    names: tuple[str, ...] = ()
    users: Users | None = None
    feedback: Path | None = None
    per_minute: int = settings.REQUESTS_PER_MINUTE
    bytes_max: int = settings.REQUEST_BYTES_MAX
    uploads: bool = True
    keep_uploads: Path | None = None

    def __post_init__(self) -> None:
        if self.root_path and (not self.root_path.startswith("/") or self.root_path.endswith("/")):
            raise InputError(f"the root path is {self.root_path!r}", "expected a form such as /yinzheng")

    @property
    def url(self) -> str:
        """The address of the page on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.root_path}"


def create(library: Library, place: Place) -> Any:
    """The page, the API, MCP and `/health` as one ASGI application."""
    _quiet(place.host)
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.middleware.cors import CORSMiddleware

    from qa.web.app import build

    _ = library.encoder, library.model.load()  # now, so that the first question does not wait for them
    library.engine.check()
    desk = Desk(library)
    for language, text in (("zh", "细胞"), ("en", "cell")):  # and so is the dictionary
        desk.glosser.gloss(text, language)
    feedback = Feedback(place.feedback or platformdirs.user_data_path("yinzheng") / "feedback.jsonl")
    functions = tools(lambda: library, desk.lock)
    root = platformdirs.user_cache_path("yinzheng") / "uploads" if place.uploads else None
    rooms = Rooms(desk, root, place.keep_uploads)
    blocks = build(desk, feedback, functions, rooms)
    agents = mcp_server.server(functions)
    agents_app = agents.streamable_http_app()

    @contextlib.asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        sweeper = asyncio.create_task(_sweep(rooms, lambda: waiting.forget(page.app, visitors.knows)))
        try:
            async with agents.session_manager.run():
                yield
        finally:
            sweeper.cancel()
            rooms.close()

    blocks.queue(max_size=settings.QUEUE_MAX, default_concurrency_limit=1, api_open=True)
    queues = waiting.take_turns(blocks)
    visitors = Visitors()
    app = FastAPI(title="Yinzheng", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    tries = Tries()
    app.mount("/mcp", BasicAuth(agents_app, place.users, tries) if place.users else agents_app)

    @app.get("/health")
    def health() -> dict[str, Any]:
        """Whether questions are answered, and from which index."""
        return {"status": "ok", "documents": len(library.documents), "index": library.fingerprint}

    open_door(app, rooms)
    theme = gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=frame.SANS, font_mono=frame.MONO)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        auth=_log_in(place.users) if place.users else None,
        root_path=place.root_path or None,
        show_error=False,  # errors of our own are shown all the same; others tell of this machine
        max_file_size=place.bytes_max,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        run_history=False,
        footer_links=[],
        mcp_server=False,
        theme=theme.set(**frame.THEME),
        css=frame.STYLE,
        head=frame.HEAD,
    )
    page: Any = app.routes[-1]
    # Gradio leaves it to this whose pages may read what comes back: nobody's but its own.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    # From within: each sees only what those after it have let through.
    user = _users_of(page) if place.users else lambda headers: None
    made: Any = PageLogin(app, tries) if place.users else app
    made = Gate(made, visitors, blocks.fns, user, closed=place.users is not None)
    made = waiting.QueueLimit(made, queues)
    made = RateLimit(made, place.per_minute)
    made = BodyLimit(made, place.bytes_max, limits() if place.uploads else {})
    made = OpenLimit(made, settings.OPEN_MAX_ADDRESS)
    made = Origin(made, place.names, local=local(place.host) and place.users is None)
    return Headers(made)


def _log_in(users: Users) -> Callable[[str, str], Awaitable[bool]]:
    """The check of a name and a password for Gradio, beside which others are served."""

    async def check(name: str, password: str) -> bool:
        return await asyncio.to_thread(users.check, name, password)

    return check


def _users_of(mount: Any) -> Callable[[dict[bytes, bytes]], str | None]:
    """Who is logged in to the Gradio application that was mounted, by the headers of a request; as Gradio tells it."""
    gradio = mount.app

    def user(headers: dict[bytes, bytes]) -> str | None:
        found = cookies(headers)
        token = found.get(f"access-token-{gradio.cookie_id}") or found.get(f"access-token-unsecure-{gradio.cookie_id}")
        return gradio.tokens.get(token) if token else None

    return user


async def _sweep(rooms: Rooms, forget: Callable[[], None]) -> None:
    """Ends what nobody returned to, again and again."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        forget()
        await asyncio.to_thread(rooms.sweep)


def serve(library: Library, place: Place, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl+C; `ready` is told the address once it answers.

    Raises InputError for an address that cannot be had.
    """
    # As many connections as this process may have at all: the usual 1,024 are soon taken.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # not every system lets it have that many
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with _listen(place) as listening:
        place = replace(place, port=int(listening.getsockname()[1]))
        server = _server(create(library, place), place)
        # Once it has shut down, uvicorn raises the signal that ended it again: that was no failure.
        signal.signal(signal.SIGTERM, lambda number, frame: None)
        threading.Thread(target=_tell, args=(server, place, ready), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])


@contextlib.contextmanager
def serving(library: Library, place: Place) -> Iterator[str]:
    """The address of a server that runs in a thread of its own as long as the context lasts."""
    with _listen(place) as listening:
        place = replace(place, port=int(listening.getsockname()[1]))
        server = _server(create(library, place), place)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        started = threading.Event()
        _tell(server, place, lambda url: started.set(), alive=thread.is_alive)
        if not started.is_set():
            raise InputError(f"the server on port {place.port} did not start", "see the log")
        try:
            yield place.url
        finally:
            server.should_exit = True
            thread.join()


def _server(app: Any, place: Place) -> uvicorn.Server:
    import uvicorn

    from qa.web.guard.patience import Impatient

    config = uvicorn.Config(
        app,
        http=Impatient,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    # That open pages are cut off at the end is no error.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
    return server


def _tell(
    server: uvicorn.Server, place: Place, ready: Callable[[str], None], alive: Callable[[], bool] = lambda: True
) -> None:
    """Waits until the server answers, and says so."""
    pause = threading.Event()
    while not server.started and alive():
        pause.wait(0.02)
    if server.started:
        ready(place.url)


def _listen(place: Place) -> socket.socket:
    """A socket on the place's address."""
    try:
        family = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((place.host, place.port), family=family, backlog=512)
    except (OSError, UnicodeError, OverflowError) as error:
        known = isinstance(error, OSError) and not isinstance(error, socket.gaierror) and error.errno
        reason = os.strerror(known) if known else "no such address"
        raise InputError(
            f"cannot listen on port {place.port} of {place.host} ({reason})", "choose another with --host and --port"
        ) from None


def _quiet(host: str) -> None:
    """Nothing leaves this machine, and nothing is left where every user of it can read."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    # Gradio's own choice is a folder that every user of the machine shares.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(platformdirs.user_cache_path("yinzheng") / "gradio"))
    # At its start Gradio calls its own server, which a proxy cannot reach.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "localhost", "127.0.0.1", "::1", host)))
    # Of each event Gradio would keep who sent it, and count all of them anew at each.
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
    logging.getLogger("httpx").setLevel(logging.WARNING)
