"""Section titles in the other language, word by word, where every word of one is known.

The words are those of scholarly headings, the nouns that stand in them, and the source's own glosses. Nothing is
guessed: a title with an unknown word has no counterpart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import regex

from index.records import Language
from index.structure.headings import numeral
from index.text.tokens import normal

# What sections of scholarly texts are called; of two Chinese names for one English name the first is given back,
# and an English name may stand without its plural s.
_HEADINGS = {
    "摘要": "Abstract", "引言": "Introduction", "前言": "Introduction", "背景": "Background", "方法": "Methods",
    "材料与方法": "Materials and methods", "资料与方法": "Materials and methods", "结果": "Results",
    "讨论": "Discussion", "结论": "Conclusions", "结语": "Concluding remarks", "小结": "Summary", "总结": "Summary",
    "展望": "Outlook", "总结与展望": "Summary and outlook", "参考文献": "References", "致谢": "Acknowledgements",
    "附录": "Appendix", "目的": "Objective", "关键词": "Keywords", "正文": "Text", "利益冲突": "Conflicts of interest",
}  # fmt: skip
# Nouns of such titles, in the sense that they have there.
_NOUNS = {
    "疗法": "therapy", "治疗": "treatment", "疗效": "efficacy", "安全性": "safety", "耐受性": "tolerability",
    "未来": "future", "展望": "prospects", "细胞": "cell", "机制": "mechanisms", "应用": "applications",
    "进展": "advances", "研究": "research", "现状": "current state", "临床": "clinical", "诊断": "diagnosis",
    "预后": "prognosis", "不良反应": "adverse reactions", "并发症": "complications", "病因": "causes",
    "发病机制": "pathogenesis", "流行病学": "epidemiology", "分类": "classification", "定义": "definition",
    "特点": "features", "作用": "role", "问题": "problems", "挑战": "challenges", "药物": "drugs", "患者": "patients",
    "影响": "effects", "因素": "factors", "影响因素": "influencing factors", "作用机制": "mechanisms of action",
    "研究现状": "current state of research",
}  # fmt: skip
# Before another noun English has these in the singular: drug treatment, patient prognosis.
_SINGULAR = {"drugs": "drug", "patients": "patient", "applications": "application", "problems": "problem"}
# Nouns that are verbs as well: before a term they take it as an object, and a row of nouns would be wrong.
_VERBAL = frozenset("治疗 应用 研究 诊断 影响".split())
# What such a noun may stand before.
_AFTER_VERBAL = frozenset("进展 机制 药物 特点 问题 挑战 展望 因素".split())
_NUMBER = regex.compile(r"(?:[一二三四五六七八九十]+\s*[、.．]|\d+(?:\.\d+)*(?:\s*[、.．]|\s))\s*")
_HAN = regex.compile(r"\p{Han}")
_LATIN = regex.compile(r"[\p{Latin}\d][\p{Latin}\d/+-]*")


def split(title: str) -> tuple[str, str]:
    """A title's number as printed, with what ends it, and the rest; without the square brackets of one of ours."""
    bare = (title[1:-1] if is_ours(title) else title).strip()
    match = _NUMBER.match(bare)
    return (match[0], bare[match.end() :].strip()) if match else ("", bare)


def is_ours(title: str) -> bool:
    """Whether a title is not the source's own."""
    return title.startswith("[") and title.endswith("]")


def is_heading(name: str) -> bool:
    """Whether a title, without its number, says nothing of what its section is about: Methods, 结语."""
    return name in _HEADINGS or _named(name) is not None


def _named(english: str) -> str | None:
    """What Chinese texts call a section of that English name."""
    singular = english.casefold().removesuffix("s")
    return next((zh for zh, en in _HEADINGS.items() if en.casefold().removesuffix("s") == singular), None)


def translate(title: str, language: Language, terms: Mapping[str, Sequence[str]]) -> str | None:
    """A title in that language; None where a word of it is unknown, or where it is in that language already.

    `terms` are the source's own: Chinese in normal form to English. Square brackets, which hold titles of
    ours, are kept; a Chinese number becomes a figure.
    """
    number, name = split(title)
    if not name or bool(_HAN.search(title)) == (language == "zh"):
        return None
    if language == "zh":
        made = _named(name)
    else:
        made = _HEADINGS.get(name) or _compose(name, terms)
        made = made[0].upper() + made[1:] if made else None
    if made is None:
        return None
    whole = f"{_number(number)}{made}"
    return f"[{whole}]" if is_ours(title) else whole


def _compose(name: str, terms: Mapping[str, Sequence[str]]) -> str | None:
    """An English title of the words of a Chinese one; `A的B` is `B of A`."""
    if "的" in name:
        whole, _, part = name.rpartition("的")
        of, head = _compose(whole, terms), _compose(part, terms)
        return f"{head} of {of}" if of and head else None
    for mark in "与和及":
        left, _, right = name.partition(mark)
        if left and right and (first := _compose(left, terms)) and (second := _compose(right, terms)):
            return f"{first} and {second}"
    words: list[str] = []
    at, before = 0, ""
    while at < len(name):
        if latin := _LATIN.match(name, at):
            end, word = latin.end(), latin[0]
        else:
            known = ((end, noun) for end in range(len(name), at, -1) if (noun := _noun(name[at:end], terms)))
            end, word = next(known, (at, ""))
        printed = name[at:end]
        if not word or (before in _VERBAL and printed not in _AFTER_VERBAL):
            return None
        words.append(word)
        at, before = end, printed
    return " ".join([*(_SINGULAR.get(word, word) for word in words[:-1]), *words[-1:]]) or None


def _noun(zh: str, terms: Mapping[str, Sequence[str]]) -> str | None:
    own = terms.get(normal(zh))
    return _NOUNS.get(zh) or (max(own, key=len) if own else None)


def _number(printed: str) -> str:
    """A section's number as English prints it: `三、` is `3. `."""
    value = numeral(printed.rstrip("、"))
    return f"{value}. " if value else f"{printed.strip()} " if printed else ""
