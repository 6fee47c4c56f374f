"""Fit the chances that sentences answer, and the confidence of an answer.

    python -m eval.calibrate [--data FOLDER …] [--work runs/training]

prints what belongs in `qa/settings.py`, and figures by cross-validation over questions. It learns from the
tuning half of the review's questions and, with `--data`, from held-out articles of the training sets that
the model has not seen: every second one, so that the others stay to be measured on. Nothing here reads the
held-out half of the review.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.scores.score import holds
from eval.bench.sets.collection import Article, Collection, documents
from eval.metrics.confidence import binned, expected_error
from eval.questions import dataset
from eval.questions.labels import Labels
from index import settings as index_settings
from index.build import make
from index.dense import encoder
from qa import settings
from qa.answering.evidence import AGAINST, Evidence, any_logit, weigh
from qa.answering.question import Question
from qa.answering.quotes import make as quote
from qa.answering.reading import sentences
from qa.answering.retrieve import retrieve
from qa.dialogue import known_names
from qa.service import open_library

# How much the squares of the weights cost, of features scaled to a deviation of 1, beside the mean loss.
PENALTY = 0.01
# Weight of all questions of the review together, against all those of the held-out articles.
REVIEW = 2.0
FOLDS = 10
# Questions drawn from each language's held-out articles.
SAMPLE = 120
FEATURES = tuple(field.name for field in fields(Evidence))

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question: the evidence for each sentence that was read, whether each answers, and if any could."""

    evidence: tuple[Evidence, ...]
    answers: tuple[bool, ...]
    answerable: bool
    group: str


def main() -> None:
    """Fit, and print weights and figures."""
    parser = argparse.ArgumentParser(prog="python -m eval.calibrate", description=__doc__)
    parser.add_argument("--data", nargs="*", type=Path, default=[], help="folders with the training sets")
    parser.add_argument("--work", type=Path, default=Path("runs/training"), help="where training left its data")
    given = parser.parse_args()
    cases = list(review())
    if given.data:
        cases += articles(given.work)
    report(cases)


def review() -> Iterator[Case]:
    """The tuning half."""
    library = open_library()
    labels = Labels(library)
    items = dataset.load(dataset.default_sets())
    texts = dataset.asked(items, known_names(library))
    for item in items:
        question = Question.read(texts[item.id])
        if item.half == "tuning" and not question.problem:
            right = {row for group in item.evidence for alternative in group for row in labels.rows(alternative)}
            found = sentences(library, question, retrieve(library, question))
            yield Case(
                tuple(weigh(library, question, found)),
                tuple(candidate.row in right for candidate in found),
                item.answerable,
                "review",
            )


def articles(work: Path) -> Iterator[Case]:
    """Half of the articles that training held out, each language's as one library, asked in both."""
    from eval.training.examples.data import Data

    data = Data.read(work / "data.jsonl")
    titles = sorted({p.article for p in data.passages if p.held_out})[::2]
    for name in ("squad2-dev-half", "squad2-dev-zh-mt"):
        members = [p for p in data.passages if p.article in titles and p.set == name]
        numbers = {p.id: number for number, p in enumerate(members)}
        texts = tuple(p.text for p in members)
        collection = Collection(name, work, (Article(name, False, texts),), ())
        library = make(documents(collection), encoder.load(index_settings.ENCODER))
        mine = [asked for asked in (*data.asked, *data.twins) if asked.passage in numbers]
        random.Random(name).shuffle(mine)
        for asked in mine[:SAMPLE]:
            question = Question.read(asked.text)
            if not question.problem:
                found = sentences(library, question, retrieve(library, question))
                own = data.passages[asked.passage]
                words = tuple(own.text[start:end] for start, end in asked.answers)
                yield Case(
                    tuple(weigh(library, question, found)),
                    tuple(
                        candidate.sentence.paragraph_row == numbers[own.id]
                        and holds([quote(library, question, candidate)], words)
                        for candidate in found
                    ),
                    asked.answerable,
                    f"{asked.language}-{own.language}",
                )


