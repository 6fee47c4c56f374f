"""What somebody waits for on the chat page: first paint, the question box, the first quote. A warm server, one run.

The page draws an answer whole, so that its first quote comes with the rest; where the source does not answer, the
refusal is waited for. The peers are a bare Gradio chat page, for what the framework takes, and the same question
asked in this process, for what the answer itself takes.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from index.errors import InputError
from qa.answering.answer import Answer, ask
from qa.service import open_library
from qa.terminal.console import Console
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTIONS = ("CAAR-NK 细胞是谁构建的？", "How does HSCT work?", "CAR-T细胞疗法有什么风险？")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_WAIT = 30_000  # milliseconds until something on the page is given up


def chat(console: Console, *, rounds: int, chromium: str, index: Path | None) -> int:
    """Print medians over `rounds` fresh tabs, and ratios to the peers."""
    browser_path = _find(chromium)
    with console.progress() as progress, tempfile.TemporaryDirectory() as folder:
        library = open_library(index, progress)
        with serving(library, Place(port=0, feedback=Path(folder) / "feedback.jsonl")) as url:

            def answer(question: str) -> Answer:
                library.model.forget()  # what it read for the page a moment ago
                return ask(library, question)

            rows = _rows(rounds, browser_path, url, answer, progress)
    console.table(("what", f"median of {rounds}", "worst", "ratio"), rows)
    return 0


def _find(chromium: str) -> str:
    try:
        import playwright  # noqa: F401
    except ImportError:
        raise InputError("playwright is not installed", "pip install 'yinzheng[dev]'") from None
    found = shutil.which(chromium)
    if not found:
        raise InputError(f"no browser {chromium!r}", "apt-get install chromium, or name one with --chromium")
    return found


def _rows(
    rounds: int, chromium: str, url: str, answer: Callable[[str], Answer], progress: Callable[[str, int, int], None]
) -> list[list[str]]:
    from playwright.sync_api import sync_playwright

    times: dict[str, list[float]] = {
        name: []
        for name in (
            "a bare Gradio chat: first paint",
            "first paint",
            "ready to be asked",
            "Enter to the first quote",
            "the answer alone",
        )
    }
    bare = _Bare()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
            _visit(browser, bare.url, "textarea")  # both warm
            _visit(browser, url, "#yz-box textarea")
            for done in range(rounds):  # in turn, so that all meet the same machine
                times["a bare Gradio chat: first paint"].append(_visit(browser, bare.url, "textarea")[0])
                question = QUESTIONS[done % len(QUESTIONS)]
                paint, ready, answered = _visit(browser, url, "#yz-box textarea", question)
                times["first paint"].append(paint)
                times["ready to be asked"].append(ready)
                times["Enter to the first quote"].append(answered)
                began = perf_counter()
                answer(question)
                times["the answer alone"].append((perf_counter() - began) * 1000)
                progress("asking", done + 1, rounds)
            browser.close()
    finally:
        bare.close()
    peers = {
        "first paint": "a bare Gradio chat: first paint",
        "ready to be asked": "a bare Gradio chat: first paint",
        "Enter to the first quote": "the answer alone",
    }
    return [
        [
            name,
            f"{median(found):.0f} ms",
            f"{max(found):.0f} ms",
            f"{median(found) / median(times[peers[name]]):.2f}" if name in peers else "1.00",
        ]
        for name, found in times.items()
    ]


def _visit(browser: Browser, url: str, box: str, question: str = "") -> tuple[float, float, float]:
    """Milliseconds of a fresh tab: to its first paint, to its question box, and from Enter to the first quote."""
    context = browser.new_context(locale="en-GB")
    tab = context.new_page()
    tab.set_default_timeout(_WAIT)
    began = perf_counter()
    tab.goto(url)
    tab.wait_for_selector(box)
    ready = (perf_counter() - began) * 1000
    paint = float(tab.evaluate(_PAINT) or ready)
    answered = 0.0
    if question:
        tab.wait_for_function("document.querySelector('#yz-clear')?.textContent.trim()")
        tab.fill(box, question)
        began = perf_counter()
        tab.press(box, "Enter")
        tab.wait_for_selector(".yz-card blockquote, .yz-refused")
        answered = (perf_counter() - began) * 1000
    context.close()
    return paint, ready, answered


class _Bare:
    """Gradio's own chat page around a function that does nothing."""

    def __init__(self) -> None:
        import gradio as gr
        import uvicorn
        from fastapi import FastAPI

        with gr.Blocks(analytics_enabled=False) as blocks:
            gr.ChatInterface(lambda message, history: message)
        app = gr.mount_gradio_app(FastAPI(), blocks, path="/", ssr_mode=False)
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        pause = threading.Event()
        while not self._server.started:
            pause.wait(0.02)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def close(self) -> None:
        """Stops it."""
        self._server.should_exit = True
        self._thread.join(10)
