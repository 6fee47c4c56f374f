"""Small sets to be learned from, in English and Chinese, and a model that is small."""

from __future__ import annotations

from typing import Any

import numpy as np

EN = [
    ("Normans", "The Normans lived in Normandy. They came from Denmark in 911. Rollo was their leader."),
    ("Normans", "Norse raiders settled there. The region was named after them."),
    ("Steam", "A steam engine burns coal. James Watt improved it in 1776. It drove the mills."),
    ("Oxygen", "Oxygen is a gas. It was found by Scheele in 1773. Plants make it."),
    ("Rhine", "The Rhine is a river. It ends in the Netherlands. Its length is 1230 km."),
]

ZH = [
    ("诺曼人", "诺曼人住在诺曼底。他们911年来自丹麦。罗洛是他们的首领。"),
    ("诺曼人", "北欧海盗在那里定居。该地区以他们命名。"),
    ("蒸汽", "蒸汽机烧煤。詹姆斯·瓦特1776年改进了它。它驱动磨坊。"),
    ("氧", "氧是一种气体。舍勒1773年发现了它。植物制造它。"),
    ("莱茵河", "莱茵河是一条河。它在荷兰结束。它长1230公里。"),
]

QUESTIONS = [
    [("Who led the Normans?", "Rollo"), ("When did they come?", "911"), ("Who led the Franks?", None)],
    [("Whom is the region named after?", "them")],
    [("Who improved the engine?", "James Watt"), ("Who invented the wheel?", None)],
    [("Who found oxygen?", "Scheele"), ("When was it found?", "1773")],
    [("Where does the Rhine end?", "the Netherlands"), ("How long is it?", "1230 km")],
]

ZH_QUESTIONS = [
    [("谁带领诺曼人？", "罗洛"), ("他们何时到来？", "911年"), ("谁带领法兰克人？", None)],
    [("该地区以谁命名？", "他们")],
    [("谁改进了蒸汽机？", "詹姆斯·瓦特"), ("谁发明了轮子？", None)],
    [("谁发现了氧？", "舍勒"), ("何时发现的？", "1773年")],
    [("莱茵河在哪里结束？", "荷兰"), ("它有多长？", "1230公里")],
]


def squad(paragraphs: list[tuple[str, str]], questions: list[list[tuple[str, str | None]]], prefix: str) -> Any:
    articles: dict[str, list[Any]] = {}
    for number, ((title, text), asked) in enumerate(zip(paragraphs, questions, strict=True)):
        qas = []
        for place, (question, answer) in enumerate(asked):
            answers = [] if answer is None else [{"text": answer, "answer_start": text.index(answer)}]
            id = f"{prefix}-{number}-{place}"
            qas.append({"id": id, "question": question, "answers": answers, "is_impossible": answer is None})
        articles.setdefault(title, []).append({"context": text, "qas": qas})
    return {"data": [{"title": title, "paragraphs": parts} for title, parts in articles.items()]}


def by_number(texts: Any) -> Any:
    """Questions as vectors: those of the two lists with the same place are the same."""
    places = {
        question: (number, place)
        for lists in (QUESTIONS, ZH_QUESTIONS)
        for number, asked in enumerate(lists)
        for place, (question, _) in enumerate(asked)
    }
    rows = [np.random.default_rng([1, *places.get(text, (99, 99))]).normal(size=40) for text in texts]
    return np.array([row / np.linalg.norm(row) for row in rows], np.float32)


def tiny() -> Any:
    import torch

    from eval.training.model.model import Model

    torch.manual_seed(1)
    return Model(layers=2, hidden=384, heads=12, inner=64, positions=512, epsilon=1e-12)
