"""PDF read back from real producers: order, paragraphs, headings, notes, tables, places, and what cannot be read."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import papers
import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.formats import limits
from index.formats.extract import Block, Extract
from index.formats.pdf import page_image, read
from index.repair.edits import Repaired


def shown(extract: Extract, block: Block) -> str:
    """A block's display text in one line."""
    return " ".join(Repaired(extract.text, extract.edits).display(block.start, block.end).split())


def bare(text: str) -> str:
    return "".join(text.split())


def of_kind(extract: Extract, kind: str) -> list[str]:
    return [shown(extract, block) for block in extract.blocks or () if block.kind == kind]


def assert_in_order(extract: Extract, sentences: list[str], kinds: tuple[str, ...] = ("text",)) -> None:
    """Every sentence stands, mended, in the blocks of these kinds, one after the other; nothing else repeats them."""
    text = bare("".join(" ".join(of_kind_blocks(extract, kinds))))
    at = 0
    for sentence in sentences:
        found = text.find(bare(sentence), at)
        assert found >= 0, f"{sentence!r} is lost or out of order after {text[max(0, at - 60) : at]!r}"
        at = found + len(bare(sentence))


def of_kind_blocks(extract: Extract, kinds: tuple[str, ...]) -> list[str]:
    return [shown(extract, block) for block in extract.blocks or () if block.kind in kinds]


def assert_sound(extract: Extract) -> None:
    """What holds of every extract: blocks without space around them, places on their pages, a round trip."""
    assert extract.places is not None
    for block in extract.blocks or ():
        piece = extract.text[block.start : block.end]
        # A table's first cell may be empty.
        assert piece == (piece.strip("\n").rstrip() if block.kind == "table" else piece.strip())
        assert extract.places.boxes(block.start, block.end)
    for left, right in pairwise(extract.blocks or ()):
        assert not extract.text[left.end : right.start].strip() or extract.title
    sizes = extract.places.sizes
    for start, end, page, top, bottom in extract.places.lines.tolist():
        edges = extract.places.edges[start:end]
        assert 0 <= top < bottom <= sizes[page - 1][1]
        assert (edges[:, 0] <= edges[:, 1]).all()
        assert (edges >= 0).all()
        assert (edges[:, 1] <= sizes[page - 1][0]).all()
    placed = np.zeros(len(extract.text), dtype=bool)
    for start, end, *_ in extract.places.lines.tolist():
        placed[start:end] = True
    assert all(extract.text[i].isspace() for i in np.flatnonzero(~placed).tolist())
    again = Extract.from_bytes(extract.to_bytes())
    assert (again.text, again.blocks, again.edits) == (extract.text, extract.blocks, extract.edits)
    Repaired(extract.text, extract.edits)


TRIAL = (
    "#figure(table(columns: 4, [Group], [Patients], [Age], [Response], [MSC], [41], [33.5], [61%], [Placebo], [40], "
    "[34.1], [22%], [All of them], [81], [33.8], [42%]), caption: [Patients of the trial])"
)
WIDE = (
    '#place(auto, scope: "parent", float: true)[#figure(table(columns: (1fr,) * 5, stroke: none, table.hline(), '
    "[Study], [Year], [Cells], [Dose], [Response], table.hline(), [Wang], [2015], [MSC], [1000000], [61 of 90], "
    "[Li], [2018], [MSC], [2000000], [50 of 77], [Sun], [2021], [CAR-T], [3000000], [8 of 9], table.hline()), "
    "caption: [All trials of cells in lupus])]"
)


