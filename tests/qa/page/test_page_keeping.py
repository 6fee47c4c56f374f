"""What is kept of a conversation in the browser, what can be taken away, and who sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Tab

from index.corpus import Corpus
from index.originals import Originals
from qa.verify import records, verify
from qa.web.feedback import Feedback
from qa.web.guard.users import Users, add
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from served import Served

    from index.library import Library

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHO = "CAAR-NK 细胞是谁构建的？"


def test_a_conversation_survives_a_reload(tab: Tab) -> None:
    tab.ask(WHO)
    tab.ask("今天北京天气怎么样？")
    tab.ask("hostile")
    shown = tab.page.locator(".yz-reply").evaluate_all("all => all.map(one => one.innerHTML)")
    tab.page.reload()
    tab.ready()
    tab.replies.nth(2).wait_for()
    assert tab.page.locator(".yz-reply").evaluate_all("all => all.map(one => one.innerHTML)") == shown
    tab.page.locator(".yz-chip").first.click()
    assert tab.marked().startswith("Meng等［29］")
    follow = tab.ask("它有什么特点？")
    assert follow.locator(".yz-understood, .yz-card, .yz-refused").count() > 0
    tab.page.locator("#yz-clear").click()
    tab.page.locator(".yz-asked").first.wait_for(state="detached")
    tab.page.reload()
    tab.ready()
    tab.page.wait_for_timeout(500)
    assert tab.page.locator(".yz-asked").count() == 0


def test_exports(tab: Tab, tmp_path: Path, corpus: Corpus) -> None:
    question = "What is <b>CAAR-NK</b>, and who built it?"
    tab.ask(WHO)
    tab.ask(question)
    tab.ask("今天北京天气怎么样？")
    files = {}
    for name in ("Markdown", "HTML", "JSON"):
        with tab.page.expect_download() as started:
            tab.page.get_by_role("button", name=name, exact=True).click()
        started.value.save_as(tmp_path / name)
        files[started.value.suggested_filename.rpartition(".")[2]] = (tmp_path / name).read_text(encoding="utf-8")
    assert set(files) == {"md", "html", "json"}
    found = records(files["json"], "export")
    assert [record["question"] for record in found] == [WHO, question, "今天北京天气怎么样？"]
    verdicts = list(verify(found, Originals(corpus)))
    assert verdicts
    assert [verdict.problem for verdict in verdicts] == [None] * len(verdicts)
    for quote in found[0]["quotes"]:
        assert quote["citation"] in files["html"]
        assert quote["citation"].replace("[", "\\[").replace("]", "\\]") in files["md"]
    assert "<b>CAAR-NK</b>" not in files["html"]
    tab.page.set_content(files["html"])
    assert tab.page.locator("h2").nth(1).inner_text() == question
    assert tab.page.locator("script, img").count() == 0


def test_two_sessions_are_apart(chromium: Browser, served: Served) -> None:
    mine, other = Tab(chromium, served.url).open(), Tab(chromium, served.url, "en-GB").open()
    mine.ask(WHO)
    reply = other.ask("What about its risks?")
    assert reply.locator(".yz-understood").count() == 0
    assert other.page.locator(".yz-asked").count() == 1
    other.page.reload()
    other.ready()
    other.replies.first.wait_for()
    assert "CAAR" not in other.page.locator("#yz-chat").inner_text()
    assert mine.page.locator(".yz-asked").count() == 1
    mine.close()
    other.close()


def test_a_forged_history_is_not_shown(served: Served) -> None:
    from qa.conversation.desk import Desk
    from qa.conversation.turn import Turn

    desk = Desk(served.library)
    turn = desk.turn(WHO)
    kept = json.loads(json.dumps(turn.plain()))
    assert Turn.read(kept, served.library) == turn

    def forged(**changes: Any) -> dict[str, Any]:
        copy: dict[str, Any] = json.loads(json.dumps(kept))
        copy["record"]["quotes"][0] |= changes
        return copy

    assert Turn.read(forged(text="CAR-T治愈一切。"), served.library) is None
    assert Turn.read(forged(start=0), served.library) is None
    assert Turn.read(forged(document="other"), served.library) is None
    assert Turn.read(forged(sha256="0"), served.library) is None
    assert Turn.read(forged(score=10**400), served.library) is None
    assert Turn.read(kept | {"seal": "x", "asked": float("inf")}, served.library) is None
    for broken in (None, [], {}, {"record": {}}, kept | {"record": None}, kept | {"typed": "x" * 10_000}, "x"):
        assert Turn.read(broken, served.library) is None


def test_what_a_browser_kept_is_shown_to_its_user_alone(served: Served, tmp_path: Path) -> None:
    from qa.conversation.desk import Desk
    from qa.web.events import Events

    page = Events(Desk(served.library), Feedback(tmp_path / "feedback.jsonl"))
    kept = {"user": "ana", "turns": [page.desk.turn(WHO).plain()]}
    for user, messages in (("ana", 2), ("bob", 0), (None, 0)):
        who: Any = type("Request", (), {"username": user})
        assert len(page.restore(kept, "zh", "", who)[1]) == messages


def test_logging_in(chromium: Browser, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    add(tmp_path / "users", "李雷", "a long password")
    place = Place(port=0, users=Users.read(tmp_path / "users"), feedback=tmp_path / "feedback.jsonl")
    with serving(library, place) as url:
        tab = Tab(chromium, url)
        tab.page.goto(url)
        name, password = tab.page.locator("input").first, tab.page.locator("input[type=password]")
        name.fill("李雷")
        password.fill("a wrong password")
        password.press("Enter")
        tab.page.get_by_text("凭据不正确").wait_for()
        assert tab.page.locator("#yz-box").count() == 0
        tab.errors.clear()  # the browser tells a refused log-in as an error
        name.fill("李雷")
        password.fill("a long password")
        password.press("Enter")
        tab.ready()
        assert "Meng" in tab.ask(WHO).inner_text()
        tab.close()
