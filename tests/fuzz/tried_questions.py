"""Questions: whatever is typed is understood or refused, in its conversation too, and the same way twice."""

from __future__ import annotations

import unicodedata
from typing import get_args

from hypothesis import strategies as st
from mixed import any_text, from_files
from trial import Trial

from qa.answering import spans, typed
from qa.answering.question import Question, Wanted, clean, same
from qa.dialogue import Names, understand
from qa.dialogue.follow_up import ADDED_MAX
from qa.settings import QUESTION_CHARACTERS_MAX
from qa.terminal.console import safe

NAMES = Names(
    ["car-t", "间充质干细胞", "msc", "狼疮", "il-37", "t细胞", "mesenchymal stem cell"],
    {"间充质干细胞": "MSC", "msc": "间充质干细胞"},
    frozenset(["cell", "patient", "狼疮", "细胞", "risk"]),
)


def is_clean(text: str) -> bool:
    return text == " ".join(text.split()) and not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text)


def question(text: str) -> None:
    found = Question.read(text)
    assert found == Question.read(text)
    assert is_clean(found.text)
    assert len(found.text) <= QUESTION_CHARACTERS_MAX
    assert found.language in ("zh", "en")
    assert found.wanted in get_args(Wanted)
    assert found.problem in (None, "empty", "too long", "greeting")
    assert clean(found.text) == found.text
    found.text.encode()
    same(text)


def sort(value: tuple[str, str]) -> None:
    asked, text = value
    found = Question.read(asked)
    typed.gives(text, found, text.split())
    for start, end in [*spans.spans(text, found.wanted), *spans.expansions(text, found)]:
        assert 0 <= start < end <= len(text)


def conversation(value: tuple[str, list[str]]) -> None:
    message, before = value
    said = [Question.read(text).text for text in before]
    for names in (NAMES, frozenset[str](), frozenset(["car-t", "(", "a|b"])):
        found = understand(message, said, names)
        assert found == understand(message, said, names)
        assert is_clean(found.text)
        assert len(found.text) <= len(found.typed) + ADDED_MAX
        found.text.encode()


def shown(text: str) -> None:
    safe(text).encode()
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in safe(text) if c not in "\n\t")


_OPENERS = [
    "那",
    "那么",
    "它",
    "其",
    "该疗法",
    "这些细胞",
    "为什么？",
    "Why?",
    "And in mice?",
    "What about ",
    "How does it ",
    "their ",
    "换成",
    "呢？",
    "两者",
    "these patients ",
    "the first one",
    "其他",
    "关于",
]
_asked = st.tuples(st.sampled_from(_OPENERS) | st.just(""), any_text.map(lambda text: text[:120])).map("".join)
TRIALS = [
    Trial("question", any_text | _asked | any_text.map(lambda text: text * 40), question, 60, 1200),
    Trial("what is wanted", st.tuples(_asked, from_files), sort, 60, 800),
    Trial("conversation", st.tuples(_asked, st.lists(_asked, max_size=4)), conversation, 40, 500),
    Trial("shown on a terminal", any_text, shown, 40, 1000),
]
