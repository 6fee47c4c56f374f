"""The chat page in a real browser: a question, a quote, a refusal, and nothing that acts or calls out."""

from __future__ import annotations

import shutil
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from index.errors import InputError
from index.records import Document, Paragraph, Section, Span
from qa import chat
from qa.answer import Answer, ask
from qa.quotes import Quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index.library import Library

CHROMIUM = "/usr/bin/chromium"
INSTALL = "apt-get install chromium fonts-noto-cjk"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ACTS = "<img src=x onerror=window.pwned=1>"
# What Markdown, LaTeX, HTML and Gradio's own templates would act on.
HOSTILE = (
    f"{ACTS}<script>window.pwned=2</script> **bold** $x^2$ $$y$$ \\(z\\) ![p](http://other.test/p.png)\n\n"
    "# head\n\n```mermaid\ngraph TD\n```\n[l](javascript:window.pwned=3) ${window.pwned=4} {{pwned}}"
    " http://other.test/ <b>"
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))


@pytest.fixture
def url(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The page served from this process; the question "hostile" is answered by a hostile document."""
    monkeypatch.setattr(chat, "ask", lambda library, text: hostile() if text == "hostile" else ask(library, text))
    blocks = chat.launch(library, "127.0.0.1", free_port())
    yield blocks.local_url
    blocks.close(verbose=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hostile() -> Answer:
    end = len(HOSTILE)
    paragraph = Paragraph("1-P1", Section("1", (HOSTILE,), None), 0, end, "en", (Span(0, end),))
    document = Document("d", "f.txt", HOSTILE, "en", "0" * 64, HOSTILE, (), (paragraph,))
    quote = Quote(document, paragraph, 0, end, HOSTILE, HOSTILE, ((0, len(ACTS)),), 1.0)
    return Answer("hostile", "en", True, 0.9, None, (quote,), (), (), "f")


@pytest.mark.browser
def test_a_conversation_in_the_browser(url: str) -> None:
    if not shutil.which(CHROMIUM):
        pytest.skip(f"no {CHROMIUM}: {INSTALL}")
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--disable-sync"])
        tab = browser.new_page()
        asked_for: list[str] = []
        broken: list[str] = []
        tab.on("request", lambda request: asked_for.append(request.url))
        tab.on("websocket", lambda opened: asked_for.append(opened.url))
        tab.on("pageerror", lambda error: broken.append(str(error)))
        tab.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
        tab.goto(url)
        replies = tab.locator(".yz-reply")

        def put(question: str) -> Any:
            before = replies.count()
            tab.locator("#yz-box textarea").fill(question)
            tab.locator("#yz-box textarea").press("Enter")
            expect(replies).to_have_count(before + 1)
            return replies.last

        answer = put("CAAR-NK 细胞是谁构建的？")
        expect(answer.locator("mark").first).to_have_text("Meng")
        expect(answer.locator("blockquote").first).to_contain_text("等［29］构建的CAAR-NK细胞")
        expect(answer.locator("figcaption").first).to_contain_text("4-P2")

        refusal = put("今天北京天气怎么样？")
        expect(refusal.locator(".yz-refused")).to_contain_text("没有可引的回答")
        expect(refusal.locator(".yz-card")).to_have_count(0)

        put(ACTS)
        expect(tab.locator(".yz-asked").last).to_have_text(ACTS)

        attacked = put("hostile").locator("blockquote")
        assert attacked.evaluate("node => node.textContent") == HOSTILE
        assert attacked.evaluate("node => [...node.querySelectorAll('*')].map(n => n.tagName)") == ["MARK"]

        tab.get_by_role("tab", name="English examples").click()
        before = replies.count()
        tab.get_by_role("button", name="What are the advantages of CAR-NK over CAR-T?").click()
        expect(replies).to_have_count(before + 1)
        expect(replies.last.locator(".yz-found")).to_contain_text("this:")

        tab.get_by_role("button", name="Clear").click()
        expect(replies).to_have_count(0)
        put("HSCT的原理是什么？")
        expect(replies).to_have_count(1)

        assert tab.evaluate("window.pwned") is None
        assert broken == []
        assert {urlsplit(address).netloc for address in asked_for if not address.startswith(("data:", "blob:"))} == {
            urlsplit(url).netloc
        }
        browser.close()


def test_a_taken_port_is_one_clean_error(library: Library) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1"):
            chat.launch(library, "127.0.0.1", port)
