"""Faults, each with the part of the system that the gate should name; and what only looks like one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sown import Bench, Change, Patch, copied, stored

from eval.record import Run
from index import build, chunks, dense, glossary, library, tokens, words
from index.corpus import Corpus
from index.encoder import Encoder, Vectors
from index.library import Library
from index.model import Asked, Model, Reading, Seen
from index.records import Document, Paragraph
from index.structure import outline, sentences
from qa import answer, quotes, retrieve, settings
from qa.quotes import Quote

# --- faults: words ---------------------------------------------------------------------------------


def jieba_off(bench: Bench, patch: Patch) -> None:
    """Every character is a word of its own, as for a tokenizer that knows no Chinese; no bigrams either."""
    patch.setattr(tokens.Tokenizer, "_han", lambda self, run: iter(run))


def bigrams_off(bench: Bench, patch: Patch) -> None:
    def _han(self: tokens.Tokenizer, run: str) -> Iterator[str]:
        for word in self._segmenter.cut(run):
            if word not in tokens.STOP_ZH and (len(word) > 1 or len(run) == 1):
                yield word

    patch.setattr(tokens.Tokenizer, "_han", _han)


def traditional_off(bench: Bench, patch: Patch) -> None:
    for module in (words, tokens, library):
        patch.setattr(module, "simplified", lambda text: text)


def stemming_off(bench: Bench, patch: Patch) -> None:
    patch.setattr(tokens, "stem", lambda word: word)
    patch.setattr(glossary, "stem", lambda word: word)


def glossary_off(bench: Bench, patch: Patch) -> None:
    patch.setattr(chunks, "terms", lambda text, language, tokenizer, both: tokenizer.terms(text))


def idf_off(bench: Bench, patch: Patch) -> Library:
    made = bench.built()
    for model in (made.lexical._sentences, made.lexical._paragraphs):
        model.idf = dict.fromkeys(model.idf, 1.0)
    return made


def whitespace(bench: Bench, patch: Patch) -> None:
    """The tutorial's tokenizer: text cut at white space."""
    patch.setattr(tokens.Tokenizer, "_terms", lambda self, text: iter(text.split()))


# --- faults: vectors -------------------------------------------------------------------------------


def query_prefix_dropped(bench: Bench, patch: Patch) -> None:
    """Questions are encoded as passages are."""
    patch.setattr(type(bench.encoder), "queries", lambda self, texts: self.passages(texts))


def not_normalised(bench: Bench, patch: Patch) -> None:
    """Rows as long as their text: what a pooling by sum instead of mean leaves."""
    real = build._encode

    def encode(model: Encoder, texts: list[str], progress: Any) -> Vectors:
        vectors = real(model, texts, progress)
        return (vectors * np.array([[len(text)] for text in texts])).astype(np.float32)

    def centred(rows: Vectors, languages: Sequence[str], shift: Vectors) -> Vectors:
        return rows

    patch.setattr(build, "_encode", encode)
    patch.setattr(dense, "_centred", centred)


def not_centred(bench: Bench, patch: Patch) -> None:
    patch.setattr(dense, "_shift", lambda encode: np.zeros(bench.encoder.dim, np.float32))
    patch.setattr(dense, "_centred", lambda rows, languages, shift: rows)


def shifted_vectors(bench: Bench, patch: Patch) -> None:
    """Each vector stands in the row of its neighbour."""
    real = build._encode
    patch.setattr(build, "_encode", lambda *given: np.roll(real(*given), 1, axis=0))


def dead_encoder(bench: Bench, patch: Patch) -> None:
    """Questions all get one vector."""
    one = bench.encoder.queries(["狼疮"])
    patch.setattr(type(bench.encoder), "queries", lambda self, texts: np.repeat(one, len(texts), axis=0))


# --- faults: fusion, quotes, refusals --------------------------------------------------------------