@pytest.fixture(scope="module")
def journal() -> Extract:
    """An English paper in two columns with all that a journal has."""
    front = " ".join(papers.english(1, 6))
    first = papers.paragraphs(papers.english(7, 20)).replace("Sentence 12 ", "Sentence 12 CAR-T double-blind ")
    first = first.replace(
        "Sentence 9 ", "Sentence 9#footnote[A note on the trial, long enough to fill a line and more.] "
    )
    source = f"""{papers.page(2, head="Journal of Cells")}
#place(top, scope: "parent", float: true)[
  #align(center)[#text(size: 17pt, weight: "bold")[Mesenchymal cells in lupus:\\ a randomized trial] \\
  #text(size: 11pt)[Ann Author, Bo Writer]]
  *Abstract* {front}
]
= 1 Introduction
{first}
== 1.1 Patients
{papers.paragraphs(papers.english(27, 20))}
{TRIAL}
{papers.paragraphs(papers.english(47, 20))}
{WIDE}
= 2 Results
{papers.paragraphs(papers.english(67, 40))}
#figure(rect(width: 80%, height: 3cm), caption: [Response over time in all of the patients])
{papers.paragraphs(papers.english(107, 8))}
= References
#set text(size: 8pt)
+ Wang D, Li J. A trial of cells in lupus. Lancet, 2015.
+ Sun L, Akiyama K. Cells again. Stem Cells, 2009, 27: 1421--1432, with a tail that wraps over to a line more.
"""
    return read(papers.typst_pdf(source))


def test_a_journal_is_read_in_order(journal: Extract) -> None:
    sentences = papers.english(1, 114)
    sentences[8] = sentences[8].replace("Sentence 9 ", "Sentence 91 ")  # the note's mark
    sentences[11] = sentences[11].replace("Sentence 12 ", "Sentence 12 CAR-T double-blind ")
    assert_in_order(journal, sentences)
    assert_sound(journal)


def test_a_journals_parts_are_known(journal: Extract) -> None:
    assert journal.title == "Mesenchymal cells in lupus: a randomized trial"
    headings = [(block.level, shown(journal, block)) for block in journal.blocks or () if block.kind == "heading"]
    assert headings == [(1, "1 Introduction"), (2, "1.1 Patients"), (1, "2 Results"), (1, "References")]
    captions = of_kind(journal, "caption")
    assert captions == [
        "Table 1: Patients of the trial",
        "Table 2: All trials of cells in lupus",
        "Figure 1: Response over time in all of the patients",
    ]
    assert [bare(note) for note in of_kind(journal, "footnote")] == ["1Anoteonthetrial,longenoughtofillalineandmore."]
    assert not journal.scanned
    assert journal.notes == ()


def test_tables_keep_rows_and_cells(journal: Extract) -> None:
    tables = [journal.text[b.start : b.end].split("\n") for b in journal.blocks or () if b.kind == "table"]
    rows = [[row.split("\t") for row in table] for table in tables]
    assert rows[0][0] == ["Group", "Patients", "Age", "Response"]
    assert rows[0][3] == ["All of them", "81", "33.8", "42%"]
    assert rows[1][1] == ["Wang", "2015", "MSC", "1000000", "61 of 90"]
    assert [len(table) for table in rows] == [4, 4]


def test_running_heads_and_page_numbers_are_no_text(journal: Extract) -> None:
    assert "Journal of Cells" not in journal.text
    assert not regex.search(r"^\d+$", journal.text, regex.MULTILINE)


def test_no_paragraph_is_cut_by_a_column_or_page(journal: Extract) -> None:
    texts = [text for text in of_kind(journal, "text") if text.startswith("Sentence")]
    assert all(text.endswith(".") for text in texts)
    assert [int(text.split()[1]) for text in texts][:6] == [7, 11, 15, 19, 23, 27]
    places = journal.places
    assert places is not None
    across = [
        block
        for block in journal.blocks or ()
        if block.kind == "text" and places.page(block.start) != places.page(block.end - 1)
    ]
    assert across


def test_references_stay_apart(journal: Extract) -> None:
    references = of_kind(journal, "text")[-2:]
    assert references[0] == "1. Wang D, Li J. A trial of cells in lupus. Lancet, 2015."
    assert references[1].startswith("2. Sun L")
    assert references[1].endswith("line more.")


