"""What is no running text: stamps, line numbers and heads are dropped; tables, entries and headings are known."""

from __future__ import annotations

import papers
import regex
from extracts import of_kind
from papers import line

from index.formats.pdf import read


def test_stamps_that_pages_repeat_are_dropped() -> None:
    stamp = "q 0 1 -1 0 40 200 cm BT /F1 12 Tf 0 0 Td (Downloaded by X) Tj ET Q\n"
    pages = [("", stamp + line(80, 500, f"The text of page {n} is this")) for n in ("one", "two", "three")]
    assert "Downloaded" not in read(papers.raw_pdf(pages)).text


def test_line_numbers_of_a_manuscript_are_dropped() -> None:
    rows = [line(40, 550 - 20 * i, str(i + 1), "/F1 8") + line(80, 550 - 20 * i, f"Row {i} of text") for i in range(20)]
    extract = read(papers.raw_pdf([("", "".join(rows))]))
    assert regex.findall(r"\d+", extract.text) == [str(i) for i in range(20)]


def test_odd_and_even_pages_have_their_own_heads() -> None:
    pages = []
    for n in range(1, 7):
        head = f"{n} Smith and others" if n % 2 else f"Cells in lupus {n}"
        text = "".join(line(50, 520 - 14 * i, f"Page {n} line {i} tells of cells") for i in range(30))
        pages.append(("", line(50, 570, head) + text + line(200, 30, str(n))))
    text = read(papers.raw_pdf(pages)).text
    assert "Smith" not in text
    assert "lupus" not in text
    assert regex.findall(r"Page (\d) line (\d+)", text) == [(str(n), str(i)) for n in range(1, 7) for i in range(30)]


def test_body_that_repeats_is_kept() -> None:
    """Pages of the same lines throughout have no running head."""
    pages = [("", "".join(line(50, 570 - 14 * i, f"Form {n} row {i}") for i in range(36))) for n in range(4)]
    assert len(regex.findall(r"Form \d row", read(papers.raw_pdf(pages)).text)) == 4 * 36


def test_a_bibliography_is_no_table_and_keeps_its_entries() -> None:
    rows, y = [], 560
    for n in range(1, 9):
        rows += [line(50, y, f"[{n}]"), line(80, y, f"Author {n}, A. Work number {n} on the cells of lupus in")]
        rows.append(line(80, y - 13, f"many patients. Journal {n}, 2020."))
        y -= 26
    extract = read(papers.raw_pdf([("", "".join(rows))]))
    assert not of_kind(extract, "table")
    entries = of_kind(extract, "text")
    assert len(entries) == 8
    assert entries[2] == "[3] Author 3, A. Work number 3 on the cells of lupus in many patients. Journal 3, 2020."


def test_cells_that_wrap_stay_in_their_row() -> None:
    source = """
#set page(width: 14cm, height: 14cm)
#set text(size: 9pt)
#table(columns: (3cm, 6cm, 2cm), [Study], [Finding], [Year],
  [Wang and others], [Mesenchymal cells were given to patients with lupus and helped them], [2015],
  [Li], [Cells again, in another hospital, with much the same result for all who had them], [2018],
  [Sun and others], [No result], [2021], [Akiyama], [T cells die], [2012])
"""
    extract = read(papers.typst_pdf(source))
    (table,) = [block for block in extract.blocks or () if block.kind == "table"]
    rows = [row.split("\t") for row in extract.text[table.start : table.end].split("\n")]
    assert [row[2] for row in rows] == ["Year", "2015", "2018", "2021", "2012"]
    assert rows[1][1] == "Mesenchymal cells were given to patients with lupus and helped them"


def test_empty_cells_keep_their_columns() -> None:
    source = """
#set page(width: 12cm, height: 8cm)
#table(columns: (3cm,) * 3, stroke: none, [], [Cells], [Placebo], [Remission], [61], [22], [Relapse], [], [31],
  [Deaths], [0], [])
"""
    extract = read(papers.typst_pdf(source))
    (table,) = extract.blocks or ()
    assert table.kind == "table"
    assert extract.text[table.start : table.end] == "\tCells\tPlacebo\nRemission\t61\t22\nRelapse\t\t31\nDeaths\t0"


def test_a_heading_by_its_number_alone() -> None:
    """Headings in the body's own type count where their numbers go on; items of a list do not."""
    text = "".join(
        line(50, 570 - 14 * i, row)
        for i, row in enumerate(
            [
                "1 Patients",
                *["Text of the section which goes on for a while to fill lines"] * 3,
                "The items of a list, on the other hand, are these:",
                "1. apples",
                "2. pears",
                *["Text of the section which goes on for a while to fill lines"] * 3,
                "It ends here.",
                "2 Results",
                *["Text of the section which goes on for a while to fill lines"] * 3,
            ]
        )
    )
    assert of_kind(read(papers.raw_pdf([("", text)])), "heading") == ["1 Patients", "2 Results"]