def report(cases: Sequence[Case]) -> None:
    """Print weights, and figures in which no question was judged by a fit that had seen it.

    The confidence is of one of the quotes answering, as an answer shows them.
    """
    from sklearn.metrics import roc_auc_score

    groups = np.array([case.group for case in cases])
    fold = np.random.default_rng(0).permutation(len(cases)) % FOLDS
    said = np.zeros(len(cases))
    first = np.zeros(len(cases), bool)
    right = np.zeros(len(cases), bool)
    for number in range(FOLDS):
        weights, bias = _fit([c for c, f in zip(cases, fold, strict=True) if f != number])
        for i in np.flatnonzero(fold == number).tolist():
            chances, none = _chances(_matrix(cases[i]) @ weights + bias)
            best = np.argsort(-chances, kind="stable")[: settings.QUOTES_TOP].tolist()
            quoted = [row for row in best if chances[row] >= settings.FURTHER * chances[best[0]]]
            said[i], first[i] = any_logit(none), cases[i].answers[best[0]]
            right[i] = any(cases[i].answers[row] for row in quoted)
    weights, bias = _fit(cases)
    slope, intercept = _confidence(said[groups == "review"], right[groups == "review"])
    print(f"CHANCE_BIAS = {bias:.3f}\nCHANCE = {{")
    for name, weight in zip(FEATURES, weights, strict=True):
        if abs(weight) >= 0.0005:
            print(f'    "{name}": {weight:.3f},')
    print(f"}}\nCONFIDENCE_SLOPE = {slope:.3f}\nCONFIDENCE_BIAS = {intercept:.3f}")
    confidence = 1 / (1 + np.exp(-(slope * said + intercept)))
    answerable = np.array([case.answerable for case in cases])
    for group in sorted(set(groups)):
        mine = groups == group
        print(f"\n{group}: {mine.sum()} questions, {answerable[mine].sum()} answerable")
        print(f"  first sentence answers {first[mine & answerable].mean():.3f}")
        print(f"  one of the quotes answers {right[mine & answerable].mean():.3f}")
        print(f"  answerable or not, AUROC {roc_auc_score(answerable[mine], confidence[mine]):.3f}")
        error = expected_error(binned(list(zip(confidence[mine].tolist(), right[mine].tolist(), strict=True))))
        print(f"  expected calibration error {error:.3f}")
        for threshold in (0.3, 0.4, 0.5, 0.6):
            below = confidence < threshold
            print(
                f"  under {threshold:.2f}: answerable refused {below[mine & answerable].mean():.3f}, "
                f"unanswerable refused {below[mine & ~answerable].mean():.3f}"
            )


def _matrix(case: Case) -> Rows:
    return np.array([[getattr(one, name) for name in FEATURES] for one in case.evidence])


def _chances(logits: Rows) -> tuple[Rows, float]:
    """Of each sentence, and of none."""
    shares = np.exp(logits - max(0.0, float(logits.max())))
    none = float(np.exp(-max(0.0, float(logits.max()))))
    return shares / (shares.sum() + none), none / float(shares.sum() + none)


def _fit(cases: Sequence[Case]) -> tuple[Rows, float]:
    """A conditional logit: of the sentences and none, one that answers, or none where none does.

    Each weight keeps the sign that its meaning gives it, or is 0. The review's questions together weigh as
    much as all others.
    """
    from scipy.optimize import minimize

    raw = np.concatenate([_matrix(case) for case in cases])
    middle, spread = raw.mean(0), np.maximum(raw.std(0), 1e-9)
    rows = (raw - middle) / spread
    starts = np.cumsum([0, *(len(case.answers) for case in cases[:-1])])
    sizes = np.array([len(case.answers) for case in cases])
    gold = np.array([answer for case in cases for answer in case.answers])
    none = np.logical_or.reduceat(gold, starts) == 0
    share = _weights(np.array([case.group for case in cases]))
    share /= share.sum()

    def loss(theta: Rows) -> tuple[float, Rows]:
        logits = rows @ theta[:-1] + theta[-1]
        most = np.maximum(0.0, np.maximum.reduceat(logits, starts))
        parts = np.exp(logits - np.repeat(most, sizes))
        every = np.add.reduceat(parts, starts) + np.exp(-most)
        good = np.add.reduceat(parts * gold, starts) + np.where(none, np.exp(-most), 0.0)
        good = np.maximum(good, 1e-300)
        slope = parts / np.repeat(every, sizes) - gold * parts / np.repeat(good, sizes)
        slope *= np.repeat(share, sizes)
        total = float((share * (np.log(every) - np.log(good))).sum() + PENALTY * (theta[:-1] ** 2).sum())
        return total, np.append(rows.T @ slope + 2 * PENALTY * theta[:-1], slope.sum())

    bounds = [((None, 0.0) if name in AGAINST else (0.0, None)) for name in FEATURES]
    found = minimize(loss, np.zeros(len(FEATURES) + 1), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
    weights = found.x[:-1] / spread
    return weights, float(found.x[-1] - (weights * middle).sum())


def _weights(groups: NDArray[np.str_]) -> Rows:
    mine = groups == "review"
    others = max(1, int((~mine).sum()))
    return np.where(mine, REVIEW * others / max(1, int(mine.sum())) if (~mine).any() else 1.0, 1.0)


def _confidence(said: Rows, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and bias that make of it the log-odds of a quote's answering (Platt 1999).

    From the review alone: of the articles' questions half have no answer, which is an exam and nobody's asking.
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=100.0).fit(said[:, None], right)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


if __name__ == "__main__":
    main()