def test_pages_are_those_printed(journal: Extract) -> None:
    places = journal.places
    assert places is not None
    assert len(places.sizes) == 3
    pages = [places.page(journal.text.index(f"Sentence {n} ")) for n in (1, 20, 60, 114)]
    assert pages == sorted(page for page in pages if page)
    assert (pages[0], pages[-1]) == (1, 3)


def test_a_chinese_journal_is_read_in_order() -> None:
    first = papers.paragraphs(papers.chinese(7, 30))
    first = first.replace(
        "第9句", "第9句#footnote[这是关于试验的脚注，它足够长，以至于会占满一行甚至两行文字，谁也不知道究竟是多少。]"
    )
    source = f"""{papers.page(2, zh=True, head="中华医学杂志")}
#place(top, scope: "parent", float: true)[
  #align(center)[#text(size: 17pt, weight: "bold")[间充质干细胞治疗红斑狼疮的研究] \\ #text(size: 11pt)[张三 李四]]
  *【摘要】* {"".join(papers.chinese(1, 6))}
]
= 一、引言
{first}
== （一）资料与方法
{papers.paragraphs(papers.chinese(37, 30))}
#figure(table(columns: 3, [组别], [例数], [应答], [治疗组], [41], [61%], [安慰剂], [40], [22%], [合计], [81], [42%]),
  caption: [患者基本资料])
{papers.paragraphs(papers.chinese(67, 20))}
= 二、结果
{papers.paragraphs(papers.chinese(87, 60))}
"""
    extract = read(papers.typst_pdf(source))
    assert_sound(extract)
    sentences = papers.chinese(1, 146)
    sentences[8] = sentences[8].replace("第9句", "第9句1")
    assert_in_order(extract, sentences)
    assert extract.title == "间充质干细胞治疗红斑狼疮的研究"
    headings = [(block.level, shown(extract, block)) for block in extract.blocks or () if block.kind == "heading"]
    assert headings == [(1, "一、引言"), (2, "（一）资料与方法"), (1, "二、结果")]
    assert [bare(text) for text in of_kind(extract, "caption")] == ["表1患者基本资料"]
    assert [bare(text)[:9] for text in of_kind(extract, "footnote")] == ["1这是关于试验的脚"]
    table = next(block for block in extract.blocks or () if block.kind == "table")
    assert extract.text[table.start : table.end].split("\n")[1] == "治疗组\t41\t61%"
    assert "中华医学杂志" not in extract.text
    starts = [int(match[1]) for text in of_kind(extract, "text") if (match := regex.match(r"第(\d+)句", bare(text)))]
    assert starts == [*range(7, 37, 4), *range(37, 67, 4), *range(67, 87, 4), *range(87, 147, 4)]


def test_three_columns_are_read_in_order() -> None:
    source = f"{papers.page(3, head='News', size=8.5)}\n= 1 Many columns\n{papers.paragraphs(papers.english(1, 90))}"
    extract = read(papers.typst_pdf(source))
    assert_sound(extract)
    assert_in_order(extract, papers.english(1, 90))
    assert of_kind(extract, "heading") == ["1 Many columns"]


def test_a_letter_of_one_page_loses_nothing() -> None:
    source = f"""
#set page(paper: "a4", margin: 2.5cm, header: [Office of Letters], footer: [Page 1 of 1])
#set text(size: 11pt)
Prof. A. Smith\\
12 Long Road

#h(1fr) 3 May 2024

Dear Professor Smith,

{papers.paragraphs(papers.english(1, 9), 3)}

Yours sincerely,

Bo Writer
"""
    extract = read(papers.typst_pdf(source))
    texts = of_kind(extract, "text")
    words = "Office of Letters Prof. A. Smith 12 Long Road 3 May 2024 Dear Professor Smith,".split()
    words += " ".join(papers.english(1, 9)).split() + "Yours sincerely, Bo Writer Page 1 of 1".split()
    assert " ".join(texts).split() == words
    assert {"3 May 2024", "Dear Professor Smith,", "Yours sincerely,", "Bo Writer"} <= set(texts)
    assert not of_kind(extract, "heading")
    assert not of_kind(extract, "table")


