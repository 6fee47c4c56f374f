"""Answers as HTML for the chat page: quote cards, refusals, the page's words in both languages, its style.

Pure text in, text out; the web server is `chat`'s. Whatever comes from a document, a question or an error
goes through `safe`, and every message is one line of block HTML: no blank line can end the block, so
the Markdown and LaTeX of Gradio's chatbot never read it.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from qa import settings
from qa.question import clean
from qa.record import citation, level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.library import Library
    from index.records import Language
    from qa.answer import Answer
    from qa.quotes import Quote

_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "one": "原文中有 1 处相关：",
        "many": "原文中有 {n} 处相关：",
        "confidence": "把握：{band}（{percent}）",
        "high": "高",
        "medium": "中",
        "low": "低",
        "refused": "没有可引的回答：{reason}。",
        "unknown": "问题中的这些词在原文里从未出现：{words}",
        "nearest": "最接近的原文，但不能回答这个问题：",
        "comma": "、",
    },
    "en": {
        "one": "1 passage answers this:",
        "many": "{n} passages answer this:",
        "confidence": "{band} confidence ({percent})",
        "high": "high",
        "medium": "medium",
        "low": "low",
        "refused": "Not answered: {reason}.",
        "unknown": "These words of the question never occur in the source: {words}",
        "nearest": "Nearest passages; these do not answer:",
        "comma": ", ",
    },
}
_HTML_LANGUAGE: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}
_INTERNAL = "内部错误，已记入日志。 Internal error; it has been logged."


def safe(text: str) -> str:
    """Text as HTML that shows it literally, on one line whatever white space it holds."""
    escaped = html.escape(text, quote=True)
    return escaped.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")


def asked(message: str) -> str:
    """A user's message as it is shown; the end of an overlong one is cut, visibly."""
    text = clean(message[: settings.QUESTION_CHARACTERS_MAX])
    cut = "…" if len(message) > settings.QUESTION_CHARACTERS_MAX else ""
    return f'<div class="yz-asked" dir="auto">{safe(text)}{cut}</div>'


def answered(answer: Answer) -> str:
    """An answer or a refusal, in the language of its question."""
    parts = _quotes(answer) if answer.answered else _refusal(answer)
    return f'<div class="yz-reply" lang="{_HTML_LANGUAGE[answer.language]}">{"".join(parts)}</div>'


def failed(message: str = _INTERNAL) -> str:
    """An error as one line; without a message, one whose details only the log holds."""
    return f'<div class="yz-reply"><p class="yz-error" role="alert">{safe(message)}</p></div>'


def _quotes(answer: Answer) -> list[str]:
    words = _WORDS[answer.language]
    count = len(answer.quotes)
    found = words["one"] if count == 1 else words["many"].format(n=count)
    percent = min(99, round(answer.confidence * 100))  # never rounded up to certainty
    band = words[level(answer.confidence)]
    confidence = words["confidence"].format(band=band, percent=f"{percent}%")
    line = f'<p class="yz-found">{found} <span class="yz-confidence">{confidence}</span></p>'
    return [line, *(_card(quote, answer.language) for quote in answer.quotes)]


def _refusal(answer: Answer) -> list[str]:
    words = _WORDS[answer.language]
    parts = [f'<p class="yz-refused">{words["refused"].format(reason=safe(answer.reason or ""))}</p>']
    if answer.absent:
        listed = words["comma"].join(f"<b>{safe(word)}</b>" for word in answer.absent)
        parts.append(f'<p class="yz-unknown">{words["unknown"].format(words=listed)}</p>')
    if answer.nearest:
        passages = "".join(_passage(quote, answer.language, marked=False) for quote in answer.nearest)
        parts.append(f'<section class="yz-nearest"><p>{words["nearest"]}</p>{passages}</section>')
    return parts


def _card(quote: Quote, language: Language) -> str:
    return f'<div class="yz-card">{_passage(quote, language, marked=True)}</div>'


