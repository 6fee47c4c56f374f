"""Sources and their files: every bad input is one line that names the file and the mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index import settings
from index.corpus import Corpus, decode, default_folder
from index.errors import NotFound, SourceError
from index.repair.edits import Repaired

Change = Callable[[Path], object]


def read(folder: Path) -> str:
    """The display text of the one document of a corpus."""
    (document,) = Corpus(folder).documents()
    return document.repaired.text


def test_a_good_corpus_is_read(tmp_path: Path, make_corpus: Callable[..., Path]) -> None:
    folder = make_corpus(tmp_path, "海藻生长在海里。\n", "1\t长\t活\tlikely\tan example\n")
    (document,) = Corpus(folder).documents()
    assert (document.id, document.file, document.title, document.language) == ("paper", "paper.txt", "[海藻]", "zh")
    assert document.source == "海藻生长在海里。\n"
    assert document.display(0, len(document.source)) == "海藻生活在海里。"
    assert [edit.rule for edit in document.edits] == ["errata"]


def test_a_byte_order_mark_is_dropped_and_nothing_else(tmp_path: Path, make_corpus: Callable[..., Path]) -> None:
    text = "海藻\u200b生长。\r\n\u00a0é e\u0301\n\n"
    folder = make_corpus(tmp_path, b"\xef\xbb\xbf" + text.encode())
    (document,) = Corpus(folder).documents()
    assert document.source == text
    assert Repaired(text, document.edits).text == document.repaired.text


def test_decoding_keeps_every_character() -> None:
    text = "\u2028海\ufeff藻\r\n\t"
    assert decode(text.encode(), Path("x")) == text


def rewrite(name: str, text: str | bytes) -> Change:
    data = text if isinstance(text, bytes) else text.encode()
    return lambda folder: (folder / name).write_bytes(data)


def replace(old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / "sources.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def twice(folder: Path) -> None:
    path = folder / "sources.toml"
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")


def into_folder(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


TABLE = "line\traw\tcorrected\tcertainty\treason\n"
ERRATA = "paper.txt.errata.tsv"

# A change to a good corpus; what the message says of the place, of the finding, and of the mend.
BAD_ENTRIES = {
    "no-toml": (lambda f: (f / "sources.toml").unlink(), "no sources.toml in ", "name a folder"),
    "toml-broken": (rewrite("sources.toml", "[[source\n"), "sources.toml cannot be read", "correct that file"),
    "toml-not-utf8": (rewrite("sources.toml", b"\xff\xfe"), "sources.toml cannot be read", "correct that file"),
    "toml-nested": (rewrite("sources.toml", "a = " + "[" * 5000), "sources.toml cannot be read", "correct that file"),
    "toml-digits": (rewrite("sources.toml", "a = " + "9" * 5000), "sources.toml cannot be read", "correct that file"),
    "toml-a-folder": (into_folder("sources.toml"), "sources.toml cannot be read", "correct that file"),
    "toml-empty": (rewrite("sources.toml", ""), "sources.toml has no [[source]] entry", "add one"),
    "toml-no-list": (rewrite("sources.toml", "source = 3\n"), "sources.toml has no [[source]] entry", "add one"),
    "toml-one-table": (replace("[[source]]", "[source]"), "sources.toml has no [[source]] entry", "add one"),
    "toml-other-name": (replace("[[source]]", "[[sources]]"), "sources.toml has no [[source]] entry", "add one"),
    "entry-no-table": (
        rewrite("sources.toml", "source = [3]\n"),
        "sources.toml entry 1 is malformed",
        "expected the keys",
    ),
    "key-missing": (replace('origin = "made up"\n', ""), "sources.toml entry 1 is malformed", "origin"),
    "key-unknown": (replace("origin = ", 'x = "y"\norigin = '), "sources.toml entry 1 is malformed", "origin"),
    "key-empty": (replace('"made up"', '""'), "sources.toml entry 1: origin is not a text", "non-empty string"),
    "key-number": (replace('"made up"', "5"), "sources.toml entry 1: origin is not a text", "non-empty string"),
    "language": (replace('"zh"', '"fr"'), "sources.toml entry 1: language is 'fr'", "zh or en"),
    "path": (replace('"paper.txt"', '"../paper.txt"'), "sources.toml entry 1: file is '../paper.txt'", "a file name"),
    "path-absolute": (
        replace('"paper.txt"', '"/etc/passwd"'),
        "sources.toml entry 1: file is '/etc/passwd'",
        "a file name",
    ),
    "path-below": (
        replace('"paper.txt"', '"a/paper.txt"'),
        "sources.toml entry 1: file is 'a/paper.txt'",
        "a file name",
    ),
    "path-up": (replace('"paper.txt"', '".."'), "/.. cannot be read", "sources.toml"),
    "id-twice": (twice, "sources.toml has two sources 'paper'", "its own id"),
}
BAD_FILES = {
    "missing": (lambda f: (f / "paper.txt").unlink(), "paper.txt cannot be read (No such file", "sources.toml"),
    "a-folder": (into_folder("paper.txt"), "paper.txt cannot be read (Is a directory", "sources.toml"),
    "changed": (rewrite("paper.txt", "海藻。"), "paper.txt has changed: its SHA-256", "yinzheng index build"),
    "errata-columns": (rewrite(ERRATA, "a\tb\n"), f"{ERRATA} line 1", "expected line, raw"),
    "errata-row": (rewrite(ERRATA, TABLE + "1\ta\n"), f"{ERRATA} line 2 is malformed", "expected a line number"),
    "errata-certainty": (rewrite(ERRATA, TABLE + "1\t海\t湖\tsure\t\n"), f"{ERRATA} line 2", "certain/likely/open"),
    "errata-absent": (
        rewrite(ERRATA, TABLE + "1\t龙\t湖\tcertain\t\n"),
        f"{ERRATA}: '龙' stands 0 times",
        "expected once",
    ),
    "errata-twice": (
        rewrite(ERRATA, TABLE + "1\t。\t，\tcertain\t\n"),
        f"{ERRATA}: '。' stands 2 times",
        "expected once",
    ),
}


@pytest.mark.parametrize(
    ("change", "found", "mend"), [*BAD_ENTRIES.values(), *BAD_FILES.values()], ids=[*BAD_ENTRIES, *BAD_FILES]
)
def test_a_bad_corpus_is_one_line(
    tmp_path: Path, make_corpus: Callable[..., Path], change: Change, found: str, mend: str
) -> None:
    folder = make_corpus(tmp_path)
    assert read(folder)
    change(folder)
    with pytest.raises(SourceError) as caught:
        read(folder)
    message = str(caught.value)
    assert found in message
    assert mend in message[message.index(found) :]
    assert str(folder) in message or ERRATA in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("data", "found", "mend"),
    [
        pytest.param(b"", "is empty", "put the document there", id="empty"),
        pytest.param(b" \n\t\r\n", "is empty", "put the document there", id="white-space"),
        pytest.param("\u3000\n\u00a0".encode(), "has no text", "put the document there", id="wide-space"),
        pytest.param(b"\xef\xbb\xbf", "has no text", "put the document there", id="only-a-byte-order-mark"),
        pytest.param("一、总则\n".encode(), "has no text", "put the document there", id="only-a-heading"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "holds NUL bytes", "UTF-8", id="binary"),
        pytest.param("海藻".encode("utf-16"), "is not UTF-8", "iconv", id="utf-16"),
        pytest.param("A cat".encode("utf-16"), "holds NUL bytes", "UTF-8", id="utf-16-latin"),
        pytest.param(
            "海藻生长在海里。".encode("gb18030"), "is not UTF-8 (byte 0 is 0xba)", "iconv -f GB18030", id="gb18030"
        ),
        pytest.param("海藻。".encode()[:-1], "is not UTF-8 (byte 6 is 0xe3)", "iconv", id="cut-short"),
    ],
)
def test_a_file_that_is_no_text_says_so(
    tmp_path: Path, make_corpus: Callable[..., Path], data: bytes, found: str, mend: str
) -> None:
    folder = make_corpus(tmp_path, data)
    with pytest.raises(SourceError) as caught:
        read(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / 'paper.txt'} ")
    assert found in message
    assert mend in message
    assert "\n" not in message


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path, make_corpus: Callable[..., Path]) -> None:
    folder = make_corpus(tmp_path)
    with (folder / "paper.txt").open("r+b") as file:
        file.truncate(settings.SOURCE_BYTES_MAX + 1)
    with pytest.raises(SourceError, match=r"paper\.txt has 4\.0 MB, at most 4 MB are read; split it"):
        read(folder)


def test_an_unknown_source_is_told_which_there_are(tmp_path: Path, make_corpus: Callable[..., Path]) -> None:
    corpus = Corpus(make_corpus(tmp_path))
    assert corpus.source("paper").file == "paper.txt"
    with pytest.raises(NotFound, match=r"no source 'other' in .*sources\.toml; it lists paper"):
        corpus.source("other")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(replace('"made up"', '"found"'), id="entry"),
        pytest.param(rewrite("paper.txt", "海藻。"), id="file"),
        pytest.param(rewrite(ERRATA, TABLE + "1\t海\t湖\tcertain\tmade up\n"), id="errata"),
    ],
)
def test_a_fingerprint_follows_all_that_documents_are_made_of(
    tmp_path: Path, make_corpus: Callable[..., Path], change: Change
) -> None:
    folder = make_corpus(tmp_path)
    before = Corpus(folder).fingerprint()
    assert Corpus(folder).fingerprint() == before
    change(folder)
    assert Corpus(folder).fingerprint() != before


def test_the_package_brings_its_sources() -> None:
    assert (default_folder() / "sources.toml").is_file()
    assert [source.id for source in Corpus().sources] == ["sle-cell-therapy"]
