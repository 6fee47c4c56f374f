"""The review as it is displayed: a golden file that a person has read, and what can be proved of it.

After a change that is meant, `YINZHENG_GOLDEN=write` rewrites the golden file; then read its diff.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest
import regex

from index.corpus import Corpus
from index.formats.extract import Extract
from index.records import Document
from index.repair import errata
from index.repair.edits import Repaired
from index.structure import outline

GOLDEN = Path(__file__).parents[1] / "golden" / "review.txt"

TRIALS = {
    *["NCT05029336", "NCT02633163", "NCT05631717", "NCT04835883", "NCT03673748", "NCT03917797", "NCT06737380"],
    *["NCT06308978", "NCT06106893", "NCT06265220", "NCT06581562"],
    *["NCT06010472", "NCT06421701", "NCT06518668", "NCT06468683", "NCT06255028"],
}
# Paragraph id: first and last line of the source file, sentences.
PARAGRAPHS = {
    "zh-P1": (1, 9, 3),
    "en-P1": (10, 21, 3),
    "0-P1": (22, 40, 6),
    "0-P2": (42, 56, 3),
    "1-P1": (60, 64, 1),
    "1-P2": (66, 83, 5),
    "2-P1": (87, 95, 2),
    "2-P2": (97, 113, 2),
    "2-P3": (115, 127, 4),
    "3-P1": (131, 143, 4),
    "3.1-P1": (145, 159, 4),
    "3.1-P2": (161, 194, 5),
    "3.1-P3": (196, 212, 3),
    "3.2-P1": (214, 228, 4),
    "3.3-P1": (230, 266, 7),
    "3.3-P2": (267, 281, 3),
    "3.3-P3": (283, 295, 3),
    "4-P1": (299, 313, 3),
    "4-P2": (315, 343, 6),
    "4-P3": (345, 351, 1),
    "5-P1": (355, 363, 2),
    "5-P2": (365, 391, 6),
    "6-P1": (395, 407, 4),
    "6-P2": (409, 425, 2),
}


@pytest.fixture(scope="module")
def read(corpus: Corpus) -> Document:
    """The review as its source, errata and rules give it now, no index between."""
    return corpus.document(corpus.source("sle-cell-therapy"))


@pytest.fixture(scope="module")
def shown(read: Document) -> str:
    """All that is displayed of it, a sentence a line."""
    return "\n".join(read.display(s.start, s.end) for p in read.paragraphs for s in p.sentences)


def golden(document: Document) -> str:
    """Section titles, paragraph ids with their lines, and one sentence a line."""
    out: list[str] = []
    for section, paragraphs in document.sections():
        out.append("# " + " > ".join(section.titles))
        for paragraph in paragraphs:
            first, last = document.lines(paragraph.start, paragraph.end)
            out.append(f"\n[{paragraph.id}, lines {first}-{last}]")
            out.extend(document.display(s.start, s.end) for s in paragraph.sentences)
        out.append("")
    return "\n".join(out)


def test_the_review_is_displayed_as_it_was_read_and_approved(read: Document) -> None:
    if os.environ.get("YINZHENG_GOLDEN") == "write":
        GOLDEN.write_text(golden(read), encoding="utf-8")
    assert golden(read).splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_the_file_is_the_one_that_was_delivered(corpus: Corpus) -> None:
    (source,) = corpus.sources
    found = hashlib.sha256((corpus.folder / source.file).read_bytes()).hexdigest()
    assert found == source.sha256 == "c8cf0bfe9718c81515b0e131991d47ccfaf354e0aaeccb5299c4855810ff6dcf"


def test_paragraphs_lines_and_sentences(read: Document) -> None:
    assert {p.id: (*read.lines(p.start, p.end), len(p.sentences)) for p in read.paragraphs} == PARAGRAPHS
    assert list(PARAGRAPHS) == [p.id for p in read.paragraphs]
    assert len(PARAGRAPHS) == 24


def test_section_titles(read: Document) -> None:
    assert [section.titles for section, _ in read.sections()] == [
        ("摘要",),
        ("Abstract",),
        ("[引言]",),
        ("一、HSCT",),
        ("二、MSC疗法",),
        ("三、CAR-T细胞疗法",),
        ("三、CAR-T细胞疗法", "1. CAR-T细胞疗法的疗效"),
        ("三、CAR-T细胞疗法", "2. CAR-T细胞疗法的安全性与耐受性"),
        ("三、CAR-T细胞疗法", "3. CAR-T细胞疗法的未来展望"),
        ("四、NK细胞疗法",),
        ("五、Treg疗法",),
        ("六、结语",),
    ]


def test_only_the_abstract_in_english_is_english(read: Document) -> None:
    assert [p.id for p in read.paragraphs if p.language == "en"] == ["en-P1"]


@pytest.mark.parametrize(
    "slip",
    [
        *["髙", "深人", "引人", "插人", "进人", "疔", "kiUer", "CAR-7ST", "75T", "78T", "aPT", "™", "„", "»", "Thl"],
        *["00曲0", "弓I", "3°", "81°", "t4", "t21", "(31", "—", "‘", "I/n", "w，"],
    ],
)
def test_no_slip_is_left(shown: str, slip: str) -> None:
    assert slip not in shown


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"\p{Han}\s+\p{Han}", id="space-between-han"),
        pytest.param(r"\p{Han}[,;:!?.]", id="half-width-stop-after-han"),
        pytest.param(r"[,;:!?.]\p{Han}", id="half-width-stop-before-han"),
        pytest.param(r"[，。；：、！？][^\S\n]|[^\S\n][，。；：、！？]", id="space-at-a-full-width-stop"),
        pytest.param(r"  |[\t\r　\u00a0]", id="odd-spaces"),
        pytest.param(r"\(\s|\s\)", id="space-inside-brackets"),
        pytest.param(r"[A-Za-z],[A-Za-z]", id="comma-without-space"),
        pytest.param(r"[a-z]\.[A-Z]", id="stop-without-space"),
        pytest.param(r"[^\p{Han}A-Za-z0-9\s，。；：、“”［］()\[\],.?/%+~αβγδ-]", id="unexpected-character"),
        pytest.param(r"，，|。。|、、|，。|。，|、。", id="doubled-stop"),
    ],
)
def test_nothing_odd_is_left(shown: str, pattern: str) -> None:
    assert regex.findall(rf".{{0,8}}(?:{pattern}).{{0,8}}", shown) == []


@pytest.mark.parametrize(("left", "right"), ["()", "［］", "[]", "“”"], ids=["round", "wide", "square", "quotes"])
def test_brackets_close_within_their_sentence(shown: str, left: str, right: str) -> None:
    open_ones = [line for line in shown.splitlines() if line.count(left) != line.count(right)]
    assert open_ones == []


def test_every_sentence_ends_with_a_stop(read: Document, shown: str) -> None:
    assert [line for line in shown.splitlines() if not line.endswith(("。", "."))] == []


def test_trial_identifiers(shown: str) -> None:
    found = regex.findall(r"N\s?C\s?T[\d\s]*\d", shown)
    assert sorted(found) == sorted(TRIALS)
    assert all(regex.fullmatch(r"NCT\d{8}", trial) for trial in found)


def marks(shown: str) -> list[str]:
    return regex.findall(r"［([^］]*)］|\[([?])\]", shown)


def test_citation_marks_first_stand_in_ascending_order(shown: str) -> None:
    seen: list[int] = []
    for wide, _ in marks(shown):
        for part in wide.split(",") if wide else []:
            low, _, high = part.partition("-")
            seen.extend(n for n in range(int(low), int(high or low) + 1) if n not in seen)
    assert seen == list(range(1, 32))


def test_citation_marks_beyond_reading_are_two(shown: str) -> None:
    assert [unknown for _, unknown in marks(shown) if unknown] == ["?", "?"]
    assert "患者[?]，截至" in shown
    assert "减轻肾损伤[?]。" in shown


def test_what_the_source_says_stands_as_printed(shown: str) -> None:
    assert "临床总缓解率为28.1%(77/273)" in shown  # 77/273 is 28.2%


def test_every_character_is_in_one_sentence_or_one_heading(read: Document) -> None:
    covered = Counter(i for p in read.paragraphs for s in p.sentences for i in range(s.start, s.end))
    headings = {p.section.heading for p in read.paragraphs if p.section.heading}
    covered.update(i for h in headings for i in range(h.start, h.end))
    assert set(covered.values()) == {1}
    printed = {i for i, char in enumerate(read.source) if not char.isspace()}
    assert printed <= covered.keys()


def test_every_erratum_is_shown(corpus: Corpus, read: Document) -> None:
    name = f"{read.file}.errata.tsv"
    table = errata.read(corpus.folder / name)
    starts = {e.start: e for e in errata.edits(read.source, table, name)}
    assert len(starts) == len(table)
    made = [e for e in read.edits if e.rule == "errata"]
    for edit in starts.values():
        assert edit.text in read.repaired.display(edit.start, edit.end), edit
        assert any(e.start < edit.end and edit.start < e.end for e in made), edit


def test_rules_alone_mend_most_slips(corpus: Corpus, read: Document) -> None:
    name = f"{read.file}.errata.tsv"
    reviewed = errata.edits(read.source, errata.read(corpus.folder / name), name)
    alone = Repaired(read.source, outline.read(Extract("txt", read.source, scanned=True), []).edits)
    left = [e for e in reviewed if alone.display(e.start, e.end) != read.repaired.display(e.start, e.end)]
    by_rules = [e for e in read.edits if e.rule != "errata"]
    assert len(left) <= len(reviewed) <= 45
    assert len(by_rules) > 8 * len(left)
    assert [p.id for p in outline.read(Extract("txt", read.source, scanned=True), []).paragraphs] == list(PARAGRAPHS)
