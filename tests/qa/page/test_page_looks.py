"""How the page looks and speaks: languages, colours, a phone, the keyboard, screen readers, screenshots."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Tab

from qa.page import words
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from served import Served

    from index.library import Library

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHO = "CAAR-NK 细胞是谁构建的？"
GOLDEN = Path(__file__).parents[2] / "golden"
# The words that an empty page shows at once.
CHROME = (
    "tagline",
    "caution",
    "welcome",
    "ask",
    "examples",
    "save",
    "clear",
    "theme",
    "source",
    "add",
    "documents",
    "yours",
    "choose",
    "all",
    "none",
    "languages",
    "outline",
    "raw",
    "ours",
)


@pytest.mark.parametrize(("browser", "language"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_page_speaks_the_browsers_language(
    chromium: Browser, served: Served, browser: str, language: words.Language
) -> None:
    tab = Tab(chromium, served.url, browser).open()
    tab.read()
    for name in CHROME:
        tab.page.wait_for_function("text => document.body.innerText.includes(text)", arg=words.of(name, language))
    tab.close()


def test_every_word_switches(tab: Tab) -> None:
    tab.read()
    for language, browser in (("en", "#yz-switch"), ("zh", "#yz-switch")):
        tab.page.locator(browser).click()
        tab.page.locator("#yz-clear").filter(has_text=words.of("clear", language)).wait_for()  # type: ignore[arg-type]
        shown = tab.page.locator("body").inner_text()
        other = "zh" if language == "en" else "en"
        for name in CHROME:
            assert words.of(name, language) in shown  # type: ignore[arg-type]
            assert words.of(name, other) not in shown  # type: ignore[arg-type]
        placeholder = tab.page.locator("#yz-box textarea").get_attribute("placeholder")
        assert placeholder == words.of("placeholder", language)  # type: ignore[arg-type]
    tab.page.locator("#yz-switch").click()
    tab.page.reload()
    tab.ready()
    assert tab.page.locator("html").get_attribute("lang") == "en"


def test_dark_and_light(tab: Tab) -> None:
    def lightness() -> int:
        from PIL import Image

        tab.page.wait_for_timeout(400)  # colours fade
        pixel = Image.open(io.BytesIO(tab.page.screenshot())).convert("L").getpixel((4, 400))
        return int(pixel)  # type: ignore[arg-type]

    assert lightness() > 240
    tab.page.locator("#yz-theme").click()
    assert lightness() < 40
    tab.page.reload()
    tab.ready()
    assert lightness() < 40


def test_the_systems_dark_is_followed(chromium: Browser, served: Served) -> None:
    tab = Tab(chromium, served.url, color_scheme="dark").open()
    assert "dark" in (tab.page.locator("body").get_attribute("class") or "")
    tab.close()


def test_a_phone(chromium: Browser, served: Served) -> None:
    tab = Tab(chromium, served.url, width=390, has_touch=True).open()
    answer = tab.ask(WHO)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not tab.page.locator("#yz-source").is_visible()
    answer.locator(".yz-chip").first.tap()
    tab.page.locator("#yz-source").wait_for()
    tab.comes_into_view(".yz-here")
    assert tab.marked().startswith("Meng等［29］")
    box = tab.page.locator("#yz-side").bounding_box()
    assert box is not None
    assert box["width"] == 390
    tab.page.keyboard.press("Escape")
    tab.page.locator("#yz-source").wait_for(state="hidden")
    tab.page.locator("#yz-open").tap()
    tab.page.locator("#yz-close").tap()
    assert not tab.page.locator("#yz-source").is_visible()
    tab.close()


def test_by_keyboard_alone(tab: Tab) -> None:
    def tab_to(selector: str, presses: int = 120) -> None:
        for _ in range(presses):
            if tab.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            tab.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached")

    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("Tab")
    tab_to(".yz-skip")
    tab.page.keyboard.press("Enter")
    tab_to("#yz-box textarea", 1)
    tab.page.keyboard.type(WHO)
    tab.page.keyboard.press("Enter")
    tab.replies.first.wait_for()
    tab.page.evaluate("document.querySelector('.yz-skip').focus()")
    tab_to(".yz-chip")
    tab.page.keyboard.press("Enter")
    assert tab.marked().startswith("Meng等［29］")
    assert tab.page.evaluate("document.activeElement.className") == "yz-here"
    tab.page.evaluate("document.querySelector('.yz-skip').focus()")
    tab_to(".yz-copy")
    tab_to(".extra-feedback > button")
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.textContent") == words.of("right", "zh")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_text(words.of("thanks", "zh")).wait_for()
    tab_to("#yz-clear")
    tab_to(".yz-examples summary")
    tab_to("#yz-raw")
    tab.page.keyboard.press("Space")
    tab_to(".yz-repair")
    tab.page.keyboard.press("Enter")
    assert tab.page.locator("#yz-why").inner_text()


@pytest.mark.parametrize(
    "state", ["answered", *(pytest.param(name, marks=pytest.mark.slow) for name in ("empty", "dark", "phone"))]
)
def test_axe_finds_nothing_serious(chromium: Browser, served: Served, state: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab = Tab(chromium, served.url, "en-GB", width=390 if state == "phone" else 1280).open()
    if state != "empty":
        tab.ask("AB-101 was combined with which drug?")
        refusal = tab.ask("Can lupus patients be vaccinated against COVID-19?")
        assert refusal.count() == 1
    if state == "answered":
        tab.page.locator(".yz-chip").first.click()
        tab.page.locator("#yz-raw").check()
    if state == "dark":
        tab.page.locator("#yz-theme").click()
    if state == "phone":
        tab.page.locator(".yz-chip").first.click()
    tab.page.wait_for_timeout(800)
    found = Axe().run(tab.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    serious = [
        (violation["id"], [node["html"][:160] for node in violation["nodes"][:4]])
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []
    tab.close()


def test_screen_readers_are_told(tab: Tab) -> None:
    tab.ask(WHO)
    log = tab.page.get_by_role("log")
    assert log.count() == 1
    assert log.get_attribute("aria-live") == "polite"
    assert tab.page.locator("#yz-chat [data-testid][aria-label]").count() == 0
    assert tab.page.get_by_role("textbox", name="问题").count() == 1


PAPER = """
#set page(paper: "a5", columns: 2, margin: 1.4cm)
#set text(9pt)
#set document(title: "Green tea and sleep: a randomised trial")
#place(top + center, scope: "parent", float: true)[#text(13pt)[*Green tea and sleep: a randomised trial*]]
= Abstract
We asked whether green tea in the evening delays sleep. In a randomised trial of 214 adults, three cups of green tea
after 6 pm delayed sleep by 31 minutes. Decaffeinated tea had no effect.
= Methods
Participants were recruited in Hangzhou between March 2021 and June 2022. #lorem(90)
= Results
Of 214 participants, 108 were assigned to green tea and 106 to decaffeinated tea. #lorem(110)
"""


@pytest.mark.slow
def test_screenshots(chromium: Browser, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the README's pictures, which YINZHENG_GOLDEN=write puts in their place."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    with serving(library, Place(port=0, feedback=tmp_path / "feedback.jsonl")) as url:
        shots = _shots(chromium, url)
    for name, data in shots.items():
        place = GOLDEN / f"page-{name}.png"
        if os.environ.get("YINZHENG_GOLDEN") == "write":
            place.write_bytes(data)
        assert len(data) < 120_000
        assert size(data) == size(place.read_bytes())


def _shots(chromium: Browser, url: str) -> dict[str, bytes]:
    import typst

    tab = Tab(chromium, url, "en-GB", width=1180).open()
    shots: dict[str, bytes] = {}

    def shoot(name: str) -> None:
        tab.page.mouse.move(0, 0)
        tab.page.wait_for_timeout(900)
        shots[name] = small(tab.page.screenshot())

    tab.ask("AB-101 was combined with which drug?").locator(".yz-chip").first.click()
    shoot("answer")
    tab.page.locator("#yz-raw").check()
    shoot("source")
    tab.page.locator("#yz-raw").uncheck()
    tab.ask("Can lupus patients be vaccinated against COVID-19?")
    shoot("refusal")
    tab.page.locator("#yz-theme").click()
    shoot("dark")
    tab.page.locator("#yz-theme").click()
    tab.bring({"name": "tea.pdf", "mimeType": "application/pdf", "buffer": bytes(typst.compile(PAPER.encode()))})
    tab.page.locator("#yz-clear").click()
    tab.page.locator(".yz-asked").first.wait_for(state="detached")
    tab.ask("How long did green tea delay sleep?").locator(".yz-chip").first.click()
    tab.opened()
    tab.page.locator(".yz-view[data-view=page]").click()
    tab.page.locator(".yz-sheet img").wait_for()
    tab.page.locator("#yz-shelf > summary").click()
    shoot("paper")
    tab.close()
    tab = Tab(chromium, url, width=390, has_touch=True).open()
    answer = tab.ask(WHO)
    shoot("phone")
    answer.locator(".yz-chip").first.tap()
    shoot("sheet")
    tab.close()
    return shots


def small(data: bytes) -> bytes:
    """A picture in as many colours as it can do with."""
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").quantize(80, Image.Quantize.MAXCOVERAGE).save(out, "PNG", optimize=True)
    return out.getvalue()


def size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    return Image.open(io.BytesIO(data)).size
