"""The source beside the conversation: whole, in order, each piece with the place it stands for."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hostile import document as hostile_document

from index.library import Library
from index.records import Document, Paragraph, Section, Span
from index.repair.edits import Edit
from qa.gloss import Glosser
from qa.page import reader


class Panel(HTMLParser):
    """The pieces of the panel: (kind of paragraph, start, end, text without what is inserted, text as shown)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.kind = ""
        self.stack: list[str] = []
        self.pieces: list[list[object]] = []
        self.tags: set[str] = set()
        self.titles: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "input":
            return
        values = dict(attrs)
        self.stack.append(tag)
        if tag == "p" and values.get("class") in ("yz-clean", "yz-raw"):
            self.kind = str(values["class"])
        if "data-start" in values:
            self.pieces.append([self.kind, int(values["data-start"] or 0), int(values["data-end"] or 0), "", ""])
        if values.get("class") in ("yz-repair", "yz-break"):
            self.titles.append(values["title"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag
        if tag == "p":
            self.kind = ""

    def handle_data(self, data: str) -> None:
        if not self.kind:
            return
        if "ins" not in self.stack:
            self.pieces[-1][3] = str(self.pieces[-1][3]) + data
        if "del" not in self.stack:
            self.pieces[-1][4] = str(self.pieces[-1][4]) + data


@pytest.fixture(scope="module")
def panel(library: Library) -> Panel:
    return Panel(reader.text(library.documents[0], Glosser(library)))


def test_the_whole_source_stands_there_raw_and_clean(panel: Panel, review: Document) -> None:
    for paragraph in review.paragraphs:
        raw = [p for p in panel.pieces if p[0] == "yz-raw" and paragraph.start <= int(str(p[1])) < paragraph.end]
        assert "".join(str(p[3]) for p in raw) == review.source[paragraph.start : paragraph.end]
        clean = [p for p in panel.pieces if p[0] == "yz-clean" and paragraph.start <= int(str(p[1])) < paragraph.end]
        assert "".join(str(p[4]) for p in clean).strip() == review.display(paragraph.start, paragraph.end)


def test_every_sentence_is_a_piece_with_its_place(panel: Panel, review: Document) -> None:
    places = {(p[0], p[1], p[2]): str(p[4]).strip() for p in panel.pieces}
    for paragraph in review.paragraphs:
        for sentence in paragraph.sentences:
            shown = places["yz-clean", sentence.start, sentence.end]
            assert shown == review.display(sentence.start, sentence.end)
            assert ("yz-raw", sentence.start, sentence.end) in places


def test_every_repair_of_a_paragraph_is_marked_with_its_reason(panel: Panel, review: Document) -> None:
    inside = [e for e in review.edits if any(p.start <= e.start < p.end for p in review.paragraphs)]
    assert len(panel.titles) == len(inside)
    assert all(title.startswith("修订：") and "Repair: " in title for title in panel.titles)
    for edit in inside:
        assert not edit.reason or any(title.endswith(edit.reason) for title in panel.titles)


def test_a_hostile_document_is_shown_literally(library: Library) -> None:
    found = hostile_document()
    seen = Panel(reader.text(found, Glosser(library)))
    assert not seen.tags & {"img", "script", "iframe", "b"}
    raw = "".join(str(piece[3]) for piece in seen.pieces if piece[0] == "yz-raw")
    assert raw == found.source


def test_tables_are_tables_and_what_is_aside_is_smaller(library: Library) -> None:
    text = "Year\tKeeper\n1900\tAnn <b>\nFigure 1: a tower.\n1 A note.\n[1] Smith, 2001."
    starts = [0, 12, 25, 44, 52]
    ends = [11, 24, 43, 51, 67]
    edits = tuple(Edit(at, at + 1, " | ", "table cell") for at, char in enumerate(text) if char == "\t")
    section = Section("1", ("Tables",), None)
    spans = [Span(start, end) for start, end in zip(starts, ends, strict=True)]
    paragraphs = (
        Paragraph("1-P1", section, 0, 24, "en", tuple(spans[:2]), "table"),
        Paragraph("1-P2", section, 25, 43, "en", (spans[2],), "caption"),
        Paragraph("1-P3", section, 44, 51, "en", (spans[3],), "footnote"),
        Paragraph("1-P4", section, 52, 67, "en", (spans[4],), "reference"),
    )
    document = Document("t", "t.docx", "T", "en", "0" * 64, text, edits, paragraphs, "docx")
    drawn = reader.text(document, Glosser(library))
    assert '<tr data-start="0" data-end="11"><th>Year</th><th>Keeper</th></tr>' in drawn
    assert '<tr data-start="12" data-end="24"><td>1900</td><td>Ann &lt;b&gt;</td></tr>' in drawn
    for kind in ("table", "caption", "footnote", "reference"):
        assert f'<div class="yz-paragraph yz-{kind}"' in drawn
    assert "yz-view" not in drawn  # it has no pages
    assert '<span class="yz-lines"></span>' in drawn  # nor lines that anybody could find
    raw = "".join(str(piece[3]) for piece in Panel(drawn).pieces if piece[0] == "yz-raw")
    assert raw == text[:24] + text[25:43] + text[44:51] + text[52:67]
