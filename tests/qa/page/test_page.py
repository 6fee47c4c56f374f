"""The chat page in a real browser: ask, see the quote in its place, refusals, follow-ups, nothing that acts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from browser import Tab
from hostile import ACTS, HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from served import Served

pytestmark = pytest.mark.browser
WHO = "CAAR-NK 细胞是谁构建的？"


def text(found: Any) -> str:
    """The text of an element as the source has it, white space and all."""
    return str(found.evaluate("node => node.textContent"))


def test_an_answer_and_its_place(tab: Tab) -> None:
    answer = tab.ask(WHO)
    assert text(answer.locator("mark").first) == "Meng"
    quote = text(answer.locator("blockquote").first)
    assert quote.startswith("Meng等［29］构建的CAAR-NK细胞")
    assert "4-P2" in text(answer.locator(".yz-chip").first)
    answer.locator(".yz-chip").first.click()
    tab.page.wait_for_function("document.querySelectorAll('.yz-here').length > 0")
    assert tab.marked() == quote
    tab.comes_into_view(".yz-here")
    tab.page.locator("#yz-raw").check()
    assert "™29" in tab.marked() or "29" in tab.marked()
    assert tab.page.locator(".yz-here del:visible").count() > 0
    tab.comes_into_view(".yz-here")


@pytest.mark.slow
def test_a_repair_gives_its_reason(tab: Tab) -> None:
    tab.read()
    tab.page.locator("#yz-raw").check()
    repair = tab.page.locator(".yz-repair:visible").first
    repair.click()
    assert tab.page.locator("#yz-why").inner_text() == repair.get_attribute("title")
    repair.focus()
    assert tab.page.locator("#yz-why").inner_text().startswith("修订：")


def test_an_english_question_to_a_chinese_text(tab: Tab) -> None:
    answer = tab.ask("AB-101 was combined with which drug?")
    assert "this:" in text(answer.locator(".yz-found"))
    assert "利妥昔单抗" in text(answer.locator("blockquote").first)
    gloss = answer.locator(".yz-gloss").first
    assert "not a translation" in text(gloss.locator("summary"))
    assert "lymphoma" in text(gloss)


def test_a_refusal_is_worth_reading(tab: Tab) -> None:
    refusal = tab.ask("MSC 治疗的费用是多少？")
    assert text(refusal.locator(".yz-refused")).startswith("没有可引的回答")
    assert "费用" in text(refusal.locator(".yz-absent"))
    assert refusal.locator(".yz-card, mark").count() == 0
    assert refusal.locator(".yz-near").count() == refusal.locator(".yz-not").count() > 0
    suggested = refusal.locator(".yz-next .yz-ask")
    assert 1 <= suggested.count() <= 3
    question = text(suggested.first)
    answer = tab.next(suggested.first.click)
    assert text(tab.page.locator(".yz-asked").last) == question
    assert answer.locator(".yz-card").count() > 0


def test_a_follow_up_and_its_undoing(tab: Tab) -> None:
    tab.ask("CAR-T细胞疗法有哪些副作用？")
    follow = tab.ask("那MSC呢？")
    assert "MSC" in text(follow.locator(".yz-understood b"))
    assert "副作用" in text(follow.locator(".yz-understood b"))
    alone = tab.next(follow.locator(".yz-undo").click)
    assert alone.locator(".yz-understood").count() == 0
    assert text(tab.page.locator(".yz-asked").last) == "那MSC呢？"


def test_nothing_foreign_acts(tab: Tab) -> None:
    tab.ask(ACTS)
    assert text(tab.page.locator(".yz-asked").last) == ACTS
    tab.ask(f"What is **CAR-T**? {HOSTILE}")
    attacked = tab.ask("hostile").locator("blockquote")
    assert text(attacked) == HOSTILE
    assert attacked.evaluate("node => [...node.querySelectorAll('*')].map(n => n.tagName)") == ["MARK"]
    assert tab.page.locator(".yz-reply :is(script, img, iframe, h1, code, .katex, .mermaid)").count() == 0
    assert tab.page.evaluate("window.pwned") is None


def test_a_quote_is_never_its_twin(tab: Tab) -> None:
    chip = tab.ask("hostile").locator(".yz-chip").first
    chip.click()
    tab.opened()
    places = tab.page.locator(".yz-here").evaluate_all("pieces => pieces.map(p => [+p.dataset.start, +p.dataset.end])")
    assert places
    assert {tuple(place) for place in places} == {(len(HOSTILE), 2 * len(HOSTILE))}
    assert tab.marked() == HOSTILE


@pytest.mark.slow
def test_stop(tab: Tab, served: Served) -> None:
    served.go_on.clear()
    tab.type("slow")
    tab.page.locator(".yz-wait").wait_for()
    tab.page.locator("#yz-box .stop-button").click()
    tab.page.get_by_text("Stopped; not answered.").wait_for()
    served.go_on.set()
    answer = tab.ask(WHO)
    assert "Meng" in text(answer)
    assert tab.page.locator(".yz-asked").count() == 2


@pytest.mark.slow
def test_a_new_conversation_is_not_overtaken_by_an_answer(tab: Tab, served: Served) -> None:
    tab.ask(WHO)
    served.go_on.clear()
    tab.type("slow")
    tab.page.locator(".yz-wait").wait_for()
    tab.page.locator("#yz-clear").click()
    tab.page.locator(".yz-asked").first.wait_for(state="detached")
    served.go_on.set()
    assert "Meng" in text(tab.ask(WHO))
    assert tab.page.locator(".yz-asked").count() == 1


def test_an_error_tells_no_secret_and_ends_nothing(tab: Tab) -> None:
    broken = tab.ask("broken")
    assert text(broken) == "Internal error; it has been logged."
    assert "Meng" in text(tab.ask(WHO))


@pytest.mark.slow
@pytest.mark.parametrize("nothing", ["", "   ", "\n\n"])
def test_nothing_is_no_question(tab: Tab, nothing: str) -> None:
    tab.type(nothing)
    tab.page.wait_for_timeout(400)
    assert tab.page.locator(".yz-asked").count() == 0


def test_a_question_in_the_address(chromium: Browser, served: Served) -> None:
    tab = Tab(chromium, served.url)
    tab.open("/?q=How+does+HSCT+work%3F")
    tab.page.locator(".yz-card").first.wait_for()
    assert text(tab.page.locator(".yz-asked")) == "How does HSCT work?"
    assert "q=" not in tab.page.url
    tab.close()


@pytest.mark.slow
def test_examples_for_every_section(tab: Tab, served: Served) -> None:
    examples = tab.page.locator(".yz-examples dl > div")
    assert examples.count() == len(list(served.library.documents[0].sections()))
    assert "HSCT" in text(tab.next(examples.nth(3).locator(".yz-ask").last.click))


@pytest.mark.slow
def test_copies(chromium: Browser, served: Served) -> None:
    tab = Tab(chromium, served.url, permissions=["clipboard-read", "clipboard-write"]).open()
    card = tab.ask(WHO).locator(".yz-card").first
    quote, citation = text(card.locator("blockquote")), "四、NK细胞疗法 · 4-P2 · 第 339–343 行"
    card.locator(".yz-copy").click()
    card.get_by_text("已复制").wait_for()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0] == quote
    assert copied.splitlines()[1].startswith("— ")
    assert copied.endswith(citation)
    card.locator(".yz-copy-markdown").click()
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("navigator.clipboard.readText()").startswith("> Meng等［29］")
    tab.close()


@pytest.mark.slow
def test_a_link_to_a_question(chromium: Browser, served: Served) -> None:
    tab = Tab(chromium, served.url, permissions=["clipboard-read", "clipboard-write"]).open()
    tab.ask(WHO).locator(".yz-link").click()
    tab.page.get_by_text("已复制").wait_for()
    address = tab.page.evaluate("navigator.clipboard.readText()")
    other = Tab(chromium, served.url)
    other.open(address.removeprefix(served.url))
    other.page.locator(".yz-card").first.wait_for()
    assert text(other.page.locator(".yz-asked")) == WHO
    tab.close()
    other.close()


@pytest.mark.slow
def test_feedback_with_a_note(tab: Tab, served: Served) -> None:
    reply = tab.ask(WHO)
    tab.page.locator("#yz-chat .extra-feedback > button").last.hover()
    tab.page.get_by_role("button", name="引用有误").last.click()
    tab.page.get_by_text("已记下，谢谢。").wait_for()
    tab.page.locator("#yz-note textarea").fill("应引 4-P1 <b>")
    tab.page.get_by_role("button", name="保存说明").click()
    tab.page.get_by_text("说明已保存。").wait_for()
    entries = [json.loads(line) for line in served.feedback.read_text(encoding="utf-8").splitlines()]
    assert entries[-1]["verdict"] == "wrong citation"
    assert entries[-1]["note"] == "应引 4-P1 <b>"
    assert entries[-1]["record"]["quotes"][0]["text"] == text(reply.locator("blockquote").first)
