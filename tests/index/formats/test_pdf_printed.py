"""Papers of any shape, and what real programs print."""

from __future__ import annotations

from pathlib import Path

import papers
import pytest
import regex
from extracts import assert_in_order, assert_sound, bare, of_kind, shown
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.formats.pdf import read


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    columns=st.integers(1, 3),
    zh=st.booleans(),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12),
    size=st.sampled_from([8.0, 9.5, 11.0]),
)
def test_any_paper_is_read_in_order(columns: int, zh: bool, sizes: list[int], size: float) -> None:
    """Whatever its columns, type size and paragraphs: all sentences in order, each paragraph whole."""
    make = papers.chinese if zh else papers.english
    # A first page with something in each column: without that, nobody could say what a lone word beside a column is.
    blocks = [make(n, 9) for n in range(1, 1 + 9 * columns, 9)]
    front = "#colbreak()\n".join(" ".join(block) if not zh else "".join(block) for block in blocks)
    first = 1 + 9 * columns
    for count in sizes:
        blocks.append(make(first, count))
        first += count
    gap = "" if zh else " "
    body = "\n\n".join(gap.join(block) for block in blocks[columns:])
    page = papers.page(columns, zh=zh, size=size, numbers=False)
    extract = read(papers.typst_pdf(f"{page}\n{front}\n#pagebreak()\n{body}"))
    assert_sound(extract)
    assert [bare(text) for text in of_kind(extract, "text")] == [bare("".join(block)) for block in blocks]


HTML = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>细胞治疗 Cell therapy</title>
<style>body {{ font-size: 14px }} h1 {{ font-size: 28px }}</style></head><body>
<h1>细胞治疗 Cell therapy</h1><h2>1 Background</h2>{english}<h2>2 背景与龙马风车</h2>{chinese}
<table border="1"><tr><th>Group</th><th>Patients</th></tr><tr><td>MSC</td><td>41</td></tr>
<tr><td>Placebo</td><td>40</td></tr></table><ul><li>The first item</li><li>The second item</li></ul></body></html>"""


@pytest.mark.slow
def test_what_chromium_prints(tmp_path: Path) -> None:
    source = tmp_path / "page.html"
    parts = {
        "english": "".join(f"<p>{' '.join(papers.english(n, 4))}</p>" for n in range(1, 41, 4)),
        "chinese": "".join(f"<p>{''.join(papers.chinese(n, 4))}</p>" for n in range(41, 81, 4)),
    }
    source.write_text(HTML.format(**parts), encoding="utf-8")
    extract = read(papers.chromium_pdf(source))
    assert_sound(extract)
    assert_in_order(extract, papers.english(1, 40) + papers.chinese(41, 40))
    assert bare(extract.title or "") == "细胞治疗Celltherapy"
    assert [bare(text) for text in of_kind(extract, "heading")] == ["1Background", "2背景与龙马风车"]
    assert len([text for text in of_kind(extract, "text") if regex.match("Sentence|第", text)]) == 20


@pytest.mark.slow
def test_what_libreoffice_prints(tmp_path: Path) -> None:
    source = tmp_path / "letter.txt"
    pieces = [papers.paragraphs(papers.english(1, 40)), papers.paragraphs(papers.chinese(41, 40))]
    source.write_text("\n\n".join(pieces), encoding="utf-8")
    extract = read(papers.soffice_pdf(source))
    assert_sound(extract)
    assert_in_order(extract, papers.english(1, 40) + papers.chinese(41, 40))
    assert len(of_kind(extract, "text")) == 20
    assert len(extract.places.sizes if extract.places else ()) > 1


@pytest.mark.slow
def test_a_word_document_that_libreoffice_prints(tmp_path: Path) -> None:
    """Headings, a running foot with page numbers, notes under a rule, a table."""
    source = tmp_path / "paper.html"
    body = "".join(f"<p>{' '.join(papers.english(n, 4))}</p>" for n in range(1, 61, 4))
    source.write_text(
        "<html><head><meta charset='utf-8'></head><body><h1>Background</h1><h2>Patients</h2><table width='100%'>"
        "<tr><td>Group</td><td>Patients</td></tr><tr><td>MSC</td><td>41</td></tr><tr><td>Placebo</td><td>40</td></tr>"
        f"</table>{body}<h1>Results</h1>{body.replace('Sentence ', 'Sentence 1')}</body></html>",
        encoding="utf-8",
    )
    extract = read(papers.soffice_pdf(source))
    assert_sound(extract)
    assert [(b.level, shown(extract, b)) for b in extract.blocks or () if b.kind == "heading"] == [
        (1, "Background"),
        (2, "Patients"),
        (1, "Results"),
    ]
    assert_in_order(extract, papers.english(1, 60))
    table = next(block for block in extract.blocks or () if block.kind == "table")
    assert extract.text[table.start : table.end] == "Group\tPatients\nMSC\t41\nPlacebo\t40"
