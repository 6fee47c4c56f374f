"""Questions that leave their subject out: "为什么？", "有多少人参加？", "What are the risks?"."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from qa.dialogue import wording
from qa.dialogue.asked import END, Asked
from qa.dialogue.names import fold
from qa.dialogue.saying import Carried, about, before, without_stop
from qa.dialogue.turn import AGAIN_MAX, Turn, topic

# "也" and "also" make a follow-up of a question with at most so many words of its own.
ADDED_WORDS_MAX = 3

_WHY = {
    "zh": regex.compile(
        r"(?:这是|那是|这又是)?(?:为什么|为何|为啥|怎么会|何以见得|凭什么|怎么回事|什么原因)(?:会?这样|呢|啊|呀)*"
    ),
    "en": regex.compile(
        r"why(?: not| so| is (?:that|this|it)(?: so)?)?|how (?:so|come)"
        r"|(?:why|when|where|how)(?:['’]s| is| was) (?:that|this)"
    ),
}
_NO_QUESTION = regex.compile(
    r"(?:是|真|真的|对|好|行|可以|确定|什么|什么意思|啥|谁|然后|怎么|哪里|哪个|没有|有|还有|那|这)[吗么嘛吧呢]?"
    r"|really|what|who|sorry|right|sure|yes|no|is it"
)
_DEFINES = regex.compile(
    r"什么是|何谓|(?<!的)是(?:什么|谁|啥)(?:意思|东西)?$|叫什么$|指(?:的是)?什么$|\b(?:what|who)(?:['’]s|\s+(?:is|are|was|were))\s+(?!the\b)"
)
_DEFINITION = regex.compile(r"什么是|何谓")
_ADDED = regex.compile(r"(?<![什么谁哪怎样再点])也|\b(?:also|too|as well)\b")
# What has a subject of its own, which only looks like a pointer.
_OTHERS = regex.compile(
    r"其[他它中余次实间]|别的|另外?一|[这那][一两几]?[个些种项位类篇份批组款例句段]|\b(?:others?|another|else)\b"
)
# A verb that begins a Chinese question has its subject before it, in the question before; and what else may stand
# between a subject and its verb.
_ELIDES = regex.compile(r"能|会|可以|需要|需|要|应该|可否|是否|对")
_PREDICATE = regex.compile(
    r"能|会|可以|需要|需|要|应该|有没有|有|是否|怎么|怎样|如何|为什么|为何|为啥|什么时候|何时|多久|多长时间|可否|还|对|在"
)


def why(asked: Asked, turns: Sequence[Turn]) -> Carried | None:
    """A bare "why?", after the question that it is about."""
    bare = any(_WHY[asked.language].fullmatch(END.sub("", fold(text))) for text in (asked.rest, asked.typed))
    if not bare or not turns or len(turns[0].text) > AGAIN_MAX:
        return None
    last = turns[0]
    if fold(last.text).endswith(fold(without_stop(asked.rest))):
        return last.text + last.stop, (last.text,)  # asked twice
    gap = "" if last.language == "zh" and asked.language == "zh" else " "
    return f"{last.text}{last.stop}{gap}{asked.rest}", (last.text,)


def whole(asked: Asked, turns: Sequence[Turn]) -> Carried | None:
    """A question that leaves out what it is about, with it; None where it stands alone.

    It hangs on what came before where all its words are parts of things; also behind a "那", an "and" or a "也", and
    in Chinese where it begins with its verb, if the library has its words.
    """
    found = topic(turns, asked.plain)
    if not found or not asked.asks or _NO_QUESTION.fullmatch(asked.bare) or any(m.named for m in asked.mentions):
        return None
    if any(pattern.search(asked.plain) for pattern in (wording.DEICTIC, wording.DOCUMENT, _OTHERS, _DEFINITION)):
        return None
    turn, mention = found
    subject = turn.named(mention, asked.language, asked.names)
    own = asked.own
    elides = asked.language == "zh" and _ELIDES.match(asked.bare) is not None
    if not own or (elides and asked.names.vocabulary and asked.at_home and not _DEFINES.search(asked.bare)):
        return _with_subject(asked, subject), (subject,)
    added = _ADDED.search(asked.bare) is not None and len(own) <= ADDED_WORDS_MAX
    if _DEFINES.search(asked.bare) or not (added or (asked.lead and asked.at_home)):
        return None
    if turn.scene and turn.language == asked.language:
        subject = turn.scene
    return about(asked, subject), (subject,)


def _with_subject(asked: Asked, subject: str) -> str:
    """A question of parts alone, with what they are parts of."""
    if asked.language == "en":
        fragment = wording.is_part(regex.sub(r"^(?:any|the)\s+", "", asked.bare))
        return f"{without_stop(asked.rest)} of {subject}?" if fragment else about(asked, subject)
    first = asked.words[0]
    if _PREDICATE.match(asked.bare) or first.tag[:1] in ("a", "d", "p") or (first.tag[:1] == "v" and first.tag != "vn"):
        return before(subject, asked.rest)
    if wording.is_part(first.word) and first.tag[:1] in ("n", "v"):
        return f"{subject}的{asked.rest}"
    return about(asked, subject)
