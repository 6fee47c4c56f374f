"""Texts as nobody would type them: both languages, every script, half pairs, controls, marks that mean something."""

from __future__ import annotations

from hypothesis import strategies as st

MARKS = [
    *"，。；：？！、“”‘’《》（）［］【】()[]{}<>,.;:!?-–—~～…%&#*_`|/\\\"'=+$^@ \t\n\r　\v\f\0\x1b\x85\u2028",
    *"人疔—弓髙一二三十0129٣²ⅷAZaz éßİÅΩя한か😀\u0301\u200b\u200e\ufeff\ufffe\ud800\udfff\U0010ffff",
    *(
        "\r\n",
        "\n\n",
        "\n \n",
        "。\n",
        "...",
        "……",
        "?!",
        "[.",
        "e.g. ",
        "et al. ",
        "1. ",
        "1.1 ",
        "[1,2]",
        "［3］",
        "[^1]",
    ),
    *(
        "一、方法\n",
        "第十九章 标题\n",
        "（二）资料\n",
        "1. 标题：",
        "2.1 资料\n",
        "Results\n",
        "[摘要] ",
        "Abstract: ",
        "参考文献\n",
    ),
    *(
        "细胞",
        "红斑狼疮",
        "間充質幹細胞",
        "CAR-T",
        "T细胞",
        "IL-37",
        "NCT 0 5 9 3 8 7 2 5",
        "28.1%",
        "77/273",
        "100 ~ 200",
    ),
    *(
        "间充质干细胞(mesenchymal stem cell, MSC)",
        "(abc，def；g)",
        "它",
        "那它呢？",
        "Why?",
        "in mice",
        "the trial",
        "多少",
    ),
    *(
        "[1] Smith J, Doe A. A title[J]. Journal, 2020, 3(4): 5-9.\n",
        "https://a.test/?b=c&d",
        "&amp;",
        "\\*",
        "**粗**",
        "<b>",
    ),
]
small = st.lists(st.sampled_from(MARKS), max_size=40).map("".join)
large = st.lists(st.sampled_from(MARKS), min_size=1, max_size=8).flatmap(
    lambda parts: st.integers(1, 300).map(lambda times: "".join(parts) * times)
)
any_text = st.text(max_size=60) | small | large | st.tuples(small, st.text(max_size=20), small).map("".join)


def is_unicode(text: str) -> bool:
    """Whether a text can be written as UTF-8, as all text that a file gives can."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


from_files = any_text.filter(is_unicode)

# JSON of any shape, odd numbers and half pairs among it, as Python's reader gives it.
_keys = st.sampled_from(["id", "quotes", "documents", "a", "", "\ud800"]) | st.text(max_size=5)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**30), 2**63, 0.0, -0.0, 1e308, float("inf"), float("-inf"), float("nan")])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["zh", "en", "\ud800", "\0", "../x", "", "9" * 5000])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4), max_leaves=12
)