def test_raised_marks_and_ligatures_stay_on_their_line() -> None:
    raised = "#super(typographic: false)"
    source = f"""{papers.page(2)}
The cells{raised}[12] grow, as others{raised}[\\[3\\]] saw, at 5 × 10{raised}[6] per kg, and
H#sub(typographic: false)[2]O flows. Office efficiency and affluent fjords.

{papers.paragraphs(papers.english(1, 12))}
"""
    extract = read(papers.typst_pdf(source))
    first = of_kind(extract, "text")[0]
    assert first.startswith(
        "The cells12 grow, as others[3] saw, at 5 × 10⁶ per kg, and H2O flows. Office efficiency and"
    )
    assert first.endswith("affluent fjords.")
    assert "5 × 106 per kg" in " ".join(extract.text.split())


COMPOUNDS = [
    ("immuno-", "suppressive drugs help", "immunosuppressive"),
    ("a double-", "blind trial was run", "double-blind"),
    ("the CAR-", "T cells were given", "CAR-T"),
    ("of base-", "line activity it is", "baseline"),
    ("an IL-", "6 receptor it was", "IL-6"),
    ("with lympho-", "cytes it is known", "lymphocytes"),
    ("see http://a.org/some-", "thing for more", "http://a.org/some-thing"),
]


@pytest.mark.parametrize(("head", "tail", "word"), COMPOUNDS)
def test_hyphens_at_line_ends(head: str, tail: str, word: str) -> None:
    content = (
        f"BT /F1 11 Tf 14 TL 50 500 Td (It is known here that {head}) Tj T* ({tail} and so on and so forth.) Tj ET"
    )
    extract = read(papers.raw_pdf([("", content)]))
    assert f"{head}\n{tail}" in extract.text
    assert f" {word} " in f" {Repaired(extract.text, extract.edits).text} "
    assert {edit.rule for edit in extract.edits} == {"hyphenation"}


def test_the_document_says_how_a_word_is_written() -> None:
    """A word in no dictionary is written as it stands elsewhere: joined, or with its hyphen."""
    lines = "of rheumato- | logy and of neo- | plastic | and neo-plastic forms rheumatology knows".replace(
        " | ", ") Tj T* ("
    )
    extract = read(papers.raw_pdf([("", f"BT /F1 11 Tf 14 TL 50 500 Td ({lines}) Tj ET")]))
    text = " ".join(Repaired(extract.text, extract.edits).text.split())
    assert "rheumatology and" in text
    assert "neo-plastic and neo-plastic" in text


def line(x: float, y: float, text: str, font: str = "/F1 11") -> str:
    return f"BT {font} Tf {x} {y} Td ({text}) Tj ET\n"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_are_on_the_page_as_shown(turn: int) -> None:
    """A turned and cropped page: the ink of a word is in its box, and nowhere else."""
    wide, high, base = (300, 400, 180) if turn % 180 == 0 else (400, 300, 180)
    matrix = {0: "1 0 0 1 150 250", 90: "0 1 -1 0 250 150", 180: "-1 0 0 -1 250 250", 270: "0 -1 1 0 250 350"}[turn]
    content = f"q {matrix} cm BT /F2 20 Tf 0 0 Td (Remission) Tj ET Q"
    data = papers.raw_pdf([(f"/MediaBox [0 0 420 520] /CropBox [60 70 360 470] /Rotate {turn}", content)])
    extract = read(data)
    assert extract.text == "Remission"
    assert extract.places is not None
    assert extract.places.sizes.tolist() == [[wide * 10, high * 10]]
    (box,) = extract.places.boxes(0, 9)
    assert base
    dark = np.argwhere(ink(page_image(data, 1, 2.0)))
    top, left = dark.min(axis=0) / 2
    bottom, right = dark.max(axis=0) / 2
    assert box.left - 1 <= left < right <= box.right + 1
    assert box.top - 1 <= top < bottom <= box.bottom + 1
    assert right - left > 0.9 * (box.right - box.left)
    assert bottom - top > 0.5 * (box.bottom - box.top)


