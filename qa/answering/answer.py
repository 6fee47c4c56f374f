"""Question in, answer out: the one function that every edge calls.

An `Answer` holds quotes, or a reason why there are none; a refusal's nearest passages stand apart and
never pass for sources. Nothing here prints.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.library import Library
from index.records import Language
from qa import settings
from qa.answering import evidence, quotes
from qa.answering.evidence import Coverage
from qa.answering.question import Question
from qa.answering.quotes import Quote
from qa.answering.reading import NOTHING, Read, read
from qa.answering.retrieve import retrieve
from qa.answering.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Answer:
    """What the source says to a question.

    `confidence` is the probability that the quotes answer, in [0, 1], on a refusal too. `quotes` is
    empty and `reason` set exactly when not `answered`; `nearest` is filled only then, and so is `absent`:
    the words of the question that never occur in the source.
    """

    question: str
    language: Language
    answered: bool
    confidence: float
    reason: str | None
    quotes: tuple[Quote, ...]
    nearest: tuple[Quote, ...]
    absent: tuple[str, ...]
    fingerprint: str

    def __post_init__(self) -> None:
        if self.answered != bool(self.quotes) or self.answered == bool(self.reason):
            raise ValueError("an answer has quotes and no reason, a refusal a reason and no quotes")
        if self.answered and self.nearest:
            raise ValueError("only a refusal has nearest passages")


def ask(library: Library, raw: str, top: int = settings.QUOTES_TOP, scope: Scope = EVERYTHING) -> Answer:
    """Answer a question from what is in the scope with at most `top` quotes, or say why not."""
    if top < 1:
        raise ValueError(f"top must be at least 1, found {top}")
    question = Question.read(raw)
    return decide(library, question, find(library, question, scope), top)


def find(library: Library, question: Question, scope: Scope = EVERYTHING) -> Read:
    """What was read for a question; nothing where it has a problem, or nothing is in the scope."""
    return NOTHING if question.problem else read(library, question, retrieve(library, question, scope))


def decide(library: Library, question: Question, seen: Read, top: int = settings.QUOTES_TOP) -> Answer:
    """The answer that what was read gives."""
    if question.problem:
        return _refuse(library, question, 0.0, _PROBLEMS[question.problem][question.language])
    if not seen.found:
        return _refuse(library, question, 0.0, _NOTHING[question.language])
    found, confidence = seen.found, seen.confidence
    keys = evidence.key_words(library, question)
    if evidence.looked_up(library, keys, found[0]):
        confidence = max(confidence, settings.LOOKED_UP)
    elif evidence.unheard_of(library, question, keys) or evidence.without_form(library, question, found):
        confidence = min(confidence, settings.NOT_THERE)
    if confidence >= settings.CONFIDENCE_MIN:
        chosen = quotes.select(library, question, found, top, seen.near)
        return Answer(question.text, question.language, True, confidence, None, chosen, (), (), library.fingerprint)
    near = evidence.on_topic(library, question, found)
    nearest: tuple[Quote, ...] = ()
    if near:
        nearest = tuple(quotes.make(library, question, c) for c in found[: min(top, settings.NEAREST)])
    missing = not evidence.typed(library, question, found[: settings.EVIDENCE_TOP])
    reason = _reason(question.language, on_topic=near, missing=missing)
    return _refuse(
        library, question, confidence, reason, nearest, question.spelled(Coverage.of(library, question).absent)
    )


def _refuse(
    library: Library,
    question: Question,
    confidence: float,
    reason: str,
    nearest: tuple[Quote, ...] = (),
    absent: tuple[str, ...] = (),
) -> Answer:
    return Answer(
        question.text,
        question.language,
        False,
        round(confidence, 4),
        reason,
        (),
        nearest,
        absent,
        library.fingerprint,
    )


_PROBLEMS: dict[str, dict[Language, str]] = {
    "empty": {"zh": "没有读到问题", "en": "there is no question here"},
    "too long": {
        "zh": f"问题太长：最多 {settings.QUESTION_CHARACTERS_MAX} 个字符",
        "en": f"the question is too long: at most {settings.QUESTION_CHARACTERS_MAX} characters are read",
    },
    "greeting": {
        "zh": "这不是关于原文的问题；请就原文内容提问",
        "en": "this asks nothing of the source; ask about what it says",
    },
}


_NOTHING: dict[Language, str] = {
    "zh": "所选的文献中没有可以回答的文字",
    "en": "there is no text in what you chose to ask",
}


def _reason(language: Language, *, on_topic: bool, missing: bool) -> str:
    if not on_topic:
        return {"zh": "原文不涉及这个话题", "en": "the source does not speak of this subject"}[language]
    if missing:
        return {
            "zh": "原文谈到相关内容，但没有给出所问的数字、日期或名称",
            "en": "the source touches on this but gives no such number, date or name",
        }[language]
    return {
        "zh": "原文谈到相关内容，但没有回答这个问题",
        "en": "the source touches on this but does not answer it",
    }[language]
