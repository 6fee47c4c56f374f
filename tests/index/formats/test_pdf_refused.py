"""What cannot be read: scans, lost letters, damage, locks and limits, each with what helps."""

from __future__ import annotations

import papers
import pytest
from papers import line

from index.errors import SourceError
from index.formats import limits
from index.formats.pdf import read


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
