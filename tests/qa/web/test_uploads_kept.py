"""Whom brought documents are kept for in a real browser, and until when."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import Tab
from uploaded import rows, text

from qa import settings
from qa.page import words
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from index.library import Library


pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_reload_keeps_them_and_a_removed_one_is_gone(own: Tab, files: dict[str, Path], tmp_path: Path) -> None:
    own.bring(files["paper.pdf"], files["钟楼.md"])
    own.ask("How long did green tea delay sleep?")
    own.ask("钟楼是谁设计的？")
    own.page.reload()
    own.ready()
    own.replies.nth(1).wait_for()
    own.page.locator("#yz-own li").nth(1).wait_for(state="attached")
    assert rows(own) == ["ready", "ready"]
    follow = own.ask("它有多高？")
    assert follow.locator(".yz-card, .yz-refused").count() > 0
    own.page.locator(".yz-chip").first.click()
    assert "31 minutes" in own.marked()
    own.page.locator("#yz-shelf > summary").click()
    own.page.locator("#yz-own .yz-remove").first.click()
    own.page.locator(".yz-gone").first.wait_for()
    own.page.get_by_text(words.of("removed", "en")).wait_for()
    assert own.page.locator(".yz-gone").first.inner_text().endswith("document removed")
    assert "31 minutes" not in text(own.ask("How long did green tea delay sleep?"))
    own.page.reload()
    own.ready()
    own.replies.nth(3).wait_for()
    assert own.page.locator(".yz-card .yz-gone").count() >= 1
    with own.page.expect_download() as started:
        own.page.get_by_role("button", name="JSON", exact=True).click()
    started.value.save_as(tmp_path / "export.json")
    found = json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))
    assert found[0]["quotes"][0]["document"] == "paper"


@pytest.mark.slow
def test_no_other_session_sees_them(chromium: Browser, own: Tab, alone: str, files: dict[str, Path]) -> None:
    own.bring(files["paper.pdf"])
    token = own.page.evaluate("sessionStorage.getItem('yz-room')")
    other = Tab(chromium, alone, "en-GB").open()
    assert other.page.evaluate("sessionStorage.getItem('yz-room')") != token
    assert other.page.locator("#yz-own li").count() == 0
    assert "31 minutes" not in text(other.ask("How long did green tea delay sleep?"))
    other.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<a id=forged href=\"#at=paper:0-40\">x</a>')")
    other.page.locator("#forged").click()
    other.page.get_by_text(words.of("removed", "en")).wait_for()
    other.close()
    same = own.context.new_page()  # another tab of the same browser
    same.goto(alone)
    same.locator("#yz-clear").filter(has_text=re.compile(r"\S")).wait_for()
    assert same.evaluate("sessionStorage.getItem('yz-room')") != token
    assert same.locator("#yz-own li").count() == 0
    same.close()


@pytest.mark.slow
def test_the_end_of_a_session_is_told(own: Tab, files: dict[str, Path]) -> None:
    own.page.evaluate("sessionStorage.setItem('yz-room', 'a guess')")
    own.page.reload()
    own.ready()
    own.page.wait_for_function("sessionStorage.getItem('yz-room') !== 'a guess'")
    own.bring(files["钟楼.md"])
    assert rows(own) == ["ready"]
    own.page.route("**/documents", lambda route: route.fulfill(status=403, body="{}"))
    own.page.evaluate("yinzheng.refresh()")
    own.page.locator("#yz-sending .yz-en", has_text="were deleted after their time").wait_for()
    assert rows(own) == []
    own.page.unroute("**/documents")
    own.errors.clear()  # the browser tells 403 as an error


@pytest.mark.slow
def test_a_closed_tab_ends_them(
    chromium: Browser, library: Library, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.web import server

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    monkeypatch.setattr(settings, "UPLOAD_GRACE_SECONDS", 1)
    monkeypatch.setattr(server, "_SWEEP_SECONDS", 0.2)
    folder = tmp_path / "yinzheng" / "uploads"
    with serving(library, Place(port=0, feedback=tmp_path / "f")) as url:
        tab, watch = Tab(chromium, url, "en-GB").open(), Tab(chromium, url, "en-GB").open()
        tab.bring(files["paper.pdf"])
        watch.page.wait_for_timeout(2_000)
        assert len(list(folder.glob("*/*/1"))) == 1  # as long as the tab is there
        tab.close()
        for _ in range(60):
            watch.page.wait_for_timeout(250)
            if not list(folder.glob("*/*/1")):
                break
        assert list(folder.glob("*/*/1")) == []
        watch.close()
    assert [path.name for path in folder.iterdir()] == [".lock"]


@pytest.mark.slow
def test_with_a_log_in_they_are_their_users(
    chromium: Browser, library: Library, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ana brings a document; Bob, who logs in in the very same tab, sees nothing of it."""
    from qa.web.guard.users import Users, add

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    for name in ("ana", "bob"):
        add(tmp_path / "users", name, "a long password")
    with serving(library, Place(port=0, feedback=tmp_path / "f", users=Users.read(tmp_path / "users"))) as url:
        tab = Tab(chromium, url, "en-GB")

        def log_in(name: str) -> None:
            tab.page.goto(url)
            tab.page.locator("input").first.fill(name)
            tab.page.locator("input[type=password]").fill("a long password")
            tab.page.locator("input[type=password]").press("Enter")
            tab.ready()

        log_in("ana")
        tab.bring(files["paper.pdf"])
        token = tab.page.evaluate("sessionStorage.getItem('yz-room')")
        tab.page.reload()
        tab.ready()
        tab.page.locator("#yz-own li").wait_for(state="attached")
        tab.context.clear_cookies()
        log_in("bob")
        tab.page.wait_for_timeout(1_000)
        assert tab.page.locator("#yz-own li").count() == 0
        assert tab.page.evaluate("sessionStorage.getItem('yz-room')") != token
        tab.errors.clear()  # the browser tells a log-in that is asked for as an error
        tab.close()