def weights_swapped(bench: Bench, patch: Patch) -> None:
    """The least weight goes to the leg with the greatest and the other way round."""
    given = settings.WEIGHTS
    turned = dict(zip(sorted(given, key=lambda leg: given[leg]), sorted(given.values(), reverse=True), strict=True))
    patch.setattr(settings, "WEIGHTS", turned)


def raw_scores(bench: Bench, patch: Patch) -> None:
    """Scores are added without being put on one scale: BM25 drowns the cosines."""
    patch.setattr(retrieve, "zscores", lambda scores: scores)


def worst_first(bench: Bench, patch: Patch) -> None:
    real = retrieve.fuse
    patch.setattr(retrieve, "fuse", lambda legs, weights: -real(legs, weights))


def quotes_reversed(bench: Bench, patch: Patch) -> None:
    real = quotes.select
    for module in (quotes, answer.quotes):
        patch.setattr(module, "select", lambda *given: real(*given)[::-1])


def one_quote(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "FURTHER", 1.1)
    patch.setattr(settings, "FURTHER_SEVERAL", 1.1)


def never_refuses(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "CONFIDENCE_MIN", 0.0)


def always_refuses(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "CONFIDENCE_MIN", 1.0)


def calibration_lost(bench: Bench, patch: Patch) -> None:
    """Every chance counts as half as sure again as it is."""
    patch.setattr(settings, "CONFIDENCE_BIAS", settings.CONFIDENCE_BIAS + 2.0)


def late_shifted(bench: Bench, patch: Patch) -> None:
    """Each window's sentences have the vectors of their neighbours."""
    real = type(bench.model).see

    def see(self: Model, title: str, sentences: Sequence[str]) -> list[Seen]:
        found = real(self, title, sentences)
        return found[1:] + found[:1]

    patch.setattr(type(bench.model), "see", see)


def late_unweighted(bench: Bench, patch: Patch) -> None:
    """A question's tokens are cut off from what they ask: each is the first."""
    real = type(bench.model).ask

    def ask(self: Model, question: str) -> Asked:
        found = real(self, question)
        return replace(found, tokens=np.repeat(found.tokens[:1], len(found.tokens), axis=0), pooled=found.pooled * 0)

    patch.setattr(type(bench.model), "ask", ask)


def reading_reversed(bench: Bench, patch: Patch) -> None:
    """What is read in a window is taken for the sentences in reverse."""
    real = Model.read

    def read(self: Model, question: str, title: str, sentences: Sequence[str]) -> Reading:
        found = real(self, question, title, sentences)
        return replace(found, odds=found.odds[::-1])

    patch.setattr(type(bench.model), "read", read)


def reading_unasked(bench: Bench, patch: Patch) -> None:
    """Every window is read beside one and the same question."""
    real = Model.read
    patch.setattr(type(bench.model), "read", lambda self, question, *given: real(self, "狼疮", *given))


# --- faults: text, places --------------------------------------------------------------------------


