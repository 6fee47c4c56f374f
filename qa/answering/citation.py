"""The citation: where a span stands, in the language of the reader."""

from __future__ import annotations

from index.records import Document, Language, Paragraph


def cite(document: Document, paragraph: Paragraph, start: int, end: int, language: Language) -> str:
    """Document, section path, paragraph, and pages where there are any, or lines where those are the file's."""
    section = " › ".join(paragraph.section.titles)
    return " · ".join(filter(None, [document.title, section, paragraph.id, _where(document, start, end, language)]))


def _where(document: Document, start: int, end: int, language: Language) -> str:
    if pages := sorted({box.page for box in document.boxes(start, end)}):
        return _range(pages[0], pages[-1], ("页", "page"), language)
    if document.lined:
        return _range(*document.lines(start, end), ("行", "line"), language)
    return ""


def _range(first: int, last: int, unit: tuple[str, str], language: Language) -> str:
    if language == "zh":
        return f"第 {first} {unit[0]}" if first == last else f"第 {first}–{last} {unit[0]}"
    return f"{unit[1]} {first}" if first == last else f"{unit[1]}s {first}–{last}"
