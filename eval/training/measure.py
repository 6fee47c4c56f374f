"""Figures of a trained model by itself, on the SQuAD articles that training held out.

    python -m eval.training.measure [--work runs/training] [--model index/model/weights] [--sample 300]

Reading, as SQuAD 2.0 has it: the right paragraph is given; does it answer, and which sentence? Ranking: among all
sentences of the held-out articles in the passages' language, is the answering one first?
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from eval.training.examples.data import Asked, Data, Passage
from index.model.layout import windows
from index.model.model import FOLDER, Model, Seen


def main() -> None:
    """Print the figures of each pair of languages."""
    from sklearn.metrics import roc_auc_score

    parser = argparse.ArgumentParser(prog="python -m eval.training.measure", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("runs/training"))
    parser.add_argument("--model", type=Path, default=FOLDER)
    parser.add_argument("--sample", type=int, default=300, help="questions of each pair of languages")
    given = parser.parse_args()
    model = Model(given.model)
    data = Data.read(given.work / "data.jsonl")
    held = [passage for passage in data.passages if passage.held_out]
    groups: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for asked in (*data.asked, *data.twins):
        if data.passages[asked.passage].held_out:
            groups[asked.language, data.passages[asked.passage].language].append(asked)
    print("pair   asked  answerable  AUROC  sentence  with none  ranked first  in first 5")
    for language in ("en", "zh"):
        passages = [passage for passage in held if passage.language == language]
        seen = {passage.id: _seen(model, passage) for passage in passages}
        for of in ("en", "zh"):
            members = groups[of, language]
            random.Random(0).shuffle(members)
            members = members[: given.sample]
            odds, firsts, ranks = [], [], []
            for asked in members:
                passage = data.passages[asked.passage]
                read = _read(model, asked, passage)
                odds.append(max(read))
                if asked.answerable:
                    right = passage.answering(asked.answers)
                    firsts.append((int(np.argmax(read)) in right, max(read) > 0))
                    ranks.append(_rank(model, asked, right, seen))
            answerable = [asked.answerable for asked in members]
            first = np.mean([one for one, _ in firsts])
            both = np.mean([one and said for one, said in firsts])
            print(
                f"{of}-{language}  {len(members):5d}  {sum(answerable):10d}  {roc_auc_score(answerable, odds):5.3f}"
                f"  {first:8.3f}  {both:9.3f}  {np.mean(np.array(ranks) == 1):12.3f}"
                f"  {np.mean(np.array(ranks) <= 5):10.3f}"
            )


def _cuts(model: Model, passage: Passage) -> list[list[str]]:
    texts = [passage.text[start:end] for start, end in passage.sentences]
    cuts = windows([len(model.layout.sentence(text).ids) for text in texts])
    return [texts[first:last] for first, last in cuts]


def _read(model: Model, asked: Asked, passage: Passage) -> list[float]:
    """The odds of every sentence of the passage."""
    return [odds for texts in _cuts(model, passage) for odds in model.read(asked.text, "", texts).odds]


def _seen(model: Model, passage: Passage) -> list[Seen]:
    return [seen for texts in _cuts(model, passage) for seen in model.see("", texts)]


def _rank(model: Model, asked: Asked, right: Sequence[int], seen: Mapping[int, Sequence[Seen]]) -> int:
    question = model.ask(asked.text)
    share, _ = model.late
    scores = {
        (passage, number): (1 - share) * float((one.tokens @ question.tokens.T).max(axis=0) @ question.weights)
        + share * float(one.pooled @ question.pooled)
        for passage, members in seen.items()
        for number, one in enumerate(members)
    }
    best = max(scores[asked.passage, number] for number in right)
    return 1 + sum(score > best for score in scores.values())


if __name__ == "__main__":
    main()
