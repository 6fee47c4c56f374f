"""Ask every question of a set, and keep what came of it: answers, ranks, rights and wrongs, times."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eval.questions.dataset import Alternative, Half, Item, asked, together
from eval.questions.labels import Labels, place
from eval.run import stages
from eval.run.file import FORMAT
from eval.run.hit import HIT_AT, hit
from eval.run.outcome import Outcome, Part
from eval.run.record import Header, Place, Run
from eval.run.reply import put
from eval.run.truth import Truth
from index.library import Library
from index.originals import Originals
from qa import settings
from qa.answering.answer import Answer, ask
from qa.dialogue import known_names

if TYPE_CHECKING:
    import opencc


def run(
    library: Library,
    items: Sequence[Item],
    *,
    originals: Originals,
    sets: Sequence[Path] = (),
    half: Half | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Answer every question alone, in order; `progress` is called with how many are done, of how many.

    Quotes are checked against the files as they are now, not against the library that made
    them. `half` takes only that half of the items; the other may still be named by a follow-up.
    """
    labels = Labels(library)
    truth = Truth(originals)
    texts, said = asked(items, known_names(library)), together(items)
    mine = [item for item in items if half in (None, item.half)]
    put(library, "warm up")
    outcomes = []
    for number, item in enumerate(mine, start=1):
        outcomes.append(_outcome(library, item, said[item.id], texts[item.id], labels, truth))
        progress(number, len(mine))
    return Run(_header(library, sets, half), tuple(outcomes))


def _outcome(library: Library, item: Item, said: str, text: str, labels: Labels, truth: Truth) -> Outcome:
    reply = put(library, text)
    answer = reply.answer
    return Outcome(
        id=item.id,
        language=item.language,
        kind=item.kind,
        half=item.half,
        question=said,
        understood=text if item.after else None,
        answerable=item.answerable,
        evidence=tuple(tuple(_part(alternative, labels) for alternative in group) for group in item.evidence),
        answered=answer.answered,
        confidence=answer.confidence,
        reason=answer.reason,
        quotes=tuple(truth.shown(quote) for quote in answer.quotes),
        nearest=tuple(truth.shown(quote) for quote in answer.nearest),
        hits={k: hit(answer.quotes, item, k) for k in HIT_AT} if item.answerable else {},
        selected={k: hit(reply.selected, item, k) for k in HIT_AT} if item.answerable else {},
        ranks=stages.ranks(item, reply.ranked, reply.read, labels),
        traditional=_same_in_traditional(library, text, answer),
        milliseconds=round(reply.milliseconds, 1),
    )


def _same_in_traditional(library: Library, text: str, answer: Answer) -> bool | None:
    """Whether a question written in traditional characters gets the same quotes or refusal."""
    other = traditional(text)
    if other == text:
        return None
    again = ask(library, other)
    return [(q.start, q.end) for q in again.quotes] == [(q.start, q.end) for q in answer.quotes]


@cache
def _converter() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("s2t")


def traditional(text: str) -> str:
    """Simplified Chinese characters as traditional ones; all else as it is."""
    return str(_converter().convert(text))


def _part(alternative: Alternative, labels: Labels) -> Part:
    name = labels.resolve(alternative.paragraph) or alternative.paragraph
    stands = bool(labels.rows(alternative))
    return Part(name, alternative.text, stands, () if stands else tuple(labels.elsewhere(alternative)))


def _names(sets: Sequence[Path]) -> dict[str, Path]:
    """Each set by its file name, or by its path where another has that name."""
    names = [path.name for path in sets]
    return {path.name if names.count(path.name) == 1 else str(path): path for path in sets}


def _header(library: Library, sets: Sequence[Path], half: Half | None) -> Header:
    return Header(
        format=FORMAT,
        index=library.fingerprint,
        encoder=library.encoder_name,
        sets={name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in _names(sets).items()},
        half=half,
        documents={document.id: document.sha256 for document in library.documents},
        outline=tuple(
            Place(place(document, paragraph), tuple((span.start, span.end) for span in paragraph.sentences))
            for document, paragraph in library.paragraphs
        ),
        settings={
            name: value
            for name, value in sorted(vars(settings).items())
            if name.isupper() and name not in ("HOST", "PORT")
        },
    )