def splitter_cuts_marks(bench: Bench, patch: Patch) -> None:
    """A sentence ends before its citation mark, which goes to the next one."""
    real = sentences.split
    mark = sentences.regex.compile(rf"{sentences.CITATION}[。.]$")

    def split(text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        begin = None
        for start, end in real(text):
            start, begin = begin or start, None
            if (match := mark.search(text, start, end)) and match.start() > start:
                begin, end = match.start(), match.start()
            found.append((start, end))
        return [*found, (begin, len(text.rstrip()))] if begin else found

    patch.setattr(outline.sentences, "split", split)


def splitter_cuts_commas(bench: Bench, patch: Patch) -> None:
    real = sentences.split

    def split(text: str) -> list[tuple[int, int]]:
        found = []
        for start, end in real(text):
            at = text.find("，", start, end)
            found += [(start, at + 1), (at + 1, end)] if start < at < end - 1 else [(start, end)]
        return found

    patch.setattr(outline.sentences, "split", split)


def _requoted(patch: Patch, change: Callable[[Quote], Quote]) -> None:
    real = quotes.make
    patch.setattr(quotes, "make", lambda *given: change(real(*given)))


def offset_by_one(bench: Bench, patch: Patch) -> None:
    def change(quote: Quote) -> Quote:
        start, end = quote.start + 1, quote.end + 1
        raw = quote.document.source[start:end]
        return replace(quote, start=start, end=end, raw=raw, text=quote.document.display(start, end))

    _requoted(patch, change)


def offset_without_text(bench: Bench, patch: Patch) -> None:
    """Offsets by one, the text as it was: the quote itself refuses."""
    _requoted(patch, lambda quote: replace(quote, start=quote.start + 1, end=quote.end + 1))


def text_tidied(bench: Bench, patch: Patch) -> None:
    """What is shown is not what stands there: a search form leaks onto the screen."""
    _requoted(patch, lambda quote: replace(quote, text=tokens.normal(quote.text)))


def neighbour_cited(bench: Bench, patch: Patch) -> None:
    def change(quote: Quote) -> Quote:
        all_of = quote.document.paragraphs
        return replace(quote, paragraph=all_of[(all_of.index(quote.paragraph) + 1) % len(all_of)])

    _requoted(patch, change)


def _restructured(bench: Bench, patch: Patch, change: Callable[[Document], tuple[Paragraph, ...]]) -> None:
    real = Corpus.document

    def document(self: Corpus, source: Any) -> Document:
        found = real(self, source)
        return replace(found, paragraphs=change(found))

    patch.setattr(Corpus, "document", document)


def ids_shifted(bench: Bench, patch: Patch) -> None:
    """Paragraphs are counted from 0."""

    def change(document: Document) -> tuple[Paragraph, ...]:
        def moved(id: str) -> str:
            section, _, number = id.rpartition("-P")
            return f"{section}-P{int(number) - 1}"

        return tuple(replace(p, id=moved(p.id)) for p in document.paragraphs)

    _restructured(bench, patch, change)


def section_missing(bench: Bench, patch: Patch) -> None:
    """One section is not indexed."""
    _restructured(bench, patch, lambda d: tuple(p for p in d.paragraphs if p.section.number != "4"))


def paragraphs_merged(bench: Bench, patch: Patch) -> None:
    """Re-chunking: the paragraphs of a section become one. Its labels are orphaned, no answer is worse."""

    def change(document: Document) -> tuple[Paragraph, ...]:
        found: list[Paragraph] = []
        for p in document.paragraphs:
            if found and found[-1].section == p.section:
                joined = found[-1].sentences + p.sentences
                found[-1] = replace(found[-1], end=p.end, sentences=joined)
            else:
                found.append(p)
        return tuple(found)

    _restructured(bench, patch, change)


def source_edited(bench: Bench, patch: Patch) -> Run:
    """Somebody mends a figure in the source, and its hash, and builds again: labels are orphaned."""
    import hashlib

    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        path = folder / bench.corpus.sources[0].file
        old = path.read_bytes()
        new = old.replace(b"28.1%", b"28.2%")
        assert new != old
        path.write_bytes(new)
        entries = folder / "sources.toml"
        digests = [hashlib.sha256(data).hexdigest() for data in (old, new)]
        entries.write_text(entries.read_text(encoding="utf-8").replace(*digests), encoding="utf-8")
        corpus = Corpus(folder)
        return bench.asked(bench.built(corpus), corpus)


def source_swapped(bench: Bench, patch: Patch) -> Run:
    """The file under a good index is replaced: what is quoted stands there no longer."""
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name))
        path = folder / bench.corpus.sources[0].file
        path.write_bytes(path.read_bytes()[3:])
        return bench.asked(bench.library, Corpus(folder))


def stale_index(bench: Bench, patch: Patch) -> Library:
    """The index was built with other settings than the program has now."""
    from index import settings as index_settings
    from qa.service import expected

    with tempfile.TemporaryDirectory() as name:
        folder = stored(bench, Path(name))
        patch.setattr(index_settings, "BM25_B", 0.75)
        return library.read(folder, expected(folder))


