"""A question as understood: its clean text, its language, and what sort of answer it wants.

By rule, from the words questions are made of; nothing here knows any document. `retrieve` comes next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import regex

from index.records import Language
from index.structure.language import language_of
from index.text import hidden
from index.text.tokens import normal, squeezed, stem
from qa import settings

_WORD = regex.compile(r"[[\p{L}\p{N}]--\p{Han}]+(?:[-/.'’][[\p{L}\p{N}]--\p{Han}]+)*", regex.VERSION1)

# What a short answer would be; "passage" for a question that wants a statement.
Wanted = Literal[
    "percent", "count", "duration", "score", "age", "money", "dose", "number", "date", "trial", "person",
    "organisation", "place", "drug", "website", "expansion", "passage",
]  # fmt: skip

# The first pattern that matches the normal form decides. Narrow ones stand before wide ones.
_WANTED: tuple[tuple[Wanted, str], ...] = (
    ("expansion", r"全[称稱]|[简簡][称稱]|[缩縮][写寫]|完整(的?英文|的?中文)?名[称稱]|\bshort for\b|\bstands? for\b|full (name|form)|spelle?(d|t)? out"
                  r"|abbreviat|acronym"),
    ("trial", r"(注册|登记|试验)(编)?号|编号|\bnct\b(?!\d)|(registration|trial|registry|nct) (number|id|identifier)"
              r"|哪(些|个|项|几项).{0,6}(注册)?(临床)?试验|which (clinical )?trials?\b"),
    ("website", r"哪个(网站|平台|数据库)|which (public )?(registry|database|website|site)"),
    ("money", r"多少钱|什么价|价格(是|为|有|大约|大概|约)*(多|几|如何|怎)|费用(是|有|大)?多|花多少|贵不贵|报销多少|how expensive|(what|how much) .{0,40}(cost|price)|how much (is|are) (it|the treatment)"),
    ("dose", r"剂量(是|为)?(多少|多大)|多(大|少)剂量|用药?量(是|为|有|大约|大概|约)*多|(what|which) .{0,12}(dose|dosage)|how many (million|milligrams|mg|cells)|per kilogram"),
    ("percent", r"百分(之几|之多少|比)|(多少|多大|多高|什么|所占)的?比例|比例(是|为|有|占|大概|大约|约)*(多少|多高|多大|几|[?？]?$)|几成|占(了)?多(少|大)|(缓解|死亡|复发|生存|存活|发病|发生|有效|成活)率(大概|大约)?(是|为|有)?(多少|多高|几)"
                r"|多(少|高)的?.{0,8}率|率.{0,6}(多少|多高|几何)|what (percentage|proportion|share|fraction)|percent"
                r"|how (common|likely|high)|what was the .{0,40}\brate\b|\brates?\b.{0,20}\?$"),
    ("score", r"(评分|打分|分数|几分|多少分).{0,12}(多少|几|降|变)|几分|多少分|what .{0,20}score"),
    ("age", r"多大年纪|几岁|多少岁|年龄(是|多)|how old|what age"),
    ("duration", r"多久|多长时间|多少(天|周|个?月|年(?!轻))|(?<!每隔|[前这近])几(天|周|个?月|年)|何时(转|停|恢复)|how (long|many (days|weeks|months|years)|soon|quickly)"
                 r"|(what|which) .{0,20}(period|follow-?up|duration)|over what"),
    ("date", r"什么时候|何时|哪(一)?年|哪个?月|什么时间|(几|哪)年几?月|\bwhen (was|were|did|is|are|has|had)\b|what (year|month|date)|which (year|month)|in what year"),
    ("count", r"多少(例|名|位|个|人|项|种|患者|病人|试验|研究)|几(例|名|位|个|人|项|种)|有多少|多少|how many|what number|the number of"),
    ("number", r"how much|what .{0,30}(figure|dose|level)|多大"),
    ("organisation", r"哪(个|家|些)(机构|学会|组织|医院|大学|公司|团体|协会)|which (organi[sz]ation|society|company|institution|hospital|university)|who reported"),
    ("place", r"哪(里|儿)|什么地方|哪(个|些|座)(国家|地区|城市|省)|\bwhere (was|were|is|are|did|can|do)\b|(which|what) (country|city|countries|place)"),
    ("person", r"谁|哪(位|个|些)(学者|研究者|作者|人|团队|专家|科学家)|何人|\bwho(se)?\b|which (researchers?|authors?|group|team|scientists?)"),
    ("drug", r"(哪|什么|何)(个|种|些|款)?(药|药物|生物制剂|单抗|产品|抗体药)|which (drugs?|medicines?|medications?|antibod|products?|biologics?)|what (drugs?|medicines?|medications?|products?|biologics?)|name of .{0,24}(product|drug)"),
)  # fmt: skip
_PATTERNS = tuple((wanted, regex.compile(pattern)) for wanted, pattern in _WANTED)

# Words of greeting and thanks; a message of nothing else asks nothing.
_GREETING = regex.compile(
    r"(你好|您好|大家好|嗨|哈喽|哈罗|早上好|上午好|下午好|晚上好|早安|晚安|谢谢|多谢|感谢|再见|拜拜|在吗|在不在|你是谁|您是谁"
    r"|你叫什么(名字)?|你能做什么|你会什么|hi|hello|hey|there|good (morning|afternoon|evening|night)|thanks?|thank you|bye|goodbye"
    r"|how are you( doing)?( today)?|what'?s up|who are you|what can you do|what is your name|nice to meet you|ok|okay|test|测试|[啊呀呢吗哦嗯哈])+"
)  # fmt: skip
_SEVERAL = regex.compile(
    r"分别|各(是|有|为|自)|respectively|\bboth\b|\beach\b|区别|不同|差异|相比|比较|对比|difference|differ|compare|versus|\bvs\b"
)
# So many letters, or half of it, are a part of a question that says nothing new; a word of it may be what was asked for.
_PART = 16
# What may stand before a question in a list of them: "12. Q: ".
_LABEL = regex.compile(r"[\p{P}\p{S}\s]*(?:\d{1,4}[\p{P}\s]+)?(?:\p{L}{1,12}\s?\d{0,4}\s?[:：]\s*)?")
# How a text ends that asks, and one that says something.
_ASKED = regex.compile(r"[?？][”’」』》）】)\]\"'\s]*$")
_SAID = regex.compile(r"[。.!！;；:：…][”’」』》）】)\]\"'\s]*$")
# Words of asking, where no question mark stands; and of bidding.
_ASKING = regex.compile(
    r"什么|哪[个些种年里儿位家项]|谁|多[少久]|怎[么样]|如何|为何|为啥|是不是|有没有|能不能|会不会|能否|可否|啥|[吗呢么嘛阿啊呀没]\s*$"
    r"|^\s*(?:what|when|where|which|who|whom|whose|why|how|is|are|was|were|do|does|did|can|could|has|have|had|should|would|will)\b"
)
_BIDDING = regex.compile(
    r"^\s*(?:please|tell|give|list|name|show|explain|describe|compare|help)\b|^(?:请|帮我|帮忙|告诉|列出|列举|给出)"
)
_LIST = regex.compile(
    r"哪些|哪几|有什么|列出|列举|都有|which .{2,24}s\b|what (are|were) the|what .{2,24}s (are|were|can|could|have)|list|name the"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood.

    `text` is what was asked, without control characters and outer space; `problem` says why it cannot
    be answered at all ("empty", "too long", "greeting"), or is None.
    """

    text: str
    language: Language
    wanted: Wanted
    several: bool
    problem: str | None

    @classmethod
    def read(cls, raw: str) -> Question:
        """Understand what somebody typed. Never fails."""
        if len(raw) > settings.QUESTION_CHARACTERS_MAX:
            text = clean(raw[: settings.QUESTION_CHARACTERS_MAX])
            return cls(text, language_of(text), "passage", False, "too long")
        text = clean(raw)
        plain = normal(text)
        problem = None
        if not regex.search(r"[\p{L}\p{N}]", text):
            problem = "empty"
        elif _GREETING.fullmatch(
            regex.sub(r"[^\p{L}\p{N}' ]| (?=$)", "", plain).replace(" ", "")
        ) or _GREETING.fullmatch(regex.sub(r"[^\p{L}\p{N}' ]", "", plain).strip()):
            problem = "greeting"
        wanted: Wanted = next((wanted for wanted, pattern in _PATTERNS if pattern.search(plain)), "passage")
        several = bool(_SEVERAL.search(plain) or _LIST.search(plain))
        return cls(text, language_of(text), wanted, several, problem)

    def spelled(self, terms: Iterable[str]) -> tuple[str, ...]:
        """Terms, which are stems in normal form, as the question spells them; each once."""
        typed = {stem(normal(word)): word for word in reversed(_WORD.findall(self.text))}
        return tuple(dict.fromkeys(typed.get(term, term) for term in terms))


