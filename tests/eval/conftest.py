"""What the tests of evaluation share: outcomes, runs and libraries made by hand, and a command line run here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from said import Result
from small import HIT, MISS, REFUSED, kept

from eval import cli
from eval import settings as eval_settings
from eval.bench.scores.remembered import Remembered
from eval.run.file import FORMAT
from eval.run.hit import HIT_AT
from eval.run.outcome import Outcome, Part, Shown
from eval.run.record import Header, Place, Run
from eval.run.stages import ABLATIONS, STAGES, Ranks
from index import chunks
from index.lexical import glossary
from index.library import Library
from index.records import Document, Paragraph, Section, Span

OUTLINE = (
    Place("doc:1-P1", ((0, 10), (10, 20))),
    Place("doc:1-P2", ((20, 30),)),
    Place("doc:2-P1", ((30, 45), (45, 60))),
)
GOLD = "doc:1-P1"


class Made:
    """Records made by hand. What is not said is as good as can be: the first quote answers, every rank is 1."""

    @staticmethod
    def shown(paragraph: str = GOLD, **changes: Any) -> Shown:
        return replace(Shown(paragraph, 0, 10, "甲乙丙丁。", 3.0, True, True), **changes)

    @staticmethod
    def outcome(
        id: str = "zh-1",
        *,
        answerable: bool = True,
        hit: int | None = 1,
        selected: int | None = -1,
        rank: int | Mapping[str, int] = 1,
        **changes: Any,
    ) -> Outcome:
        """An outcome; `hit` and `selected` are the first k that hits, `rank` is that of the evidence by stage."""
        answered = changes.pop("answered", answerable)
        if selected == -1:
            selected = hit
        given = rank if isinstance(rank, Mapping) else dict.fromkeys((*STAGES, *ABLATIONS), rank)
        top = tuple(place.paragraph for place in OUTLINE)
        ranks = {
            stage: Ranks(
                given.get(stage, 1) if answerable else None,
                {GOLD: given.get(stage, 1)} if answerable else {},
                top if stage in STAGES else (),
            )
            for stage in (*STAGES, *ABLATIONS)
        }

        def hits(first: int | None, given: bool) -> dict[int, bool]:
            return {k: given and first is not None and first <= k for k in HIT_AT} if answerable else {}

        made = Outcome(
            id=id,
            language="en" if id.startswith("en") else "zh",
            kind="number",
            half="tuning",
            question=f"{id}?",
            answerable=answerable,
            evidence=((Part(GOLD, "甲乙", True),),) if answerable else (),
            answered=answered,
            confidence=0.9 if answered else 0.1,
            reason=None if answered else "no",
            quotes=(Made.shown(),) if answered else (),
            nearest=(),
            hits=hits(hit, answered),
            selected=hits(selected, True),
            ranks=ranks,
            traditional=None if id.startswith("en") else True,
            milliseconds=50.0,
        )
        return replace(made, **changes)

    @staticmethod
    def run(outcomes: Sequence[Outcome], **changes: Any) -> Run:
        """A run over one document, `doc`, of three paragraphs."""
        header = Header(
            format=FORMAT,
            index="f" * 16,
            encoder="made",
            sets={"set.jsonl": "0" * 64},
            half=None,
            documents={"doc": "a" * 64},
            outline=OUTLINE,
            settings={"CONFIDENCE_MIN": 0.45},
        )
        return Run(replace(header, **changes), tuple(outcomes))

    @staticmethod
    def document(id: str, paragraphs: Mapping[str, Sequence[str]]) -> Document:
        """A document of these sentences, by the ids of their paragraphs."""
        source, made = "", []
        for name, sentences in paragraphs.items():
            spans = []
            for text in sentences:
                spans.append(Span(len(source), len(source) + len(text)))
                source += text
            section = Section(name.rpartition("-")[0], ("title",), None)
            language = "zh" if any("一" <= char <= "鿿" for char in source) else "en"
            made.append(Paragraph(name, section, spans[0].start, spans[-1].end, language, tuple(spans)))
            source += "\n"
        return Document(id, f"{id}.txt", id, "zh", "a" * 64, source, (), tuple(made))

    @staticmethod
    def library(*documents: Document, encoder: Any = None) -> Any:
        """What labels, checks and starters read of a library, without an index."""
        rows, paragraphs = chunks.rows(documents)
        language = documents[0].language
        return SimpleNamespace(
            documents=documents, rows=rows, paragraphs=paragraphs, encoder=encoder, language=language
        )


@pytest.fixture
def no_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    """No dictionary to make an index with, which takes most of the time, and no folder of sets."""
    monkeypatch.setattr(glossary, "dictionary", lambda zh, en: [])
    monkeypatch.delenv("YINZHENG_DATA", raising=False)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[object], Path]:
    """Writes a value as JSON, or a text or bytes as they are, and returns the file."""

    def write(value: object) -> Path:
        path = tmp_path / "set.json"
        if isinstance(value, bytes):
            path.write_bytes(value)
        else:
            path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def made() -> Made:
    return Made()


@pytest.fixture(scope="session")
def library(library: Library) -> Library:
    """The index of the review, with an encoder that remembers: no question is encoded twice."""
    own = copy(library)
    own.encoder = Remembered(library.encoder)
    return own


def write_lines(path: Path, *entries: Any) -> Path:
    """JSON lines; a text stands as it is."""
    lines = [entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False) for entry in entries]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def write() -> Callable[..., Path]:
    return write_lines


@pytest.fixture
def quick(library: Library, index_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default index is the review's and open already."""
    from qa import service

    real = service.open_library

    def opened(folder: Path | None = None, *rest: Any) -> Library:
        return library if folder is None else real(folder, *rest)

    monkeypatch.setattr(service, "open_library", opened)


@pytest.fixture
def small(tmp_path: Path, write: Callable[..., Path]) -> Path:
    return write(tmp_path / "small.jsonl", HIT, REFUSED, MISS)


@pytest.fixture
def good(made: Any, tmp_path: Path) -> Path:
    """A run made by hand: twelve Chinese questions, all right."""
    return kept(made.run([made.outcome(f"zh-{n:02}") for n in range(12)]), tmp_path / "good.jsonl")


@pytest.fixture
def evaluate(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Runs `yinzheng-eval` in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: Any) -> Result:
        capsys.readouterr()
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        said = capsys.readouterr()
        assert "unexpected" not in said.err
        return Result(status, said.out, said.err)

    return call


@pytest.fixture
def verdicts(made: Any) -> Run:
    """One of every verdict, in both languages."""
    return made.run(
        [
            outcome
            for language in ("zh", "en")
            for outcome in (
                made.outcome(f"{language}-1"),
                made.outcome(f"{language}-2", hit=3, rank=2),
                made.outcome(f"{language}-3", hit=None, rank={"late": 2, "fused": 14}, confidence=0.5),
                made.outcome(f"{language}-4", answered=False, confidence=0.41, nearest=(made.shown("doc:2-P1"),)),
                made.outcome(f"{language}-5", answerable=False),
                made.outcome(f"{language}-6", answerable=False, answered=True, half="held-out"),
            )
        ]
    )


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the sign flips: the least p is 0.001."""
    monkeypatch.setattr(eval_settings, "RESAMPLES", 999)


@pytest.fixture
def sound(made: Any, few_draws: None) -> list[Outcome]:
    """Twenty answered and eight refused questions of each language, all right."""
    return [
        made.outcome(f"{language}-{number}", answerable=number < 20)
        for language in ("zh", "en")
        for number in range(28)
    ]
