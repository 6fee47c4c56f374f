"""Repair, structure, sentences, words, terms and glosses over any text: spans stand where they say, twice the same."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import damaged
from hypothesis import strategies as st
from mixed import any_text, from_files, is_unicode, scalars, small
from trial import Trial, told

from index import chunks
from index.formats.extract import Extract
from index.lexical import glossary
from index.lexical.glossary import Glossary, Pair
from index.model import layout
from index.records import Document
from index.repair import errata
from index.repair.edits import Draft, Edit, Repaired
from index.store.part import Name, document
from index.structure import headings, sentences
from index.structure.language import language_of
from index.structure.numbers import Numbers
from index.text import words
from index.text.tokens import Tokenizer, normal, squeezed, stem
from qa import titles

_TABLE = "line\traw\tcorrected\tcertainty\treason\n1\t茶\t荼\tlikely\tseen\n2\ta b\t\tcertain\t\n"


def _document(source: str, *, scanned: bool) -> Document:
    return document(Name("a", "a", "a", "0" * 64), Extract("txt", source, scanned=scanned))


def structure(value: tuple[str, bool]) -> None:
    source, scanned = value
    found = _document(source, scanned=scanned)
    assert found == _document(source, scanned=scanned)
    ids = [paragraph.id for paragraph in found.paragraphs]
    assert len(ids) == len(set(ids))
    covered = 0
    for paragraph in found.paragraphs:
        spans = paragraph.sentences
        assert (spans[0].start, spans[-1].end) == (paragraph.start, paragraph.end)
        assert covered <= paragraph.start < paragraph.end <= len(source)
        covered = paragraph.end
        for span in spans:
            raw = source[span.start : span.end]
            assert raw.strip()
            assert found.lines(span.start, span.end)[0] >= 1
            found.display(span.start, span.end)
        assert paragraph.section.heading is None or source[paragraph.section.heading.start :]
    both_ways(found.repaired)
    rows, _ = chunks.rows([found])
    for row in rows:
        chunks.sentence_text(row)


def both_ways(repaired: Repaired) -> None:
    """Every place shown stands for a place of the source that is shown there."""
    assert repaired.to_display(0, len(repaired.source)) == (0, len(repaired.text))
    step = max(1, len(repaired.text) // 50)
    for at in range(0, len(repaired.text), step):
        start, end = repaired.to_source(at, at + 1)
        low, high = repaired.to_display(start, end)
        assert low <= at < high
    step = max(1, len(repaired.source) // 50)
    for at in range(0, len(repaired.source), step):
        low, high = repaired.to_display(at, at + 1)
        if low < high:
            start, end = repaired.to_source(low, high)
            assert start <= at < end or start == end  # nothing of it is shown but what was put in beside


def drafted(value: tuple[str, list[tuple[int, int, str]]]) -> None:
    source, changes = value
    draft, plain = Draft(source), source
    for a, length, text in changes:
        a %= len(plain) + 1
        b = min(a + length, len(plain))
        draft.replace(a, b, text, "rule")
        plain = plain[:a] + text + plain[b:]
        assert draft.text == plain
    repaired = Repaired(source, draft.edits())
    assert repaired.text == plain
    both_ways(repaired) if plain else None


def table(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.errata.tsv")
        path.write_bytes(data)
        rows = told(errata.read, path)
        if rows:
            edits = told(errata.edits, "绿茶\na b c\n", rows, "x")
            Repaired("绿茶\na b c\n", edits or ())


def stops(text: str) -> None:
    ranges = sentences.split(text)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in ranges)
    between = "".join(
        text[a:b] for a, b in zip([0, *(b for _, b in ranges)], [*(a for a, _ in ranges), len(text)], strict=True)
    )
    assert not between.strip()


def numbers(titles_and_levels: list[tuple[str, int]]) -> None:
    given = Numbers()
    found = [given.next(title, level) for title, level in titles_and_levels]
    assert len(set(found)) == len(found)
    for title, _ in titles_and_levels:
        headings.label(title)
        headings.abstract(title)
        assert headings.numeral(title) >= 0 or len(title) == 1
        for language in ("zh", "en"):
            titles.translate(title, language, {"茶": ("tea",)})


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer(["T细胞", "狼疮肾炎", "car-t疗法"])


def terms(text: str) -> None:
    tokenizer = _tokenizer()
    assert tokenizer.terms(text) == tokenizer.terms(text)
    assert all(tokenizer.terms(text)) or not text
    content = tokenizer.content(text)
    assert len(content) == len(set(content))
    starts = tokenizer.boundaries(text)
    assert starts == sorted(set(starts))
    assert all(at < len(text) for at in starts) or not text
    tokenizer.of_word(text[:20])
    tokenizer.first(text)
    stem(text)
    squeezed(text)
    if is_unicode(text):
        assert words.likelihood(text[:200]) <= 0
        assert words.frequency(text[:8]) >= 0
        words.tag(text[:8])
    assert language_of(text) in ("zh", "en")
    glossary.gloss_stems(normal(text))
    Glossary([Pair("茶", "green tea", "text")]).chinese(text)
    glossary.printed(normal(text)[:20], text)


def mined(text: str) -> None:
    found = glossary.mine([_document(text, scanned=True)])
    assert found == glossary.mine([_document(text, scanned=True)])
    assert all(pair.zh and pair.en for pair in found)
    Glossary(found).english(_tokenizer().terms(text))
    chunks.compounds([_document(text, scanned=True)], _tokenizer())


def windows(lengths: list[int]) -> None:
    ranges = layout.windows(lengths)
    assert [number for a, b in ranges for number in range(a, b)] == list(range(len(lengths)))


def edited(value: tuple[str, list[list[object]]]) -> None:
    """Edits as a file on disk may say: those that do not fit are refused, with a ValueError where they are made."""
    source, rows = value
    try:
        repaired = Repaired(source, [Edit(*row) for row in rows])  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return
    assert isinstance(repaired.text, str)


_change = st.tuples(st.integers(0, 400), st.integers(0, 5), st.text("abX茶 ", max_size=3))
TRIALS = [
    Trial("structure", st.tuples(from_files, st.booleans()), structure, 30, 400),
    Trial("edits", st.tuples(small, st.lists(_change, max_size=12)), drafted, 40, 800),
    Trial(
        "edits from a file",
        st.tuples(
            any_text,
            st.lists(
                st.tuples(st.integers(-1, 30), st.integers(-1, 30), st.text(max_size=3), st.just("r")).map(list)
                | st.lists(scalars, max_size=5)
            ),
        ),
        edited,
        40,
        1000,
    ),
    Trial(
        "errata",
        damaged.strategy([_TABLE.encode()])
        | st.binary(max_size=60)
        | st.just(_TABLE.replace("1\t", "9" * 5000 + "\t").encode()),
        table,
        40,
        800,
        raw=True,
    ),
    Trial("sentences", any_text, stops, 60, 1200),
    Trial(
        "section numbers",
        st.lists(
            st.tuples(
                any_text.map(lambda t: t[:80])
                | st.from_regex(r"(第?[一二十]{1,3}[章、]|[0-9]{1,2}(\.[0-9]{1,2}){0,4}) x", fullmatch=True),
                st.integers(1, 6),
            ),
            max_size=20,
        ),
        numbers,
        40,
        800,
    ),
    Trial("terms", any_text, terms, 20, 300),
    Trial("glossary", from_files, mined, 10, 150),
    Trial("windows", st.lists(st.integers(1, 400), max_size=30), windows, 40, 1000),
]