def ink(image: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(BytesIO(image)).convert("L")) < 128


def test_boxes_lie_on_the_words(tmp_path: Path) -> None:
    """Words are coloured, and only the boxes of those words have that colour."""
    from PIL import Image

    words = " ".join(f"#text(fill: red)[target{n}] and {sentence}" for n, sentence in enumerate(papers.english(1, 30)))
    data = papers.typst_pdf(f"{papers.page(2)}\n{words}")
    extract = read(data)
    assert extract.places is not None
    pixels = np.asarray(Image.open(BytesIO(page_image(data, 1, 3.0))).convert("RGB")).astype(int)
    red = (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 100)
    covered = np.zeros_like(red)
    for match in regex.finditer(r"tar-?\n?get\d+", extract.text):
        for box in extract.places.boxes(match.start(), match.end()):
            area = np.s_[int(box.top * 3) - 1 : int(box.bottom * 3) + 2, int(box.left * 3) - 2 : int(box.right * 3) + 2]
            assert red[area].mean() > 0.04
            covered[area] = True
    assert covered.any()
    assert not (red & ~covered).any()


def test_turned_text_is_read_after_the_page() -> None:
    """A stamp in the margin comes after the page's own text, and each of its characters has a box of its own."""
    body = "".join(line(80, 500 - 14 * i, f"Line {i} of the text that goes on") for i in range(8))
    stamp = "q 0 1 -1 0 40 200 cm BT /F1 12 Tf 0 0 Td (arXiv 1234) Tj ET Q"
    extract = read(papers.raw_pdf([("", stamp + "\n" + body)]))
    assert_sound(extract)
    assert extract.text.endswith("arXiv 1234")
    assert extract.places is not None
    boxes = extract.places.boxes(len(extract.text) - 10, len(extract.text))
    assert len(boxes) == 9
    assert all(25 < box.left < box.right < 45 for box in boxes)
    assert [box.top for box in boxes] == sorted((box.top for box in boxes), reverse=True)


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


def test_characters_without_unicode_are_noticed() -> None:
    """Of two fonts one has lost its table of letters; then both have."""
    chinese = f"{papers.paragraphs(papers.english(1, 8))} 系统性红斑狼疮患者接受间充质干细胞治疗"
    data = papers.typst_pdf(f"{papers.page(2)}\n{chinese}")
    assert data.count(b"/ToUnicode") == 2
    assert read(data).notes == ()
    last = data.rindex(b"/ToUnicode")
    (note,) = read(data[:last] + b"/ToUnicodX" + data[last + 10 :]).notes
    assert "characters that the file does not name" in note
    with pytest.raises(SourceError, match=r"does not say which letters.*--force-ocr"):
        read(data.replace(b"/ToUnicode", b"/ToUnicodX"))


def test_a_scan_with_a_text_layer_is_known() -> None:
    image = "q 400 0 0 600 0 0 cm /Im Do Q\n"
    unseen = [("", f"{image}3 Tr\n{line(50, 500, 'Text that was read by a machine')}")] * 2
    assert read(papers.raw_pdf(unseen)).scanned
    under = [("", f"{line(50, 500, 'Text under the image of the page')}{image}")] * 2
    assert read(papers.raw_pdf(under)).scanned
    over = [("", f"{image}{line(50, 500, 'A slide with a background')}")] * 2
    assert not read(papers.raw_pdf(over)).scanned


