"""`yinzheng chat`: a Gradio page around one pure function, `reply`.

Answers stay on this machine: no telemetry, no fonts or scripts from elsewhere, and the page's own
policy forbids the browser to reach another host. How things look is `page`'s.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

import platformdirs

from index.errors import InputError, YinzhengError
from qa import page as drawing
from qa import settings
from qa.answer import ask
from qa.question import clean

if TYPE_CHECKING:
    from pathlib import Path

    from index.library import Library

# No page, script, picture or connection from anywhere but this server. Gradio needs the two `unsafe-`:
# its page starts from inline scripts, and its components compile their templates.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]

# Fonts that systems have; Gradio's own themes bring theirs along.
_SANS = ("system-ui", "Segoe UI", "Roboto", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
_MONO = ("ui-monospace", "Consolas", "Noto Sans Mono CJK SC", "monospace")

# The encoder's C engine holds one state a process, so one question is answered at a time.
_ONE_AT_A_TIME = threading.Lock()

_log = logging.getLogger(__name__)

_Message = MutableMapping[str, Any]


def reply(library: Library, message: str) -> str:
    """The answer to a message as HTML in which every foreign character is escaped. Never raises."""
    try:
        with _ONE_AT_A_TIME:
            answer = ask(library, message)
        return drawing.answered(answer)
    except YinzhengError as error:
        return drawing.failed(str(error))
    except Exception:
        _log.exception("a question could not be answered")
        return drawing.failed()


def page(library: Library) -> Any:
    """The page as `gradio.Blocks`; `serve` gives it its looks, which Gradio takes at launch."""
    import gradio as gr

    def turn(message: str | None, history: list[dict[str, str]]) -> tuple[str, list[dict[str, str]], Any]:
        if not clean(message or ""):
            return "", history, gr.skip()
        assert message is not None
        said = {"role": "user", "content": drawing.asked(message)}
        history = [*history, said, {"role": "assistant", "content": reply(library, message)}]
        return "", history, history

    with gr.Blocks(title="引证 Yinzheng", analytics_enabled=False) as blocks:
        # What was said stays with the server: a forged history from a browser is never read.
        history = gr.State([])
        gr.HTML(drawing.header())
        with gr.Row():
            with gr.Column(scale=5, min_width=320):
                chat = gr.Chatbot(
                    show_label=False,
                    height="min(62vh, 680px)",
                    buttons=[],
                    latex_delimiters=[],
                    sanitize_html=True,
                    allow_tags=False,
                    group_consecutive_messages=False,
                    autoscroll=False,
                    placeholder=drawing.WELCOME,
                    elem_id="yz-chat",
                )
                box = gr.Textbox(
                    show_label=False,
                    label="问题 Question",
                    placeholder="提问  Ask a question",
                    submit_btn="问 Ask",
                    autofocus=True,
                    max_lines=6,
                    elem_id="yz-box",
                )
                gr.HTML(drawing.sources(library))
            asks = [(box.submit, box)]
            if examples := drawing.examples(library):
                with gr.Column(scale=2, min_width=280), gr.Tabs():
                    for place, name in enumerate(("中文示例", "English examples")):
                        with gr.Tab(name), gr.Column(elem_classes="yz-examples"):
                            for title, questions in examples:
                                gr.HTML(drawing.label(title))
                                button = gr.Button(questions[place], size="sm", elem_classes="yz-example")
                                asks.append((button.click, button))
        for event, source in asks:
            event(
                turn,
                [source, history],
                [box, history, chat],
                api_visibility="private",
                concurrency_limit=1,
                concurrency_id="answers",
                show_progress="minimal",
                show_progress_on=chat,
            ).then(None, js=_TO_ANSWER)
        chat.clear(list, None, history, api_visibility="private")
    return blocks


# Shows the last question and what follows it, also on a phone, where the examples stand below. Gradio
# labels each message with its HTML source, which a screen reader would read out.
_TO_ANSWER = """() => requestAnimationFrame(() => requestAnimationFrame(() => {
  const chat = document.getElementById('yz-chat');
  chat.querySelectorAll('[data-testid][aria-label]').forEach((message) => message.removeAttribute('aria-label'));
  const last = [...chat.querySelectorAll('.yz-asked')].pop();
  const pane = last?.closest('[role=log]');
  chat.scrollIntoView({block: 'nearest'});
  if (pane) pane.scrollTop += last.getBoundingClientRect().top - pane.getBoundingClientRect().top - 24;
}))"""


def serve(
    library: Library, host: str = settings.HOST, port: int = settings.PORT, auth_file: Path | None = None
) -> None:
    """Serve the page until interrupted, with a login where `auth_file` names the users.

    Prints the address once it answers. Raises InputError for an auth file that cannot be used and for
    an address that cannot be had.
    """
    blocks = launch(library, host, port, read_users(auth_file) if auth_file else None)
    print(f"Yinzheng 引证: {blocks.local_url}  (Ctrl+C ends it)", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        blocks.close(verbose=False)


def launch(library: Library, host: str, port: int, users: list[tuple[str, str]] | None = None) -> Any:
    """Start the page's server in threads of its own and return its `gradio.Blocks`, whose `close` ends it.

    Raises InputError where the address cannot be had.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    # Gradio's own choice is a folder that every user of the machine shares.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(platformdirs.user_cache_path("yinzheng") / "gradio"))
    # At its start Gradio calls its own server, which a proxy cannot reach.
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "localhost", "127.0.0.1", "::1", host)))
    import gradio as gr
    from starlette.middleware import Middleware

    _ = library.encoder  # loaded now, so that the first question does not wait for it
    blocks = page(library)
    try:
        blocks.launch(
            server_name=host,
            server_port=port,
            auth=users,
            share=False,
            inbrowser=False,
            quiet=True,
            show_error=False,
            prevent_thread_lock=True,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            enable_monitoring=False,
            run_history=False,
            footer_links=[],
            theme=gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=_SANS, font_mono=_MONO).set(
                **drawing.THEME
            ),
            css=drawing.STYLE,
            app_kwargs={"middleware": [Middleware(_Headers)]},
        )
    except OSError:
        raise InputError(f"cannot listen on port {port} of {host}", "choose another with --port") from None
    return blocks


def read_users(path: Path) -> list[tuple[str, str]]:
    """The users of an auth file, `user:password` a line, blank lines left out.

    Raises InputError, which never repeats a password.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"cannot read the auth file {path}: {reason}", "expected lines of user:password") from None
    users: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        user, _, password = line.strip().partition(":")
        if not user or not password:
            raise InputError(f"line {number} of {path} is not user:password", "give every user a name and a password")
        if user in users:
            raise InputError(f"line {number} of {path} names {user!r} again", "expected each user once")
        users[user] = password
    if not users:
        raise InputError(f"the auth file {path} names no user", "expected lines of user:password")
    return list(users.items())


class _Headers:
    """Adds the page's policy to every response (an ASGI middleware; streams pass untouched)."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: _Message, receive: Any, send: Callable[[_Message], Awaitable[None]]) -> None:
        async def add(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await self.app(scope, receive, add if scope["type"] == "http" else send)
