"""How an understood question is put into words, in either language."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from qa.dialogue.asked import END, Asked
from qa.dialogue.mention import Mention
from qa.dialogue.names import fold
from qa.dialogue.phrases import mentions
from qa.dialogue.reference import Reference
from qa.dialogue.turn import Turn
from qa.dialogue.wording import BREAKS_EN, is_verb

# A text and the words in it that were taken from the turns before.
Carried = tuple[str, tuple[str, ...]]
# A longer possessor stands behind its noun.
OWNER_WORDS_MAX = 3

_SCENE_EN = regex.compile(r"(?:After|Before|During|In|For|With|Among|Under|Without)\b")
_EDGE = regex.compile(r"^[\s，,]+|[\s，,]+$")
_LATIN_END, _LATIN_START = regex.compile(r"[\p{Latin}\d]$"), regex.compile(r"[\p{Latin}\d]")
# Forms of a verb before a thing and before several.
_AGREE = {"is": "are", "was": "were", "does": "do", "has": "have", "isn't": "aren't", "wasn't": "weren't"}
_AGREE_ONE = {many: one for one, many in _AGREE.items()}


def about(asked: Asked, subject: str, text: str | None = None) -> str:
    """A question after what it is about: "关于CAR-T，…", "For CAR-T, …", or the clause that sets its scene."""
    text = asked.typed if text is None else text
    rest = text[len(asked.lead) :] if text.startswith(asked.typed[: len(asked.lead)]) else text
    if asked.language == "zh":
        phrase = any(mention.end - mention.start == len(subject) for mention in mentions(subject, asked.names))
        return f"关于{subject}，{rest}" if phrase else f"{subject}，{rest}"
    first = regex.match(r"\p{Lu}\p{Ll}*\b", rest)
    if first and fold(first[0]) in BREAKS_EN:
        rest = rest[0].lower() + rest[1:]
    return f"{subject}, {rest}" if _SCENE_EN.match(subject) else f"For {subject}, {rest}"


def before(subject: str, rest: str) -> str:
    """A Chinese question after its subject."""
    run_together = _LATIN_END.search(subject) and _LATIN_START.match(rest)
    return f"{subject} {rest}" if run_together else subject + rest


def again(turn: Turn, start: int, end: int, new: str) -> Carried:
    """An earlier question with other words from `start` to `end`; what is left of it is carried."""
    parts = turn.text[:start], turn.text[end:]
    return f"{parts[0]}{new}{parts[1]}{turn.stop}", kept(parts)


def kept(parts: Iterable[str]) -> tuple[str, ...]:
    """The parts that hold anything, without the commas and spaces at their ends."""
    return tuple(part for part in (_EDGE.sub("", part) for part in parts) if part)


def without_stop(text: str) -> str:
    """A question without the mark at its end."""
    return END.sub("", text)


def replaced(asked: Asked, edits: Iterable[tuple[Reference, Mention, str]]) -> str:
    """The question with each pointer replaced by the words for what it stands for."""
    text = asked.typed
    for one, mention, words in reversed(list(edits)):
        start, end = one.start, one.end
        if asked.language == "zh":
            words += "的" if one.owner else ""
        else:
            if one.owner:
                end, words = _owned(asked, one, words)
            else:
                start, words = _agreeing(asked, one, mention, words)
            if text[start].isupper() and words[:1].islower():
                words = words[0].upper() + words[1:]
        text = text[:start] + words + text[end:]
    return text


def _owned(asked: Asked, one: Reference, words: str) -> tuple[int, str]:
    """What stands for "its side effects", and where that ends: "CAR-T's", or "the side effects of the …"."""
    end = one.end
    if not words.startswith("the ") and len(words.split()) <= OWNER_WORDS_MAX:
        return end, words + ("'" if words.endswith("s") else "'s")
    for token in asked.tokens:
        if token.start > one.start and token.start <= end + 1:
            if end > one.end and (token.word in BREAKS_EN or token.tag == "x" or is_verb(token.word)):
                break
            end = token.end
    return end, f"the{asked.typed[one.end : end]} of {words}"


def _agreeing(asked: Asked, one: Reference, mention: Mention, words: str) -> tuple[int, str]:
    """The words after a verb that agrees with them, and where that verb starts: "Is that therapy" and cells."""
    verb = next((token for token in asked.tokens if token.end == one.start - 1), None)
    forms = _AGREE if mention.plural else _AGREE_ONE
    if verb is None or verb.word not in forms or asked.typed[verb.end] != " ":
        return one.start, words
    ahead = next((token for token in asked.tokens if token.end == verb.start - 1), None)
    if ahead is not None and ahead.word not in BREAKS_EN and verb.word in ("have", "has"):
        return one.start, words  # "how many people have it"
    form = forms[verb.word]
    if asked.typed[verb.start].isupper():
        form = form[0].upper() + form[1:]
    return verb.start, f"{form} {words}"
