"""PDF read back from real producers: order, paragraphs, headings, notes, tables, places, and what cannot be read."""

from __future__ import annotations

import papers
import pytest
import regex
from extracts import assert_in_order, assert_sound, bare, of_kind, shown

from index.formats.extract import Extract
from index.formats.pdf import read
from index.repair.edits import Repaired

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


def test_the_same_bytes_give_the_same_extract() -> None:
    data = papers.typst_pdf(f"{papers.page(2)}\n{papers.paragraphs(papers.english(1, 40))}")
    assert read(data).to_bytes() == read(data).to_bytes()
