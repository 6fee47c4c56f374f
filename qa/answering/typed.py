"""Whether a text has anything at all of the sort that a question wants: a number, a date, a name.

Wider than the spans of `reader`, and for any sort of text: number words, centuries, names by their looks and by
jieba's tags. A few in a hundred of the answering sentences of public sets are missed, so that "nothing of the sort is
there" speaks against a sentence, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from index.text.tokens import normal
from index.text.words import tag
from qa.answering.question import Question, Wanted
from qa.answering.spans import CITATION, PATTERNS, expansions

_FEW = r"(?:[二两三四五六七八九十百千万亿几数半]|一(?=[年月天周日岁倍百千万亿半成季夜生辈]|个月|个世纪|小时|分钟))"
_WORDS_EN = (
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\p{L}+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|(?:hundred|thousand|million|billion|trillion|dozen|score)s?|half|halves|thirds?|quarters?|twice|once|single|several"
    r"|zero|none|few)\b"
)
# No number is longer; were they, a row of n digits would take n².
_ANY_NUMBER = rf"\d[\d,.]{{0,20}}|{_FEW}|{_WORDS_EN}"
_TIME = (
    r"[年月周天日时秒季夜]|世纪|星期|小时|分钟|\b\p{L}*(?:second|minute|hour|day|week|month|year|decade|centur|season|semester|night)"
    r"|\d\s?[dhy]\b"
)
_ANY: dict[Wanted, str] = {
    "percent": r"[%％]|percent|per cent|分之|\d/\d|[一二两三四五六七八九十几半\d]成|一半|半数|过半|\b(?:half|thirds?|quarters?|majority|most|all)\b",
    "count": rf"(?<![\d.,])\d[\d,.]*(?![\d.,]|\s?(?:[%％年]|月(?!龄)))|{_FEW}(?![年月])|{_WORDS_EN}",
    "duration": rf"(?:{_ANY_NUMBER}).{{0,12}}(?:{_TIME})|since|自从|永久|终身|一直|\d{{4}}\D{{1,12}}\d{{4}}",
    "score": r"\d[\d,.]*",
    "age": rf"(?:{_ANY_NUMBER})\s?(?:多?岁|个?月大|years?\b|months?\b|weeks?\b|days?\b)|\d亿?年"
    r"|\b(?:was|were|at|aged?|of|around|about|turned) \d{1,3}\b(?!\.\d|\s?%|\s\p{L})",
    "money": r"[¥$€£]|美元|[欧日加澳港]元|[\d万亿千百十余]元|英镑|法郎|卢布|里拉|卢比|马克|免费|dollar|\bpounds?\b|euro|yuan|franc|cent\b|\bfree\b|\bUSD\b",
    "number": _ANY_NUMBER,
    "date": rf"\d{{4}}|\d{{3}}|\d\s?(?:年|月|日|世纪|年代|th|st|nd|rd)|{_FEW}[年月]|世纪|年代|[春夏秋冬]|朝(?!鲜)|公元|当天|今|去年|元年|时期"
    r"|centur|decade|\bera\b|January|February|March|April|May\b|June|July|August|September|October|November|December|\d\s?(?:BC|AD)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|spring|summer|autumn|winter",
}
_COMPILED = {wanted: regex.compile(pattern, regex.I) for wanted, pattern in {**PATTERNS, **_ANY}.items()}
# Latin names: a capital that begins no sentence, or two; Chinese ones by their part of speech, a dot, or 等.
_INSIDE = r"(?<=[\p{L}\d,;:)\]］）、，”’\"'-] ?[(（“‘\"']?)"
_PROPER = rf"{_INSIDE}\p{{Lu}}\p{{Ll}}\p{{L}}*|\p{{Lu}}\p{{Ll}}+[ -]\p{{Lu}}\p{{L}}*|[·・]"
_NAMES: dict[Wanted, regex.Pattern[str]] = {
    "person": regex.compile(rf"{_PROPER}|\p{{Han}}等|[人者员家](?:们|(?!\p{{Han}}))|(?<!患)者"),
    "organisation": regex.compile(
        rf"{_PROPER}|{PATTERNS['organisation']}|\p{{Han}}(?:学会|协会|委员会|公司|集团|银行|大学|学院|医院|法院|政府|机构|研究所"
        r"|学派|军|党|队|社|局|厂)(?!\p{Han}?性)"
    ),
    "place": regex.compile(rf"{_PROPER}|{PATTERNS['place']}|[国省市县区州岛湖海洋山河江]"),
    "drug": regex.compile(rf"{_PROPER}|{_INSIDE}\p{{Lu}}{{2}}[\p{{L}}\d-]*|{PATTERNS['drug']}"),
}
# By jieba's tags: persons, places, institutions, other names.
_NAMED = frozenset({"nr", "nrt", "nrfg", "ns", "nt", "nz"})
_TAGS: dict[Wanted, frozenset[str]] = {
    "person": _NAMED,
    "organisation": frozenset({"nt", "nz"}),
    "place": _NAMED - {"nz"},
    "drug": frozenset({"nz"}),
}


def gives(text: str, question: Question, terms: Iterable[str]) -> bool:
    """Whether anything in a text could be of the sort that is wanted, beside what the question says itself.

    `terms` are the text's. True for "passage", and where the sort cannot be told from its looks.
    """
    if question.wanted == "passage":
        return True
    if question.wanted == "expansion":
        return bool(expansions(text, question))
    asked = normal(question.text)
    text = CITATION.sub("", text)
    if question.wanted in _NAMES:
        if any(normal(m[0]) not in asked for m in _NAMES[question.wanted].finditer(text)):
            return True
        return any(tag(term) in _TAGS[question.wanted] for term in terms if term not in asked)
    pattern = _COMPILED[question.wanted]
    return any(normal(m[0]) not in asked or not regex.search(r"\d", m[0]) for m in pattern.finditer(text))
