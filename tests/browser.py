"""A tab of Debian's chromium on the chat page, which notes every error and every request of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Locator

CHROMIUM = "/usr/bin/chromium"
INSTALL = "apt-get install chromium fonts-noto-cjk"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


class Tab:
    """One reader's browser window on a page; `language` is the browser's own."""

    def __init__(self, browser: Browser, url: str, language: str = "zh-CN", width: int = 1280, **context: Any) -> None:
        self.url = url
        self.context = browser.new_context(locale=language, viewport={"width": width, "height": 860}, **context)
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda opened: self.requests.append(opened.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def open(self, path: str = "/") -> Tab:
        """Opens the page and waits until it can be asked."""
        self.page.goto(self.url.rstrip("/") + path)
        self.ready()
        return self

    def ready(self) -> None:
        """Waits until the page has its words, which is when it can be asked."""
        self.page.locator("#yz-clear").filter(has_text=re.compile(r"\S")).wait_for()

    @property
    def replies(self) -> Locator:
        """The answers in view, without one that is still awaited."""
        return self.page.locator(".yz-reply:not(:has(.yz-wait))")

    def type(self, question: str) -> None:
        """Types a question and presses Enter."""
        box = self.page.locator("#yz-box textarea")
        box.fill(question)
        box.press("Enter")

    def ask(self, question: str) -> Locator:
        """Asks a question and returns its answer."""
        return self.next(lambda: self.type(question))

    def next(self, act: Any) -> Locator:
        """Does something that asks, and returns the answer."""
        before = self.replies.count()
        act()
        reply = self.replies.nth(before)
        reply.wait_for()
        self.page.locator("#yz-box .submit-button").wait_for()
        return reply

    def read(self, number: int = 0) -> None:
        """Opens a document of the list, by its place there."""
        shelf = self.page.locator("#yz-shelf")
        if shelf.get_attribute("open") is None:
            shelf.locator("summary").click()
        self.page.locator("#yz-shelf a.yz-name").nth(number).click()
        self.opened()

    def opened(self) -> None:
        """Waits until the document that was asked for is there."""
        self.page.wait_for_function("!document.querySelector('.yz-awaited') && document.querySelector('article')")

    def bring(self, *files: str | Path | FilePayload) -> None:
        """Adds documents, and waits until each can be asked or could not be read."""
        self.page.locator("#yz-files").set_input_files(list(files))  # type: ignore[arg-type]
        self.page.wait_for_function(
            """count => {
              const rows = [...document.querySelectorAll('#yz-own li')].map(row => row.dataset.state);
              const failed = document.querySelectorAll('#yz-sending .yz-failed').length;
              const done = rows.every(state => ['ready', 'failed'].includes(state));
              return done && rows.length + failed >= count;
            }""",
            arg=len(files),
            timeout=120_000,
        )

    def marked(self) -> str:
        """What is marked in the source panel, as it is seen."""
        self.opened()
        found = self.page.locator(".yz-here").evaluate_all(
            "pieces => pieces.filter(p => p.offsetParent !== null).map(p => p.textContent).join('')"
        )
        return str(found)

    def comes_into_view(self, selector: str) -> None:
        """Waits until the first visible one of these stands within its own scrolled pane and the window."""
        self.page.wait_for_function(
            """selector => {
              const piece = [...document.querySelectorAll(selector)].find(p => p.offsetParent !== null);
              if (!piece) return false;
              const pane = piece.closest('.yz-documents').getBoundingClientRect();
              const own = piece.getBoundingClientRect();
              return own.top >= Math.max(0, pane.top) - 1 && own.top <= Math.min(innerHeight, pane.bottom);
            }""",
            arg=selector,
        )

    def close(self) -> None:
        """Closes the window; fails where anything broke in it or anything left the machine."""
        self.page.goto("about:blank")
        self.context.close()
        assert self.errors == []
        own = urlsplit(self.url).netloc
        hosts = {urlsplit(url).netloc for url in self.requests if not url.startswith(("data:", "blob:", "about:"))}
        assert hosts <= {own}
