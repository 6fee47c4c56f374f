"""A reader's own documents in a real browser: dropped, read, asked, chosen, and seen on their pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Tab
from shelved import holding
from uploaded import HARBOUR, HOSTILE, rows, text

from qa import settings
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from index.library import Library

pytestmark = pytest.mark.browser


def test_with_one_document_the_page_opens_on_it(own: Tab) -> None:
    assert own.page.locator("article h3").inner_text().startswith("[系统性红斑狼疮")
    assert own.page.locator("#yz-shelf").get_attribute("open") is None
    assert not own.page.locator("#yz-filter-row").is_visible()


@pytest.mark.slow
def test_from_files_to_quotes_in_their_places(own: Tab, files: dict[str, Path]) -> None:
    own.bring(*files.values())
    assert rows(own) == ["ready", "ready", "ready", "failed"]
    assert "Not added: is called .pdf but is no PDF file" in own.page.locator("#yz-own .yz-failed").inner_text()
    assert own.page.locator("#yz-said").inner_text()  # a screen reader heard of it
    answer = own.ask("How long did green tea delay sleep?")
    assert text(answer.locator("mark").first) == "31 minutes"
    chip = answer.locator(".yz-chip").first
    assert text(chip).endswith("page 1")
    chip.click()
    assert own.marked() == text(answer.locator("blockquote").first)
    own.comes_into_view(".yz-here")
    own.page.locator(".yz-view[data-view=page]").click()
    own.page.locator(".yz-sheet img").wait_for()
    own.comes_into_view(".yz-box")
    assert own.page.locator(".yz-sheet img").evaluate("image => image.naturalWidth") == 2 * 420
    sheet, box = own.page.locator(".yz-sheet img").bounding_box(), own.page.locator(".yz-box").first.bounding_box()
    assert sheet
    assert box
    assert sheet["x"] < box["x"] < box["x"] + box["width"] < sheet["x"] + sheet["width"] / 2  # in the left column
    assert own.page.evaluate("document.activeElement.className") == "yz-view"
    own.page.locator(".yz-turn[data-turn=following]").click()
    own.page.get_by_text("Page 2 of 2").wait_for()
    assert own.page.locator(".yz-box").count() == 0
    assert own.page.evaluate("document.activeElement.className") == "yz-turn"
    own.page.locator(".yz-view[data-view=text]").click()
    own.page.locator("article[data-view=text]").wait_for()
    assert own.marked() == text(answer.locator("blockquote").first)
    answer = own.ask("钟楼是谁设计的？")
    answer.locator(".yz-chip").first.click()
    own.page.locator("article", has_text="钟楼").locator("h3", has_text="钟楼").wait_for()
    assert "陈志远" in own.marked()
    assert own.page.locator("article th").all_inner_texts() == ["年份", "看守"]
    assert own.ask("CAAR-NK 细胞是谁构建的？").locator("blockquote").first.inner_text().startswith("Meng等［29］")
    assert own.page.evaluate("window.pwned") is None
    assert own.page.locator("#yz-source img").count() == 0


@pytest.mark.slow
def test_dropped_anywhere(own: Tab, files: dict[str, Path]) -> None:
    made = own.page.evaluate_handle(
        """([name, text]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([text], name));
          carried.items.add(new File(['no picture'.repeat(9)], 'second.txt'));
          return carried;
        }""",
        [HOSTILE, HARBOUR.decode()],
    )
    own.page.dispatch_event("#yz-box textarea", "dragenter", {"dataTransfer": made})
    assert own.page.locator("#yz-drop").is_visible()
    own.page.dispatch_event("#yz-box textarea", "drop", {"dataTransfer": made})
    assert not own.page.locator("#yz-drop").is_visible()
    own.page.wait_for_function("document.querySelectorAll('#yz-own [data-state=ready]').length === 2", timeout=60_000)
    assert HOSTILE in own.page.locator("#yz-own").inner_text()
    assert own.page.evaluate("window.pwned") is None


@pytest.mark.slow
def test_progress_is_told_in_the_pages_language(chromium: Browser, alone: str) -> None:
    tab = Tab(chromium, alone, "zh-CN").open()
    long = "".join(f"第{number}号船停在第{number * 7}号泊位。" for number in range(300))
    tab.page.locator("#yz-files").set_input_files({"name": "船.txt", "mimeType": "text/plain", "buffer": long.encode()})
    tab.page.locator("#yz-own .yz-about").filter(has_text=re.compile(r"编码 \d+/\d+")).first.wait_for()
    tab.page.locator("#yz-own .yz-remove").click()
    tab.page.locator("#yz-own li").wait_for(state="detached")
    assert not tab.page.locator("#yz-mine").is_visible()
    tab.close()


@pytest.mark.slow
def test_a_file_that_is_too_large_is_not_even_sent(own: Tab) -> None:
    most = settings.UPLOAD_BYTES_MAX
    own.page.evaluate(
        """most => {
          const file = new File(['x'], 'huge.pdf');
          Object.defineProperty(file, 'size', { value: most + 11_000_000 });
          const carried = new DataTransfer();
          const drop = new Event('drop', { bubbles: true, cancelable: true });
          Object.defineProperty(drop, 'dataTransfer', { value: { types: ['Files'], files: [file] } });
          document.body.dispatchEvent(drop);
        }""",
        most,
    )
    said = own.page.locator("#yz-sending .yz-about .yz-en")
    said.filter(has_text="Not added: has 61 MB, at most 50 MB are read; split it").wait_for()
    own.page.locator("#yz-sending .yz-remove").click()
    assert own.page.locator("#yz-sending li").count() == 0


@pytest.mark.slow
def test_what_is_ticked_is_asked_and_said(own: Tab, files: dict[str, Path]) -> None:
    own.bring(files["paper.pdf"], files["钟楼.md"])
    own.page.locator("#yz-none").click()
    assert own.page.locator("#yz-count").inner_text() == "0 / 3"
    own.page.locator(".yz-pick").nth(1).check()
    assert own.page.locator("#yz-count").inner_text() == "1 / 3"
    answer = own.ask("How long did green tea delay sleep?")
    assert text(answer.locator(".yz-narrowed")) == "Asked only 1 of 3 documents: 钟楼"
    assert "31 minutes" not in text(answer)
    own.page.locator("#yz-all").click()
    own.page.get_by_role("radio", name="Chinese").check()
    assert own.page.locator("#yz-count").inner_text() == "3 · 中文"
    answer = own.ask("How long did green tea delay sleep?")
    assert text(answer.locator(".yz-narrowed")) == "Chinese paragraphs only"
    assert "31 minutes" not in text(answer)
    suggested = answer.locator(".yz-next .yz-ask")
    if suggested.count():
        assert own.next(suggested.first.click).locator(".yz-narrowed").count() == 1
    own.page.get_by_role("radio", name="Any").check()
    answer = own.ask("How long did green tea delay sleep?")
    assert answer.locator(".yz-narrowed").count() == 0
    assert "31 minutes" in text(answer)


@pytest.mark.slow
def test_on_a_phone_and_by_keyboard(chromium: Browser, alone: str, files: dict[str, Path]) -> None:
    tab = Tab(chromium, alone, width=390, has_touch=True).open()
    tab.page.locator("#yz-open").tap()
    tab.bring(files["paper.pdf"], files["bad.pdf"])
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    tab.page.locator("#yz-own a.yz-name").tap()
    tab.page.locator("article h3", has_text="Green tea").wait_for()
    tab.page.locator(".yz-view[data-view=page]").tap()
    tab.page.locator(".yz-sheet img").wait_for()
    side = tab.page.locator("#yz-side").bounding_box()
    assert side
    assert side["y"] >= 0
    assert side["y"] + side["height"] <= 861
    tab.close()
    tab = Tab(chromium, alone).open()
    tab.bring(files["paper.pdf"])

    def to(selector: str) -> None:
        for _ in range(140):
            if tab.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            tab.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached")

    tab.page.evaluate("document.querySelector('.yz-skip').focus()")
    to("#yz-add")
    to("#yz-shelf > summary")
    to("#yz-all")
    to("input[name=yz-language]")
    to("#yz-own .yz-pick")
    tab.page.keyboard.press("Space")
    assert tab.page.locator("#yz-count").inner_text() == "1 / 2"
    to("#yz-own a.yz-name")
    tab.page.keyboard.press("Enter")
    tab.page.locator("article h3", has_text="Green tea").wait_for()
    to(".yz-view[data-view=page]")
    tab.page.keyboard.press("Enter")
    to(".yz-turn[data-turn=following]")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_text("第 2 页，共 2 页").wait_for()
    tab.page.evaluate("document.querySelector('.yz-skip').focus()")
    to("#yz-own .yz-remove")
    tab.page.keyboard.press("Enter")
    tab.page.locator("#yz-own li").wait_for(state="detached")
    tab.close()


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(own: Tab, files: dict[str, Path], dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    if dark:
        own.page.locator("#yz-theme").click()
    own.bring(*files.values())
    own.page.locator("#yz-own a.yz-name").first.click()
    own.opened()
    own.page.locator(".yz-view[data-view=page]").click()
    own.page.locator(".yz-sheet img").wait_for()
    own.page.wait_for_timeout(800)
    for view in ("page", "text"):
        own.page.locator(f".yz-view[data-view={view}]").click()
        own.opened()
        found = Axe().run(own.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        serious = [
            (violation["id"], [node["html"][:160] for node in violation["nodes"][:4]])
            for violation in found.response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        assert serious == []


@pytest.mark.slow
def test_a_library_of_a_thousand_documents(
    chromium: Browser, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is light, is filtered by name, and a document's text comes when it is opened."""
    from dataclasses import replace

    first = library.documents[0]
    titled = (replace(first, id=f"d{n}", title=f"Paper {n} <b>", file=f"{n}.txt") for n in range(1_000))
    many = holding(library, titled)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    with serving(many, Place(port=0, feedback=tmp_path / "f", per_minute=100_000)) as url:
        tab = Tab(chromium, url, "en-GB").open()
        assert tab.page.locator("article").count() == 0
        assert tab.page.locator(".yz-rows li:visible").count() == 1_000
        tab.page.locator("#yz-filter").fill("paper 77")
        assert tab.page.locator(".yz-rows li:visible").count() == 11
        tab.page.locator("#yz-none").click()
        assert tab.page.locator("#yz-count").inner_text() == "989 / 1000"
        tab.page.locator(".yz-rows li:visible a").nth(1).click()
        tab.opened()
        assert tab.page.locator("article h3").inner_text() == "Paper 770 <b>"
        tab.close()


@pytest.mark.slow
def test_without_uploads_there_is_nothing_to_add(
    chromium: Browser, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    with serving(library, Place(port=0, feedback=tmp_path / "f", uploads=False)) as url:
        tab = Tab(chromium, url, "en-GB").open()
        assert tab.page.locator("#yz-add, .yz-hint").count() == 0
        tab.ask("CAAR-NK 细胞是谁构建的？").locator(".yz-chip").first.click()
        assert tab.marked().startswith("Meng等［29］")
        tab.close()


@pytest.mark.slow
def test_a_page_that_cannot_be_shown_says_why(own: Tab, files: dict[str, Path]) -> None:
    import platformdirs

    own.bring(files["paper.pdf"])
    own.page.locator("#yz-own a.yz-name").click()
    own.page.locator(".yz-view[data-view=page]").wait_for()
    for path in (platformdirs.user_cache_path("yinzheng") / "uploads").glob("*/*/*"):
        path.write_bytes(b"%PDF-1.7 another")
    own.page.locator(".yz-view[data-view=page]").click()
    own.page.locator(".yz-why .yz-en", has_text="has changed since it was read").wait_for()
    assert own.page.locator("article[data-view=text]").count() == 1
