"""Blocks that a format marks, as paragraphs in their sections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.formats.extract import Block, Extract
from index.repair.edits import Edit, Repaired
from index.structure import outline
from index.structure.outline import Outline


def extract(*parts: tuple[str, str] | tuple[str, str, int], **more: object) -> Extract:
    """An extract of blocks, each given by its kind, its text and, for a heading, its level."""
    text, blocks = "", []
    for kind, words, *level in parts:
        text += "\n\n" if text else ""
        blocks.append(Block(kind, len(text), len(text) + len(words), *level))  # type: ignore[arg-type]
        text += words
    return Extract("html", text, tuple(blocks), **more)  # type: ignore[arg-type]


def shown(made: Extract, found: Outline) -> list[tuple[str, str, str]]:
    """Each paragraph's id, kind and display text."""
    repaired = Repaired(made.text, found.edits)
    return [(p.id, p.kind, repaired.display(p.start, p.end)) for p in found.paragraphs]


PAPER = extract(
    ("text", "Abstract: Cells were made. They lived."),
    ("text", "Nobody knew."),
    ("heading", "1 Introduction", 1),
    ("text", "Cells are small."),
    ("heading", "1.1 Aims", 2),
    ("text", "We count them.\nOne by one."),
    ("table", "Arm\tN\nA\t12\nB\t15"),
    ("caption", "Table 1. Arms."),
    ("footnote", "* Two were lost."),
    ("heading", "References", 1),
    ("text", "Doe J. On cells."),
    ("heading", "Books", 2),
    ("text", "Roe R. More cells."),
    ("heading", "Appendix", 1),
    ("text", "Raw counts."),
)


def test_a_paper() -> None:
    found = outline.read(PAPER)
    assert shown(PAPER, found) == [
        ("en-P1", "text", "Cells were made. They lived."),
        ("0-P1", "text", "Nobody knew."),
        ("1-P1", "text", "Cells are small."),
        ("1.1-P1", "text", "We count them. One by one."),
        ("1.1-P2", "table", "Arm | N\nA | 12\nB | 15"),
        ("1.1-P3", "caption", "Table 1. Arms."),
        ("1.1-P4", "footnote", "* Two were lost."),
        ("2-P1", "reference", "Doe J. On cells."),
        ("2.1-P1", "reference", "Roe R. More cells."),
        ("3-P1", "text", "Raw counts."),
    ]
    assert [p.section.titles for p in found.paragraphs][3] == ("1 Introduction", "1.1 Aims")
    (table,) = (p for p in found.paragraphs if p.kind == "table")
    assert [PAPER.text[s.start : s.end] for s in table.sentences] == ["Arm\tN", "A\t12", "B\t15"]


def test_text_before_any_heading_is_an_introduction_of_ours() -> None:
    made = extract(("text", "绿茶在春天采摘。"), ("heading", "咖啡", 2), ("text", "咖啡豆要烘焙。"))
    found = outline.read(made).paragraphs
    assert [(p.id, p.section.titles) for p in found] == [("0-P1", ("[引言]",)), ("1-P1", ("咖啡",))]


def test_the_title_said_again_is_no_section() -> None:
    parts = (("heading", "On Cells", 1), ("heading", "Aims", 2), ("text", "We count."))
    again = extract(*parts, title="On cells")
    assert [p.section.titles for p in outline.read(again).paragraphs] == [("Aims",)]
    other = extract(*parts, title="Something else")
    assert [p.section.titles for p in outline.read(other).paragraphs] == [("On Cells", "Aims")]
    twice = extract(*parts, ("heading", "More", 1), ("text", "The end."), title="On cells")
    assert [p.section.titles for p in outline.read(twice).paragraphs] == [("On Cells", "Aims"), ("More",)]


def test_an_abstract_under_its_heading_has_the_id_of_an_abstract() -> None:
    made = extract(("heading", "摘 要", 2), ("text", "茶。"), ("heading", "Abstract", 2), ("text", "Tea is a plant."))
    assert [p.id for p in outline.read(made).paragraphs] == ["zh-P1", "en-P1"]


def test_references_without_a_heading() -> None:
    entries = [("text", f"[{n}] Doe J. Title {n}. Journal, 202{n}, 3: 1-2.") for n in range(3)]
    made = extract(("text", "Cells are small."), *entries, ("text", "The end of it."))
    assert [p.kind for p in outline.read(made).paragraphs] == ["text", *["reference"] * 3, "text"]


def test_typed_text_is_shown_as_it_stands() -> None:
    words = "他说,细胞 很小;疔效好(good).第二 句。"
    made = extract(("text", words))
    ((_, _, text),) = shown(made, outline.read(made))
    assert text == words
    scanned = extract(("text", words), scanned=True)
    ((_, _, text),) = shown(scanned, outline.read(scanned))
    assert text != words


def test_edits_of_the_format_are_kept() -> None:
    made = extract(("text", "A **bold** word."), edits=(Edit(2, 4, "", "markup"), Edit(8, 10, "", "markup")))
    found = outline.read(made)
    assert shown(made, found) == [("0-P1", "text", "A bold word.")]
    assert {edit.rule for edit in found.edits} == {"markup"}


def test_a_block_that_shows_nothing_is_no_paragraph() -> None:
    made = extract(("text", "<!-- x -->"), ("text", "Tea."), edits=(Edit(0, 10, "", "markup"),))
    assert [id for id, _, _ in shown(made, outline.read(made))] == ["0-P1"]


WORDS = st.text(st.sampled_from("细胞ab cd.。\t\n1２🙂é "), min_size=1, max_size=30).filter(
    lambda text: bool(text.strip()) and text == text.strip()
)
PARTS = st.one_of(
    st.tuples(st.sampled_from(["text", "table", "caption", "footnote"]), WORDS),
    st.tuples(st.just("heading"), WORDS, st.integers(1, 6)),
)


@given(st.lists(PARTS, max_size=8), st.booleans())
def test_everything_that_is_no_heading_stands_in_exactly_one_sentence(parts: list[tuple[str, str]], ocr: bool) -> None:
    made = extract(*parts, scanned=ocr)
    found = outline.read(made)
    covered = [0] * len(made.text)
    for paragraph in found.paragraphs:
        assert made.text[paragraph.start : paragraph.end].strip()
        for span in paragraph.sentences:
            for at in range(span.start, span.end):
                covered[at] += 1
    assert max(covered, default=0) <= 1
    headed = {at for block in made.blocks or () if block.kind == "heading" for at in range(block.start, block.end)}
    shown_text = Repaired(made.text, found.edits)
    missing = [at for at, times in enumerate(covered) if not times and at not in headed and made.text[at].isalnum()]
    assert not missing, (missing, shown_text.text)
