"""Repair rules on text of other documents: what they mend, and above all what they leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.formats.extract import Extract
from index.repair import rules
from index.repair.edits import Draft, Repaired
from index.repair.rules import Style
from index.structure import outline
from index.structure.language import language_of


def mend(text: str, *, spaced: bool = False) -> str:
    """The text after every rule, in the style of a document of its own language."""
    draft = Draft(text)
    rules.apply(draft, Style(spaced, language_of(text) == "zh"))
    assert Repaired(text, draft.edits()).text == draft.text
    return draft.text


MENDED = {
    "variant": ("髙温与增髙的血压", "高温与增高的血压"),
    "in-depth": ("深人研究了气候变化", "深入研究了气候变化"),
    "bring-in": ("学校引人新的课程", "学校引入新的课程"),
    "insert": ("把钥匙插人锁孔", "把钥匙插入锁孔"),
    "enter": ("火车进人隧道", "火车进入隧道"),
    "add": ("加人适量的盐", "加入适量的盐"),
    "income": ("农民收人增加", "农民收入增加"),
    "in-hospital": ("人院治疗三天", "入院治疗三天"),
    "both-in-one": ("深人人心的口号", "深入人心的口号"),
    "cure": ("物理治疔的费用", "物理治疗的费用"),
    "cures": ("各种疔法的比较", "各种疗法的比较"),
    "split-character": ("这件事弓I起了注意", "这件事引起了注意"),
    "split-character-l": ("这件事弓l起了注意", "这件事引起了注意"),
    "one-kind": ("这是—种常见的鸟", "这是一种常见的鸟"),
    "one-piece": ("桌上有—个苹果", "桌上有一个苹果"),
    "one-heading": ("—、总则", "一、总则"),
    "space-in-word": ("图 书 馆早上九点开门", "图书馆早上九点开门"),
    "space-wide": ("图　书馆早上九点开门", "图书馆早上九点开门"),
    "space-at-stop": ("他来了 ，她走了。 我们也走了", "他来了，她走了。我们也走了"),
    "space-at-latin": ("使用 Python 语言", "使用Python语言"),
    "comma": ("今天下雨,我们不去公园", "今天下雨，我们不去公园"),
    "comma-latin-island": ("用DNA,RNA两种方法", "用DNA，RNA两种方法"),
    "semicolon": ("春天种树;秋天收获", "春天种树；秋天收获"),
    "colon": ("结论:方法有效", "结论：方法有效"),
    "question": ("你去哪里?我在家", "你去哪里？我在家"),
    "exclamation": ("太好了!走吧", "太好了！走吧"),
    "stop-before-han": ("天晴了.大家出门", "天晴了。大家出门"),
    "stop-space": ("天晴了. 大家出门.", "天晴了。大家出门。"),
    "after-brackets": ("大熊猫(Ailuropoda),吃竹子", "大熊猫(Ailuropoda)，吃竹子"),
    "gloss": (
        "世界卫生组织(World Health Organization，WHO)的报告",
        "世界卫生组织(World Health Organization, WHO)的报告",
    ),
    "gloss-half": (
        "世界卫生组织(World Health Organization,WHO)的报告",
        "世界卫生组织(World Health Organization, WHO)的报告",
    ),
    "inside-brackets": ("结果( 见下 )如此", "结果(见下)如此"),
    "range": ("占50% ~ 66%的人", "占50%~66%的人"),
    "trial": ("(N CT01234567)", "(NCT01234567)"),
    "trial-digits": ("(NCT0123 4567、N C T 7 6 5 4 3 2 1 0)", "(NCT01234567、NCT76543210)"),
    "line-break-zh": ("图书馆早上九\n点开门", "图书馆早上九点开门"),
    "line-break-crlf": ("图书馆早上九 \r\n\r\n 点开门", "图书馆早上九点开门"),
    "line-break-mixed": ("我们使用\nPython语言", "我们使用Python语言"),
    "line-break-en": ("the cat sat\non the mat", "the cat sat on the mat"),
    "line-break-hyphen": ("a well-\nknown cat", "a well-known cat"),
    "line-break-bracket": ("the cat (\nFelis) and 3/\n4", "the cat (Felis) and 3/4"),
    "comma-en": ("cats,dogs and birds", "cats, dogs and birds"),
    "semicolon-en": ("cats;dogs and birds", "cats; dogs and birds"),
    "stop-en": ("The cat sat.The dog ran away.", "The cat sat. The dog ran away."),
    "spaces-en": ("the   cat  sat", "the cat sat"),
}


@pytest.mark.parametrize(("source", "expected"), MENDED.values(), ids=MENDED.keys())
def test_slips_are_mended(source: str, expected: str) -> None:
    assert mend(source) == expected


KEPT = {
    # look-alikes that are right
    "people": "本地人口约有三万人，游人很多，引人注目，耐人寻味",
    "people-verbs": "他让人进来，请人帮忙，之后把人带走",
    "patients": "病人住院后，工人和商人都来探望",
    "bow": "弓箭和弓形虫",
    # dashes
    "dash-double": "他说——好，就这样办",
    "dash-before-one": "他喜欢劳动——种树和养花",
    "dash-range": "1990—2020年，北京—上海的列车",
    "dash-en": "the cat—a big one—slept",
    # numbers
    "decimals": "圆周率是3.14，比例为28.1%，其余为0.5",
    "thousands": "共有1,000,000元，另有2,500元",
    "thousands-before-han": "花费1,000元和2,000元",
    "time": "上午10:30开会，下午2:00结束",
    "ratio": "按1:2的比例混合",
    "version": "使用3.11.2版本",
    "list-number": "1.天气很好",
    # names on the net
    "domain-zh": "详见clinicaltrials.gov网站和www.example.com.cn首页",
    "domain-en": "See clinicaltrials.gov and www.example.com for more.",
    "url": "见https://example.com:8080/a/b?q=1.5的说明",
    "mail": "写信给a.b@example.com即可",
    # brackets and marks
    "citations": "方法有效［3］，也很安全［8-10］。另见［17,18］和[?]，以及[1,2]",
    "gloss-clean": "世界卫生组织(World Health Organization, WHO)的报告",
    "trial-clean": "编号为NCT01234567",
    "trial-too-short": "(NCT 0123 456)",
    "quotes": "所谓“序贯疗法”与《史记》、‘小字’",
    "abbreviations": "Fruit, e.g. apples, i.e. Malus, cf. Fig. 2, et al. and so on.",
    "decimals-en": "It costs 3.14 or 1,000 or 28.1% of it.",
    "initials": "J. R. Smith and U.S. visitors met at 10:30 a.m. sharp.",
    "greek-en": "The α,β-unsaturated ketone.",
    "locants-en": "The 2,3-dimethyl and 1,2-dichloro forms.",
    "file-en": "Open main.py or Node.js or README.md in turn.",
    # other scripts
    "traditional": "臺灣的圖書館早上九點開門，歡迎讀者進入。這種鳥很常見，請病人先坐下",
    "japanese": "これは人口の話です",
    "emoji": "今天很好😀，明天也好👩\u200d⚕️",
    "combining": "Ca\u0301ma\u0301ra and cafe\u0301.",
    # whole paragraphs
    "paragraph-zh": (
        "长江全长约6,300公里，是中国最长的河流［1］。它发源于青藏高原，流经11个省级行政区，在上海注入东海。"
        "流域面积约180万平方公里（占全国的18.8%），居民约有4亿人；其中，三峡工程(Three Gorges Project, TGP)"
        "于2006年建成。人们常说：“万里长江。”你去过吗？"
    ),
    "paragraph-en": (
        "The Yangtze is the longest river in China, at 6,300 km (3,900 mi). It rises in the Tanggula Mountains, "
        "crosses 11 provinces, and enters the sea at Shanghai; its basin covers 18.8% of the country (see Fig. 2, "
        "Smith et al. [3]). Is it the world's third-longest? Yes, e.g. by discharge: No. 7."
    ),
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_clean_text_is_left_alone(text: str) -> None:
    assert mend(text) == text


SPACED = "我们使用 Python 语言，在 2 台机器上运行 (详见下文) 并比较 CPU 与 GPU 的结果。"


def test_a_document_set_with_spaces_keeps_them() -> None:
    assert rules.spaced(SPACED)
    assert mend(SPACED, spaced=True) == SPACED
    assert mend(SPACED) == "我们使用Python语言，在2台机器上运行(详见下文)并比较CPU与GPU的结果。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("用 Python 写", True, id="spaced"),
        pytest.param("用Python写", False, id="tight"),
        pytest.param("用Python写，用 Rust 写，用Go写", False, id="mostly-tight"),
        pytest.param("用\nPython\n写", False, id="line-breaks-do-not-count"),
        pytest.param("只有中文", False, id="no-latin"),
        pytest.param("", False, id="empty"),
    ],
)
def test_the_way_of_a_document_is_what_most_of_it_does(text: str, expected: bool) -> None:
    assert rules.spaced(text) is expected


def test_a_source_read_as_a_whole_keeps_its_spaces() -> None:
    source = f"{SPACED}\n\n另一段也用 Python 写成。\n"
    found = outline.read(Extract("txt", source, scanned=True), [])
    assert found.edits == ()


def test_each_edit_says_which_rule_made_it() -> None:
    draft = Draft("髙 温,(N CT01234567)深人研究")
    rules.apply(draft, Style(spaced=False, chinese=True))
    assert [(e.text, e.rule) for e in draft.edits()] == [
        ("高", "variant character"),
        ("", "space in Chinese"),
        ("，", "half-width punctuation"),
        ("", "broken identifier"),
        ("入", "look-alike character"),
    ]


ALPHABET = [
    *[
        "研究",
        "深人",
        "引人",
        "髙",
        "治疔",
        "—种",
        "——",
        "的",
        "在",
        "弓I起",
        "图 书",
        "，",
        "。",
        "；",
        "“",
        "”",
        "（",
        "）",
    ],
    *["cell", "CAR-T", "The ", "e.g. ", "NCT0123 4567", "28.1%", "1,000", "10:30", "clinicaltrials.gov", "50% ~ 66%"],
    *[",", ".", ";", ":", "?", " ", "  ", "(", ")", "［3］", "[?]", "\n", "\r\n", "A", "7"],
]


@given(st.lists(st.sampled_from(ALPHABET), max_size=14).map("".join), st.booleans(), st.booleans())
def test_rules_run_twice_do_what_they_do_once(text: str, spaced: bool, chinese: bool) -> None:
    style = Style(spaced, chinese)
    once = Draft(text)
    rules.apply(once, style)
    twice = Draft(once.text)
    rules.apply(twice, style)
    assert twice.text == once.text