@pytest.mark.parametrize("count", [1, 12])
def test_images_alone_are_refused_with_the_command(count: int) -> None:
    with pytest.raises(SourceError, match=rf"only images of {count} page.*ocrmypdf -l chi_sim\+eng"):
        read(papers.image_pdf(count))


def test_nothing_but_page_numbers_is_no_text() -> None:
    numbered = [("", line(200, 30, str(n)) + "q 300 0 0 400 50 100 cm /Im Do Q") for n in range(1, 5)]
    with pytest.raises(SourceError, match="only images of 4 pages"):
        read(papers.raw_pdf(numbered))
    with pytest.raises(SourceError, match="nothing is printed"):
        read(papers.raw_pdf([("", "")] * 3))


def test_pages_without_text_are_named() -> None:
    image = ("", "q 400 0 0 600 0 0 cm /Im Do Q")
    text = [("", line(50, 500, f"Page {n} has words")) for n in range(6)]
    (note,) = read(papers.raw_pdf([*text[:2], image, *text[2:], image, image])).notes
    assert note.startswith("pages 3 and 8-9 have no text")


DAMAGED = {
    "cut in the middle": lambda data: data[: len(data) // 2],
    "cut at the end": lambda data: data[:-40],
    "no pdf": lambda data: b"<html>not found</html>",
    "empty": lambda data: b"",
    "all zeros inside": lambda data: data[:20] + bytes(len(data) - 60) + data[-40:],
}


@pytest.mark.parametrize("how", DAMAGED)
def test_damaged_files_are_refused(how: str) -> None:
    data = papers.typst_pdf(f"{papers.page(2)}\n{papers.paragraphs(papers.english(1, 12))}")
    with pytest.raises(SourceError):
        read(DAMAGED[how](data))


def test_a_linearized_file_cut_short_is_refused() -> None:
    whole = papers.raw_pdf([("", line(50, 500, "Some words"))])
    assert read(whole.replace(b"<< /Type /Catalog", b"<< /Linearized 1 /L 100 /Type /Catalog", 1)).text == "Some words"
    with pytest.raises(SourceError, match="cut short"):
        read(whole.replace(b"<< /Type /Catalog", b"<< /Linearized 1 /L 90000 /Type /Catalog", 1))


def test_a_locked_file_is_refused_with_the_command() -> None:
    with pytest.raises(SourceError, match=r"password.*qpdf --decrypt"):
        read(papers.locked(b"secret"))
    assert read(papers.locked(b"")).text == "Open to all"  # nobody is asked


def test_no_pages_and_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError):
        read(papers.raw_pdf([]))
    monkeypatch.setattr(limits, "PAGES_MAX", 3)
    with pytest.raises(SourceError, match="4 pages, more than 3"):
        read(papers.raw_pdf([("", line(50, 500, "Words"))] * 4))


def test_too_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT_CHARACTERS_MAX", 50)
    with pytest.raises(SourceError, match="first 3 pages hold more than 50 characters"):
        read(papers.raw_pdf([("", line(50, 500, "Words that fill the page up"))] * 4))


def test_images_of_pages_are_bounded() -> None:
    from PIL import Image

    from index.formats.pdf.draw import PIXELS_MAX

    data = papers.raw_pdf([("/MediaBox [0 0 14400 14400]", line(50, 500, "A poster"))])
    width, height = Image.open(BytesIO(page_image(data, 1, 8.0))).size
    assert 0.9 * PIXELS_MAX < width * height <= 1.01 * PIXELS_MAX
    for wrong in (0, 2):
        with pytest.raises(SourceError, match="has no page"):
            page_image(data, wrong, 1.0)
    with pytest.raises(SourceError):
        page_image(b"nothing", 1, 1.0)


def test_the_same_bytes_give_the_same_extract() -> None:
    data = papers.typst_pdf(f"{papers.page(2)}\n{papers.paragraphs(papers.english(1, 40))}")
    assert read(data).to_bytes() == read(data).to_bytes()


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
