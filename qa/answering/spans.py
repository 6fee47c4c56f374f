"""Reads a sentence for the short thing a question wants: a number, a date, a name, an identifier.

Spans are found by pattern in display text; no model. Where several fit, the clause that shares most
words with the question decides, and what the question itself says is no answer to it.
"""

from __future__ import annotations

import regex

from index.library import Library
from index.text.tokens import normal
from qa.answering.question import Question, Wanted

_NUMBER = r"(?<![\p{Latin}\d.\-/,])\d+(?:,\d{3})*(?:\.\d+)?(?:[%％]?\s?[~～–-]\s?\d+(?:\.\d+)?)?"
_UNITS_EN = r"(?:patients?|people|persons?|cases?|studies|trials?|participants?)"
_DRUG_ZH = r"\p{Han}{2,5}(?:单抗|西普|替尼|他滨|司他|霉素|磷酰胺|激素|免疫抑制剂|抗疟药)"
PATTERNS: dict[Wanted, str] = {
    "percent": rf"{_NUMBER}\s?(?:%|％|percent)|\d+/\d+",
    "count": rf"{_NUMBER}\s?余?(?:例|名|位|项|种|个(?!月)|人|篇|次)|{_NUMBER}(?:\s\w+){{0,2}}\s{_UNITS_EN}",
    "duration": rf"{_NUMBER}\s?余?(?:个月|年(?!\d*月)(?!发表)|周|天|日|d(?!\p{{Latin}})|小时|h(?!\p{{Latin}})|days?|weeks?|months?|years?)",
    "score": rf"{_NUMBER}\s?分",
    "age": rf"{_NUMBER}\s?(?:岁|years? old)",
    "money": rf"[¥$€£]\s?{_NUMBER}|{_NUMBER}\s?(?:万|亿)?(?:美元|欧元|元|块|dollars?|USD|euros?|yuan|RMB)",
    "dose": rf"{_NUMBER}\s?(?:[×xX]\s?10\S{{1,3}}\s?)?(?:个/kg|/kg|mg|毫克|μg|微克|ml|毫升|IU|cells/kg|g(?!\p{{Latin}}))",
    "number": rf"{_NUMBER}\s?(?:%|％|余?\p{{Han}}{{1,2}})?",
    "date": r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December) (?:\d{1,2}, )?\d{4}|\b(?:19|20)\d{2}\b(?=[^\p{L}\d])",
    "trial": r"(?<![A-Za-z\d])(?:NCT\d{8}|ChiCTR[A-Za-z\d-]+|ISRCTN\d+)(?!\d)",
    "website": r"(?<![A-Za-z\d.@])[a-z][a-z\d-]+(?:\.[a-z]{2,})+(?![A-Za-z\d])",
    "person": r"(?<!\p{L})\p{Lu}\p{Ll}+(?:[- ]\p{Lu}\p{Ll}+)*(?=等(?:［|\[|人|研究)|\s?等人| et al)|\p{Han}{2,4}等(?=［)",
    "organisation": r"(?<![\p{Han}])\p{Han}{2,16}(?:学会|协会|医院|大学|研究所|研究院|公司|中心|组织(?!再生|渗透|相容))",
    "place": r"(?<=[在于从])(?:\p{Han}{1,2}国|\p{Han}{2,3}[省市])|[欧亚非]洲|[北南]美洲?|欧盟"
    r"|\b(?:United States|USA|China|Europe|Germany|Japan|France|UK|United Kingdom|Italy)\b",
    "drug": rf"{_DRUG_ZH}|(?<![\p{{Latin}}\d-])(?:[A-Z]{{2,4}}-\d{{2,4}}|\p{{Lu}}\p{{Ll}}{{4,}}|[a-z]+(?:mab|nib|cept|leucel))(?![\p{{Latin}}\d-]|等)",
}
# An abbreviation and what it is short for: "(long form, SF)", "long form (SF)", "SF (long form)"; never a
# number of a trial.
_INSIDE = r"(?![^()（）]*\d{3})"
# No long form is longer: within a bracket every place is tried.
_LONG = r"(?P<long>[^()（）]{0,200}\p{L}{3}[^()（）]{0,200})"
_SHORTENED = regex.compile(
    rf"[(（]{_INSIDE}(?P<inside>(?:{_LONG}[,，;；]\s?)?(?P<short>\p{{Latin}}[\p{{Latin}}\d-]+))[)）]"
    rf"|(?<![\p{{Latin}}\d-])(?P<short>\p{{Lu}}(?=[\p{{Latin}}\d-]*[\p{{Lu}}\d])[\p{{Latin}}\d-]++)\s?[(（]{_INSIDE}(?P<inside>{_LONG})[)）]"
)
# The end of the name that it stands beside.
_BEFORE = regex.compile(r"(?:\p{Han}{2,4}|\p{Latin}+[ -]\p{Latin}+ ?)$")
_COMPILED = {wanted: regex.compile(pattern) for wanted, pattern in PATTERNS.items()}
# Words before a drug's name that are no part of it.
_LEADS = regex.compile(r"^(?:联合|使用|采用|应用|给予|接受|增强|通过|相比|单用|与|和|及|用|抗)+")
CITATION = regex.compile(r"[［\[][\d,，\-–?]+[］\]]")
_CLAUSE = regex.compile(r"[^，；。：,;:]+[，；。：,;:]?")


def spans(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Every span of the wanted sort in a display text, in order; empty for "passage"."""
    pattern = _COMPILED.get(wanted)
    if pattern is None:
        return []
    marks = [m.span() for m in CITATION.finditer(text)]
    found = [m.span() for m in pattern.finditer(text)]
    if wanted == "drug":
        found = [(a + (len(lead[0]) if (lead := _LEADS.match(text[a:b])) else 0), b) for a, b in found]
    return [(a, b) for a, b in found if not any(x < b and a < y for x, y in marks)]


def expansions(text: str, question: Question) -> list[tuple[int, int]]:
    """What stands in brackets beside an abbreviation, or beside a name, that the question asks about."""
    asked = normal(question.text)
    found = []
    for match in _SHORTENED.finditer(text):
        short = normal(match["short"]).removesuffix("s")
        before = _BEFORE.search(text, endpos=match.start())
        if regex.search(rf"(?<![\p{{Latin}}\d]){regex.escape(short)}s?(?![\p{{Latin}}\d])", asked):
            found.append(match.span("long") if match["long"] else match.span())
        elif before and normal(before[0]).strip() in asked:
            found.append(match.span("inside"))
    return found


def answers(text: str, question: Question, library: Library) -> list[tuple[int, int]]:
    """The spans of `text` that answer the question, as half-open offsets; often none.

    Spans that the question itself holds are left out. Identifiers and expansions are all kept; of other sorts, those
    in the clause nearest to the question's words.
    """
    if question.wanted == "expansion":
        return expansions(text, question)
    asked = normal(question.text)
    found = [(a, b) for a, b in spans(text, question.wanted) if normal(text[a:b]) not in asked]
    if len(found) < 2 or question.wanted in ("trial", "website"):
        return found
    terms = set(library.tokenizer.terms(question.text))
    best: tuple[float, list[tuple[int, int]]] = (-1.0, [])
    for clause in _CLAUSE.finditer(text):
        inside = [(a, b) for a, b in found if clause.start() <= a < clause.end()]
        if inside:
            own = library.tokenizer.terms(clause[0])
            both = {*own, *library.glossary.english(own)}
            weight = sum(library.idf(term) for term in terms & both)
            if weight > best[0]:
                best = (weight, inside)
    return best[1]