def damaged_vectors(bench: Bench, patch: Patch) -> Library:
    """One byte of the vectors is flipped on disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = stored(bench, Path(name))
        path = next(folder.glob("data-*/sentences.faiss"))
        data = bytearray(path.read_bytes())
        data[-1] ^= 255
        path.write_bytes(bytes(data))
        return library.read(folder)


def cut_questions(bench: Bench, patch: Patch) -> None:
    """Only the first six characters of a question are read."""
    real = Library.legs
    patch.setattr(Library, "legs", lambda self, question, language: real(self, question[:6], language))


LEXICAL = frozenset({"lexical", "lexical_paragraph"})
DENSE = frozenset({"dense", "dense_paragraph"})
LATE = frozenset({"late"})
LEGS = LEXICAL | DENSE | LATE

FAULTS = (
    Change("jieba off", LEXICAL, jieba_off, rebuild=True),
    Change("words cut at white space", LEXICAL, whitespace, rebuild=True),
    Change("traditional to simplified off", LEGS | {"script"}, traditional_off, rebuild=True),
    Change("stemming off", LEXICAL, stemming_off, rebuild=True),
    Change("glossary off", LEXICAL, glossary_off, rebuild=True),
    Change("idf off", LEXICAL, idf_off, rebuild=True),
    Change("query prefix dropped", DENSE, query_prefix_dropped),
    Change("vectors not normalised", DENSE, not_normalised, rebuild=True),
    Change("language shift left in", DENSE, not_centred, rebuild=True),
    Change("vectors in the next row", DENSE, shifted_vectors, rebuild=True),
    Change("one vector for every question", DENSE, dead_encoder),
    Change("questions cut short", LEGS, cut_questions),
    Change("fusion weights swapped", frozenset({"fusion"}), weights_swapped),
    Change("scores added raw", frozenset({"fusion"}), raw_scores),
    Change("worst first", frozenset({"fusion"}), worst_first),
    Change("quotes in reverse", frozenset({"quotes"}), quotes_reversed),
    Change("only one quote", frozenset({"quotes"}), one_quote),
    Change("threshold at 0", frozenset({"refusal"}), never_refuses),
    Change("threshold at 1", frozenset({"refusal"}), always_refuses),
    Change("confidence too high", frozenset({"refusal"}), calibration_lost),
    Change("late vectors of the neighbour", LATE, late_shifted, rebuild=True),
    Change("late interaction with the first token", LATE, late_unweighted),
    Change("windows read in reverse", frozenset({"reading"}), reading_reversed),
    Change("windows read beside another question", frozenset({"reading"}), reading_unasked),
    Change("citation marks cut off", frozenset({"sentences"}), splitter_cuts_marks, rebuild=True),
    Change("sentences cut at commas", frozenset({"sentences"}), splitter_cuts_commas, rebuild=True),
    Change("offsets by one", frozenset({"citation"}), offset_by_one),
    Change("offsets by one, text kept", frozenset({"SourceError"}), offset_without_text),
    Change("text tidied", frozenset({"verbatim"}), text_tidied),
    Change("neighbour cited", frozenset({"citation"}), neighbour_cited),
    Change("paragraph ids shifted", frozenset({"citation"}), ids_shifted, rebuild=True),
    Change("a section not indexed", frozenset({"coverage"}), section_missing, rebuild=True),
    Change("source swapped under the index", frozenset({"verbatim", "citation"}), source_swapped),
    Change("stale index", frozenset({"IndexStale"}), stale_index),
    Change("damaged vectors", frozenset({"IndexDamaged"}), damaged_vectors),
)

# What looks like a fault and, measured over the set, makes no answer worse: the gate keeps still. Words by
# jieba's search mode find what bigrams find; by themselves bigrams matter where there is no dictionary.
NEUTRAL = (Change("bigrams off", frozenset(), bigrams_off, rebuild=True),)

# Labels that stand no longer are told apart from worse answers.
ORPHANED = (
    Change("paragraphs merged", frozenset({"sentences", "labels"}), paragraphs_merged, rebuild=True),
    Change("source edited", frozenset({"labels"}), source_edited),
)
