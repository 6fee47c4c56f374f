"""The report: what a trace says, what the plots draw, and that nothing in a run acts in the page or in Markdown."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from html import escape as quoted
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from eval.compare import compare
from eval.record import Part
from eval.report import plots
from eval.report.change import changes
from eval.report.markdown import escape, markdown
from eval.report.page import html
from eval.report.trace import losses, ordinal, ranks, trace, traces
from eval.stages import LEGS, STAGES, Ranks

if TYPE_CHECKING:
    from eval.record import Run

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


@pytest.fixture
def run(made: Any) -> Run:
    """One of every verdict, in both languages."""
    return made.run(
        [
            outcome
            for language in ("zh", "en")
            for outcome in (
                made.outcome(f"{language}-1"),
                made.outcome(f"{language}-2", hit=3, rank=2),
                made.outcome(f"{language}-3", hit=None, rank={"late": 2, "fused": 14}, confidence=0.5),
                made.outcome(f"{language}-4", answered=False, confidence=0.41, nearest=(made.shown("doc:2-P1"),)),
                made.outcome(f"{language}-5", answerable=False),
                made.outcome(f"{language}-6", answerable=False, answered=True, half="held-out"),
            )
        ]
    )


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


# Traces


def sentence(**by_leg: int) -> dict[str, int]:
    return {**dict.fromkeys(STAGES, 40), **by_leg}


@pytest.mark.parametrize(
    ("changes", "stop", "words"),
    [
        pytest.param(
            {"rank": sentence(late=14, fused=20), "hit": None},
            "retrieval",
            "no leg ranks it in the first 10 (best: late, 14), 20th after fusion",
            id="no leg",
        ),
        pytest.param(
            {"rank": sentence(late=14, lexical_paragraph=1, fused=12), "hit": None},
            "retrieval",
            "no leg ranks it in the first 10 (best: late, 14), though lexical paragraph has its paragraph first, "
            "12th after fusion",
            id="the paragraph only",
        ),
        pytest.param(
            {"rank": sentence(late=2, fused=14), "hit": None},
            "fusion",
            "found by late (2), lost in fusion (14)",
            id="fusion",
        ),
        pytest.param(
            {"rank": sentence(dense=3, fused=3), "hit": 3},
            "retrieval",
            "no leg ranks it first (best: dense, 3), 3rd after fusion; shown below the first quote",
            id="shown below",
        ),
        pytest.param(
            {"rank": 1, "hit": None}, "quotes", "ranked 1st after reading, lost in choosing quotes", id="quotes"
        ),
        pytest.param(
            {"rank": sentence(fused=1, read=2), "hit": 2},
            "reading",
            "ranked 1st after fusion, 2nd after reading; shown below the first quote",
            id="reading",
        ),
        pytest.param(
            {"rank": 1, "answered": False, "confidence": 0.41},
            "refusal",
            "ranked 1st after reading, refused at 0.41 (threshold 0.45)",
            id="refused",
        ),
        pytest.param(
            {"rank": sentence(dense=2, fused=4), "answered": False, "hit": None},
            "fusion",
            "found by dense (2), lost in fusion (4); refused at 0.10 (threshold 0.45)",
            id="lost before it was refused",
        ),
        pytest.param(
            {"answerable": False, "answered": True},
            "refusal",
            "nothing answers it, yet answered at 0.90 (threshold 0.45)",
            id="answered without any",
        ),
        pytest.param(
            {"ranks": {}, "answered": False, "hit": None},
            "question",
            "taken for no question, so nothing was ranked",
            id="no question",
        ),
        pytest.param(
            {"evidence": ((Part("doc:9-P9", "甲", False, ("doc:1-P1",)),),), "hit": None},
            "labels",
            "its evidence no longer stands where the label says; it stands in doc:1-P1",
            id="orphaned",
        ),
    ],
)
def test_where_an_answer_got_lost(made: Any, changes: dict[str, Any], stop: str, words: str) -> None:
    found = trace(made.outcome("zh-1", **changes), SETTINGS)
    assert (found.stop, found.words) == (stop, words)


def test_the_rank_of_several_parts_is_that_of_the_last(made: Any) -> None:
    one, two, other = (Part(f"doc:{name}", "甲", True) for name in ("1-P1", "1-P2", "2-P1"))
    found = Ranks(5, {"doc:1-P1": 1, "doc:1-P2": 7, "doc:2-P1": 3}, ())
    outcome = made.outcome(evidence=((one,), (two, other)), ranks={"dense": found, "dense_paragraph": found})
    assert outcome.rank("dense") == 5
    assert outcome.rank("dense_paragraph") == 3
    assert outcome.rank("late") is None
    assert made.outcome(answerable=False).rank("dense_paragraph") is None


def test_the_table_of_ranks(made: Any) -> None:
    table = ranks(made.outcome(rank={"dense": 4, "dense_paragraph": 2}))
    assert table.columns == ("stage", "sentence", "1-P1")
    assert [row[0] for row in table.rows] == [stage.replace("_", " ") for stage in STAGES]
    assert {row[0]: row[1:] for row in table.rows}["dense"] == ("4", "4")
    assert {row[0]: row[1:] for row in table.rows}["dense paragraph"] == ("–", "2")
    assert ranks(made.outcome(answerable=False)).rows == ()
    assert ranks(made.outcome(ranks={})).rows == ()


def test_every_wrong_answer_is_traced_once(run: Run) -> None:
    found = traces(run)
    assert [t.outcome.id for t in found] == ["zh-6", "en-6", "zh-3", "en-3", "zh-4", "en-4", "zh-2", "en-2"]
    counts = {row[0]: row[2:] for row in losses(run).rows}
    assert counts["refusal"] == ("2", "2", "4")
    assert sum(int(count[-1]) for count in counts.values()) == len(found)


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 101, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th",
    ]  # fmt: skip


def test_changes_by_direction(made: Any) -> None:
    before = [made.outcome("zh-1"), made.outcome("zh-2", hit=None), made.outcome("zh-3", answerable=False)]
    after = [
        made.outcome("zh-1", hit=3),
        made.outcome("zh-2", answered=False, hit=None),
        made.outcome("zh-3", answerable=False),
    ]
    found = changes(compare(made.run(before), made.run(after)))
    assert {direction: [c.after.id for c in mine] for direction, mine in found.items()} == {
        "worse": ["zh-1"],
        "other": ["zh-2"],
    }


# Plots


def test_rank_counts_by_hand(made: Any) -> None:
    outcomes = [made.outcome(f"zh-{n}", rank=n) for n in (1, 1, 2, 3, 4, 5, 6, 10, 11, 400)]
    outcomes.append(made.outcome("zh-0", ranks={}))
    assert plots.rank_counts(outcomes, "dense") == {
        "1": 2, "2": 1, "3": 1, "4–5": 2, "6–10": 2, "11+": 2, "none": 1,
    }  # fmt: skip


def test_the_marks_stand_at_the_threshold(made: Any) -> None:
    outcomes = [
        made.outcome("zh-1", confidence=0.9),
        made.outcome("zh-2", confidence=0.45, hit=None),
        made.outcome("zh-3", answered=False, confidence=0.4),
        made.outcome("zh-4", answerable=False, confidence=0.1),
    ]
    plot = plots.risk_coverage(made.run(outcomes))
    assert "at the threshold 0.45: zh answers 0.500, 0.500 of them wrong." in plot.caption
    # x from 54 to 444, y from 36 to 256 over a risk up to 0.6: the middle, and 256 - 220 * 0.5 / 0.6 or so
    marks = [e for e in ET.fromstring(plot.svg).iter("circle") if e.find("title") is not None]
    assert [mark.get("cx") for mark in marks] == ["249"]
    assert "threshold" not in plots.risk_coverage(made.run(outcomes, settings={})).caption


def test_reliability_says_its_error(made: Any) -> None:
    plot = plots.reliability(made.run([made.outcome("zh-1", confidence=0.75), made.outcome("en-1", confidence=0.75)]))
    assert "ECE: zh 0.250, en 0.250, all 0.250." in plot.caption
    assert "confidence 0.7 to 0.8: 2 questions, mean confidence 0.750, quotes answer 1.000" in plot.svg


def test_the_last_bar_holds_the_slowest(made: Any) -> None:
    outcomes = [made.outcome(f"zh-{n}", milliseconds=float(n % 90 + 5)) for n in range(300)]
    plot = plots.latency(made.run([*outcomes, made.outcome("zh-slow", milliseconds=9000.0)]))
    assert "the slowest took 9000.0 ms" in plot.caption
    counted = [int(e.text.rpartition(": ")[2]) for e in ET.fromstring(plot.svg).iter("title") if ": " in (e.text or "")]
    assert sum(counted) == 301


@pytest.mark.parametrize("number", range(4))
def test_a_plot_is_named_and_labelled(run: Run, number: int) -> None:
    plot = plots.every(run)[number]
    svg = ET.fromstring(plot.svg)
    assert svg.get("role") == "img"
    assert svg.get("aria-label", "").startswith(plot.title)
    assert svg.find("title") is not None
    assert all(element.text for element in svg.iter("text"))
    assert "nan" not in plot.svg


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


# The page


def test_the_page_is_well_formed_and_asks_for_nothing(run: Run) -> None:
    text = html(run, run)
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


def test_the_page_shows_every_wrong_answer(run: Run) -> None:
    text = Page(html(run)).text
    for found in traces(run):
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


def test_a_comparison_stands_side_by_side(made: Any, run: Run) -> None:
    worse = [replace(o, quotes=(), answered=False, reason="too bold") if o.id == "zh-1" else o for o in run.outcomes]
    later = replace(run, outcomes=(*worse, made.outcome("zh-new")))
    page = Page(html(later, run))
    assert page.open == []
    assert "12 questions compared; 1 have other quotes or another verdict." in page.text
    assert "zh-1 · right → wrongly refused" in page.text
    assert "1 new, not compared: zh-new" in page.text
    assert html(later, run) == html(later, run, compare(run, later))
    text = markdown(later, run)
    assert "#### zh-1: right → wrongly refused" in text
    assert "too bold" in text
    assert "1 new, not compared: zh-new" in text


@pytest.mark.parametrize("report", [html, markdown])
def test_the_same_run_is_the_same_bytes(run: Run, report: Any) -> None:
    assert report(run, run).encode() == report(replace(run), replace(run)).encode()


# Markdown


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def test_markdown_says_what_the_page_says(run: Run) -> None:
    text = markdown(run, run)
    for found in traces(run):
        assert escape(found.words) in text
        assert escape(found.outcome.question) in text
    for plot in plots.every(run):
        assert plot.title in text
    assert "<svg" not in text
    assert "| tuning | zh | 4 |" in text


def test_nothing_in_a_run_acts_in_markdown(made: Any) -> None:
    run, harmless = everywhere(made, HOSTILE), everywhere(made, "harmless")
    page, other = Page(rendered(markdown(run, run))), Page(rendered(markdown(harmless, harmless)))
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
    from eval import record
    from eval.gate import default_baseline

    return record.read(default_baseline())


def test_a_run_of_the_review(baseline: Run) -> None:
    page = Page(html(baseline))
    assert page.open == []
    assert sum(tag == "details" for tag, _ in page.seen) == sum(not o.right for o in baseline.outcomes)


def test_legs_are_all_named_in_the_page(run: Run) -> None:
    text = Page(html(run)).text
    assert all(leg.replace("_", " ") in text for leg in LEGS)