def asks(text: str) -> bool:
    """Whether a text asks, with or without its question mark, or bids."""
    if _ASKED.search(text):
        return True
    plain = normal(_unlabelled(text))
    return _BIDDING.search(plain) is not None or (not says(text) and _ASKING.search(plain) is not None)


def repeats(text: str, question: Question, *, row: bool = False) -> bool:
    """Whether a sentence asks rather than says, or says nothing but the question itself.

    A table's `row` may well have a question and its answer, and what somebody pasted to find it is no question.
    """
    if _ASKED.search(text):
        return True
    if row:
        return False
    ends = says(text)
    asked, said = squeezed(question.text), squeezed(_unlabelled(text))
    if asks(question.text):
        return (
            asked in said or (said in asked and len(said) >= min(_PART, len(asked) // 2)) or (not ends and asks(text))
        )
    if asked in said and 4 * len(said.replace(asked, "")) <= len(asked):
        return not ends
    return not ends and asks(text)


def says(text: str) -> bool:
    """Whether a text ends as a sentence that says something does."""
    return _SAID.search(text) is not None


def _unlabelled(text: str) -> str:
    found = _LABEL.match(text)
    return text[found.end() :] if found and found.end() < len(text) else text


def clean(raw: str) -> str:
    """A question without what is not seen and what is no character, white space folded."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") else c for c in raw)
    kept = hidden.without(seen)
    return " ".join(kept.split())


def same(question: str) -> str:
    """What two questions share that differ only in how they are typed: letters and digits in their search form."""
    return regex.sub(r"[^\p{L}\p{N}]", "", normal(question))