def _passage(quote: Quote, language: Language, *, marked: bool) -> str:
    """The words and, under them, where they stand; a passage that does not answer has nothing marked."""
    text = _marked(quote.text, quote.highlights if marked else ())
    return (
        f'<figure class="yz-passage"><blockquote dir="auto" lang="{_HTML_LANGUAGE[quote.paragraph.language]}">'
        f"{text}</blockquote><figcaption>{safe(citation(quote, language))}</figcaption></figure>"
    )


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with its spans in <mark>; one that is out of range or overlaps an earlier one is not marked."""
    parts, at = [], 0
    for start, end in sorted(spans):
        if at <= start < end <= len(text):
            parts += [safe(text[at:start]), "<mark>", safe(text[start:end]), "</mark>"]
            at = end
    return "".join([*parts, safe(text[at:])])


def header() -> str:
    """The title and what the page is, in both languages."""
    return (
        '<header class="yz-header"><h1>引证 <span lang="en">Yinzheng</span></h1>'
        '<p lang="zh-Hans">只用原文逐字作答并注明出处；原文没有的，如实拒答。'
        "引文只证明这些话出自哪里，不证明其为真；不是医疗建议。</p>"
        '<p lang="en">Verbatim, cited quotes from the source, or an honest refusal. '
        "Quotes prove where the words come from, not that they are true; not medical advice.</p></header>"
    )


def sources(library: Library) -> str:
    """Which documents are asked."""
    names = "".join(
        f'<li><span lang="{_HTML_LANGUAGE[d.language]}">{safe(d.title)}</span> <code>{safe(d.file)}</code></li>'
        for d in library.documents
    )
    ours = any(d.title.startswith("[") for d in library.documents)
    note = "<p>方括号中的题目是我们拟的。 A title in square brackets is ours.</p>" if ours else ""
    return f'<div class="yz-sources"><p>原文 Source</p><ul>{names}</ul>{note}</div>'


def examples(library: Library) -> list[tuple[str, tuple[str, str]]]:
    """Section title and a question in each language, for every section; none without the review."""
    review = next((document for document in library.documents if document.id == REVIEW), None)
    titles = {section.number: section.titles[-1] for section, _ in review.sections()} if review else {}
    return [(titles[number], questions) for number, questions in EXAMPLES.items() if number in titles]


def label(title: str) -> str:
    """The section that an example asks about."""
    return f'<p class="yz-label">{safe(title)}</p>'


WELCOME = (
    '<div class="yz-welcome">用中文或英文提问，或点一个示例。<br>Ask in Chinese or English, or choose an example.</div>'
)

# What each section of the review can be asked, in Chinese and in English.
REVIEW = "sle-cell-therapy"
EXAMPLES: dict[str, tuple[str, str]] = {
    "zh": ("本文综述了哪些细胞疗法？", "What can current treatments of lupus achieve?"),
    "en": (
        "chimeric antigen receptor technology 有什么潜力？",
        "What advances have cell therapies made in recent years?",
    ),
    "0": ("SLE的经典治疗药物有哪些？", "What is the core of SLE pathogenesis?"),
    "1": ("HSCT的原理是什么？", "How does HSCT work?"),
    "2": ("为什么同种异体MSC比自体MSC更安全？", "Why are allogeneic MSCs safer than autologous ones?"),
    "3": ("首款CAR-T细胞产品是什么时候获批的？", "Which was the first CAR-T product?"),
    "3.1": ("世界首例CAR-T治疗SLE的结果是什么时候发表的？", "Why is BCMA an important target?"),
    "3.2": ("CAR-T治疗后有继发肿瘤的风险吗？", "Is there a risk of T-cell lymphoma after CAR-T?"),
    "3.3": ("CB-010是什么？", "What is the risk of using viral vectors?"),
    "4": ("CAAR-NK 细胞是谁构建的？", "What are the advantages of CAR-NK over CAR-T?"),
    "5": ("SLE患者的Treg有什么异常？", "What is the difference between CAR-Treg and TCR-Treg?"),
    "6": ("哪些疗法属于第三阶段？", "What is the ultimate goal of treating SLE?"),
}

# Gradio's variables, each with its dark twin: quieter surfaces, and secondary text that can be read.
THEME = {
    "body_text_color_subdued": "*neutral_600",
    "body_text_color_subdued_dark": "*neutral_400",
    "input_placeholder_color": "*neutral_500",
    "input_placeholder_color_dark": "*neutral_400",
    "input_background_fill": "transparent",
    "input_background_fill_dark": "transparent",
    "button_secondary_background_fill": "transparent",
    "button_secondary_background_fill_dark": "transparent",
    "button_secondary_background_fill_hover": "*neutral_100",
    "button_secondary_background_fill_hover_dark": "*neutral_800",
    "button_secondary_border_color": "*border_color_primary",
    "button_secondary_border_color_dark": "*border_color_primary",
    "button_primary_background_fill": "*primary_700",
    "button_primary_background_fill_dark": "*primary_700",
    "color_accent": "*primary_600",
    "button_border_width": "1px",
    "button_border_width_dark": "1px",
}

# Colours are Gradio's own variables, which follow light and dark; only the marker's are ours.
STYLE = """
.gradio-container { max-width: 1180px !important; margin: 0 auto !important; }
.yz-header h1 { font-size: 1.5rem; font-weight: 600; margin: .25rem 0 .4rem; }
.yz-header h1 span { font-weight: 400; color: var(--body-text-color-subdued); }
.yz-header p { margin: 0; line-height: 1.55; color: var(--body-text-color-subdued); font-size: .88rem; }
#yz-chat .prose { opacity: 1; }
#yz-chat .bot.message { border: 0; background: transparent; box-shadow: none; width: 100%; padding: 0; }
#yz-chat .bot-row { width: auto; max-width: none; align-self: stretch; }
#yz-chat .bot-row .flex-wrap { width: 100%; max-width: 100%; }
#yz-chat .message-row { margin-top: .6rem; margin-bottom: .6rem; }
#yz-box .submit-button { background: var(--button-primary-background-fill); color: var(--button-primary-text-color);
  padding: .3rem .9rem; }
