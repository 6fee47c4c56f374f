"""The report as a page and as Markdown: well formed, asking for nothing, and nothing in a run acts in it."""

from __future__ import annotations

from dataclasses import replace
from html import escape as quoted
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from eval.gate.compare import compare
from eval.report import plots
from eval.report.markdown import escape, markdown
from eval.report.page import html
from eval.report.trace import traces
from eval.run import file
from eval.run.outcome import Part
from eval.run.stages import LEGS

if TYPE_CHECKING:
    from eval.run.record import Run

SETTINGS = {"CONFIDENCE_MIN": 0.45}
HOSTILE = (
    "<script>window.pwned=1</script> a|b `c` *d* [e](javascript:f) ![g](http://other.test/p.png) $h$\n\n"
    "# i\n\n---\n</details></main> {{ 7*7 }} {% if %} &amp; \u202egnp.exe\x07 \" onload='j'"
)
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags that are open, attributes that were met, and the text of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.seen}


def everywhere(made: Any, text: str) -> Run:
    """A run with the same text in every field that holds text."""
    part = Part(text, text, False, (text,))
    shown = made.shown(text, text=text, verbatim=False, placed=False)
    given: dict[str, Any] = {"question": text, "kind": text, "evidence": ((part, part), (part,)), "hit": None}
    outcomes = [
        made.outcome(text, quotes=(shown,), **given),
        made.outcome(f"{text}2", answered=False, nearest=(shown,), reason=text, **given),
    ]
    return made.run(
        outcomes,
        index=text,
        encoder=text,
        sets={text: text},
        documents={text: text},
        settings={text: text},
        reason=text,
    )


def test_the_page_is_well_formed_and_asks_for_nothing(verdicts: Run) -> None:
    text = html(verdicts, verdicts)
    page = Page(text)
    assert page.open == []
    assert "http:" not in text
    assert "https:" not in text
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "base"})
    for _, attributes in page.seen:
        assert all(not name.startswith("on") and name != "src" for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    targets = {attributes.get("id") for _, attributes in page.seen}
    assert {a["href"] for tag, a in page.seen if tag == "a"} <= {f"#{target}" for target in targets}
    assert "url(" not in text.replace("url(#not-found)", "")
    policy = next(a for _, a in page.seen if a.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_shows_every_wrong_answer(verdicts: Run) -> None:
    text = Page(html(verdicts)).text
    for found in traces(verdicts):
        assert found.outcome.question in text
        assert found.words in text
    assert "Nearest passages shown" in text
    assert "Nothing: the source does not answer it." in text
    assert "Comparison" not in text


def test_nothing_in_a_run_acts_in_the_page(made: Any) -> None:
    run = everywhere(made, HOSTILE)
    text = html(run, replace(run, outcomes=run.outcomes[::-1]))
    page = Page(text)
    assert page.open == []
    assert page.tags == Page(html(everywhere(made, "harmless"))).tags
    assert "<script>window.pwned=1</script> a|b" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "\u202e" not in text
    assert "\x07" not in text
    assert "�gnp.exe�" in page.text


def test_quotes_that_do_not_stand_are_marked(made: Any) -> None:
    bad = made.shown(verbatim=False, placed=False)
    run = made.run([made.outcome(hit=None, quotes=(bad,))])
    assert "not the text of its file" in html(run)
    assert "not whole sentences of its paragraph" in markdown(run)


def test_a_comparison_stands_side_by_side(made: Any, verdicts: Run) -> None:
    worse = [
        replace(o, quotes=(), answered=False, reason="too bold") if o.id == "zh-1" else o for o in verdicts.outcomes
    ]
    later = replace(verdicts, outcomes=(*worse, made.outcome("zh-new")))
    page = Page(html(later, verdicts))
    assert page.open == []
    assert "12 questions compared; 1 have other quotes or another verdict." in page.text
    assert "zh-1 · right → wrongly refused" in page.text
    assert "1 new, not compared: zh-new" in page.text
    assert html(later, verdicts) == html(later, verdicts, compare(verdicts, later))
    text = markdown(later, verdicts)
    assert "#### zh-1: right → wrongly refused" in text
    assert "too bold" in text
    assert "1 new, not compared: zh-new" in text


@pytest.mark.parametrize("report", [html, markdown])
def test_the_same_run_is_the_same_bytes(verdicts: Run, report: Any) -> None:
    assert report(verdicts, verdicts).encode() == report(replace(verdicts), replace(verdicts)).encode()


# Markdown


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def test_markdown_says_what_the_page_says(verdicts: Run) -> None:
    text = markdown(verdicts, verdicts)
    for found in traces(verdicts):
        assert escape(found.words) in text
        assert escape(found.outcome.question) in text
    for plot in plots.every(verdicts):
        assert plot.title in text
    assert "<svg" not in text
    assert "| tuning | zh | 4 |" in text


def test_nothing_in_a_run_acts_in_markdown(made: Any) -> None:
    verdicts, harmless = everywhere(made, HOSTILE), everywhere(made, "harmless")
    page, other = Page(rendered(markdown(verdicts, verdicts))), Page(rendered(markdown(harmless, harmless)))
    assert page.open == []
    assert [tag for tag, _ in page.seen] == [tag for tag, _ in other.seen]
    assert "\u202e" not in page.text
    assert "<script>window.pwned=1</script> a|b `c` *d*" in page.text


@pytest.mark.parametrize(
    "text",
    ["a|b", "<b>", "`c`", "*d* _e_", "[f](g)", "![h](i)", "~~j~~", "# k", "- l", "+ m", "1. n", "12) o", "---", "> p",
     "a\\|b", "&lt;", "2-P1 1.000 −0.5", "<!-- q", "==="],
)  # fmt: skip
def test_escaped_text_reads_the_same(text: str) -> None:
    assert rendered(escape(text)) == f"<p>{quoted(text, quote=False)}</p>\n"


@pytest.fixture
def baseline() -> Run:
    from eval.gate.gate import default_baseline

    return file.read(default_baseline())


def test_a_run_of_the_review(baseline: Run) -> None:
    page = Page(html(baseline))
    assert page.open == []
    assert sum(tag == "details" for tag, _ in page.seen) == sum(not o.right for o in baseline.outcomes)


def test_legs_are_all_named_in_the_page(verdicts: Run) -> None:
    text = Page(html(verdicts)).text
    assert all(leg.replace("_", " ") in text for leg in LEGS)


@pytest.mark.parametrize(
    "outcomes",
    [
        pytest.param([], id="no question"),
        pytest.param([("zh-1", {})], id="one answerable"),
        pytest.param([("en-1", {"answerable": False})], id="one unanswerable"),
        pytest.param([("zh-1", {"ranks": {}, "answered": False, "milliseconds": 0.0})], id="no ranks, no time"),
    ],
)
def test_small_runs_are_reported(made: Any, outcomes: list[tuple[str, dict[str, Any]]]) -> None:
    run = made.run([made.outcome(id, **changes) for id, changes in outcomes])
    page = Page(html(run))
    assert page.open == []
    assert "svg" in page.tags
    assert markdown(run).startswith("# Evaluation\n")
