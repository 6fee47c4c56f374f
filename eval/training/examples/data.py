"""Question sets to learn from: passages cut into sentences, questions with the sentences that answer them.

SQuAD-format files. Everything is in simplified characters, as the model sees it at run time too. XQuAD's
paragraphs are left out, by their text or by the ids of their questions, and some articles are held out of
both SQuAD files alike.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from index.structure import sentences
from index.text.words import simplified

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

# The files by their names, with the language of each.
SETS = {
    "drcd-dev": "zh",
    "drcd-test": "zh",
    "cmrc2018-trial": "zh",
    "squad2-dev-zh-mt": "zh",
    "squad2-dev-half": "en",
}
XQUAD = ("xquad.en", "xquad.zh")
# One English SQuAD article in so many is held out, with its translation.
HELD_OUT = 4
# Two questions are each other's translation when their cosine is the greatest both ways, and at least this.
TWIN_COSINE = 0.88
# An article and the one that most of its questions' translations are of are the same when so many are.
TRANSLATED = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a set; `sentences` are half-open offsets into `text`."""

    id: int
    set: str
    article: str
    language: str
    title: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    held_out: bool

    def answering(self, answers: Sequence[tuple[int, int]]) -> list[int]:
        """The sentences in which one of these answers begins, in order."""
        return [
            number
            for number, (start, end) in enumerate(self.sentences)
            if any(start <= begin < end for begin, _ in answers)
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a passage. `answers` are offsets into its text, none where it does not answer."""

    id: str
    language: str
    text: str
    passage: int
    answers: tuple[tuple[int, int], ...]

    @property
    def answerable(self) -> bool:
        """Whether the passage answers."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Data:
    """All passages, by their ids, and all questions to them; `twins` are questions asked across languages."""

    passages: tuple[Passage, ...]
    asked: tuple[Asked, ...]
    twins: tuple[Asked, ...]

    def write(self, path: Path) -> None:
        """Write everything as JSON lines."""
        with path.open("w", encoding="utf-8") as file:
            for kind, members in (("passage", self.passages), ("asked", self.asked), ("twin", self.twins)):
                for member in members:
                    file.write(json.dumps({"kind": kind, **asdict(member)}, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, path: Path) -> Data:
        """What `write` wrote."""
        found: dict[str, list[Any]] = {"passage": [], "asked": [], "twin": []}
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            kind = entry.pop("kind")
            for key in ("sentences", "answers"):
                if key in entry:
                    entry[key] = tuple(tuple(pair) for pair in entry[key])
            found[kind].append(Passage(**entry) if kind == "passage" else Asked(**entry))
        return cls(tuple(found["passage"]), tuple(found["asked"]), tuple(found["twin"]))


def gather(folders: Sequence[Path], encode: Encode) -> Data:
    """Read the sets, leave out XQuAD, match the two SQuADs, hold articles out.

    `encode` gives unit rows for questions of either language in one space.
    """
    banned_texts, banned_ids = _xquad(folders)
    passages: list[Passage] = []
    asked: list[Asked] = []
    for name, language in SETS.items():
        for title, text, questions in _paragraphs(_find(folders, name)):
            if " ".join(text.split()) in banned_texts or any(q["id"] in banned_ids for q in questions):
                continue
            plain = simplified(text)
            if len(plain) != len(text):
                continue
            spans = tuple(sentences.split(plain))
            if not spans:
                continue
            number = len(passages)
            passages.append(Passage(number, name, f"{name}:{title}", language, simplified(title), plain, spans, False))
            for question in questions:
                found = _answers(text, question)
                if found is not None and question["question"].strip():
                    wanted = simplified(" ".join(question["question"].split()))
                    asked.append(Asked(f"{name}:{question['id']}", language, wanted, number, found))
    pairs = _twins(passages, asked, encode)
    return _held_out(passages, asked, pairs)


def _find(folders: Sequence[Path], name: str) -> Path:
    for folder in folders:
        path = folder / f"{name}.json"
        if path.is_file():
            return path
    where = ", ".join(map(str, folders))
    raise InputError(f"no {name}.json in {where}", "name the folders of the training sets with --data")


def _xquad(folders: Sequence[Path]) -> tuple[set[str], set[str]]:
    texts: set[str] = set()
    ids: set[str] = set()
    for name in XQUAD:
        for _, text, questions in _paragraphs(_find(folders, name)):
            texts.add(" ".join(text.split()))
            ids.update(question["id"] for question in questions)
    return texts, ids


def _paragraphs(path: Path) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    whole = json.loads(path.read_text(encoding="utf-8-sig"))
    for article in whole["data"]:
        for paragraph in article["paragraphs"]:
            yield str(article.get("title", "")).replace("_", " "), paragraph["context"], paragraph["qas"]


def _answers(text: str, question: dict[str, Any]) -> tuple[tuple[int, int], ...] | None:
    """Where the answers stand; none for an unanswerable question, None where an answer is not where it says."""
    if question.get("is_impossible"):
        return ()
    found = set()
    for answer in question["answers"]:
        words = answer["text"].strip()
        start = answer["answer_start"]
        if words and text[start : start + len(words)] != words:
            start = text.find(words) if text.count(words) == 1 else -1
        if words and start >= 0:
            found.add((start, start + len(words)))
    return tuple(sorted(found)) or None


def _twins(passages: Sequence[Passage], asked: Sequence[Asked], encode: Encode) -> list[tuple[Asked, Asked]]:
    """The questions of the two SQuADs that translate each other, English first."""
    english = [a for a in asked if passages[a.passage].set == "squad2-dev-half"]
    chinese = [a for a in asked if passages[a.passage].set == "squad2-dev-zh-mt"]
    left, right = encode([a.text for a in english]), encode([a.text for a in chinese])
    left, right = left - left.mean(0), right - right.mean(0)
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    cosines = left @ right.T
    best, back = cosines.argmax(1), cosines.argmax(0)
    # two questions of one paragraph have partners of one paragraph: the votes settle the doubtful ones
    votes = Counter((english[i].passage, chinese[j].passage) for i, j in enumerate(best) if back[j] == i)
    partner: dict[int, int] = {}
    for (low, high), number in votes.most_common():
        if number >= 2:
            partner.setdefault(low, high)
    found = []
    for i, j in enumerate(best):
        agree = partner.get(english[i].passage) == chinese[j].passage
        if back[j] == i and (agree or cosines[i, j] >= TWIN_COSINE):
            found.append((english[i], chinese[j]))
    return found


def _held_out(passages: list[Passage], asked: list[Asked], pairs: list[tuple[Asked, Asked]]) -> Data:
    """One split by article for both languages, then the questions across languages."""
    votes = Counter((passages[a.passage].article, passages[b.passage].article) for a, b in pairs)
    translated: dict[str, str] = {}
    for (english, chinese), number in votes.most_common():
        if number >= TRANSLATED:
            translated.setdefault(english, chinese)
    titles = sorted(
        {p.article for p in passages if p.set == "squad2-dev-half"},
        key=lambda title: hashlib.sha256(title.encode()).hexdigest(),
    )
    held = set(titles[: len(titles) // HELD_OUT])
    held |= {translated[title] for title in held if title in translated}
    original = {chinese: english for english, chinese in translated.items()}
    # an article and its translation go by one name
    split = tuple(replace(p, held_out=p.article in held, article=original.get(p.article, p.article)) for p in passages)
    twins = []
    for a, b in pairs:
        if a.answerable == b.answerable:
            twins.append(Asked(f"{a.id}>zh", "en", a.text, b.passage, b.answers))
            twins.append(Asked(f"{b.id}>en", "zh", b.text, a.passage, a.answers))
    return Data(split, tuple(asked), tuple(twins))