.yz-asked, .yz-reply { overflow-wrap: anywhere; line-height: 1.65; }
.yz-reply p { margin: 0 0 .5rem !important; }
.yz-reply > :last-child { margin-bottom: 0 !important; }
.yz-reply .yz-confidence { display: inline-block; color: var(--body-text-color-subdued); font-size: .85em; }
.yz-reply .yz-card { border: 1px solid var(--border-color-primary); border-inline-start: 3px solid var(--color-accent);
  border-radius: 6px; padding: .7rem .9rem; margin: 0 0 .6rem; background: var(--background-fill-primary); }
.yz-reply figure { margin: 0; }
.yz-reply blockquote { margin: 0 !important; padding: 0 !important; border: 0 !important; font-style: normal !important;
  color: var(--body-text-color) !important; white-space: pre-wrap; unicode-bidi: isolate; }
.yz-reply figcaption { margin-top: .45rem; font-size: .8rem; line-height: 1.45; color: var(--body-text-color-subdued);
  unicode-bidi: isolate; }
.yz-reply mark { background: #fde68a; color: inherit; border-radius: 3px; padding: .05em .15em; }
.dark .yz-reply mark { background: #7a5b09; color: #fff7db; }
.yz-reply .yz-unknown, .yz-reply .yz-nearest { color: var(--body-text-color-subdued); font-size: .92em; }
.yz-reply .yz-unknown b { font-weight: 600; color: var(--body-text-color); }
.yz-reply .yz-nearest { border-top: 1px dashed var(--border-color-primary); padding-top: .6rem; margin-top: .6rem; }
.yz-reply .yz-nearest figure { margin: 0 0 .7rem; padding-inline-start: .8rem;
  border-inline-start: 2px dotted var(--border-color-primary); }
.yz-reply .yz-nearest blockquote { color: var(--body-text-color-subdued) !important; }
.yz-welcome { text-align: center; color: var(--body-text-color-subdued); line-height: 1.8; }
.yz-sources, .yz-sources * { font-size: .8rem; line-height: 1.5; color: var(--body-text-color-subdued); }
.yz-sources { overflow-wrap: anywhere; }
.yz-sources p { margin: 0; }
.yz-sources ul { margin: .1rem 0; padding-inline-start: 1.2rem; list-style: disc; }
.yz-examples { gap: 0 !important; }
.yz-examples .html-container { padding: 0 .1rem !important; }
.yz-examples .yz-label { margin: .5rem 0 .15rem !important; font-size: .75rem; color: var(--body-text-color-subdued); }
.yz-examples button { justify-content: flex-start; text-align: start; white-space: normal; font-weight: 400;
  line-height: 1.45; padding: .35rem .65rem; }
@media (max-width: 640px) {
  .gradio-container > main { padding: .6rem !important; }
  .yz-header p { font-size: .8rem; line-height: 1.45; }
}
"""
