"""Every word of the page, in Chinese and in English.

An answer speaks the language of its question, the page around it the language that the reader chose:
`of` gives one of the two, `markup.both` both, of which the style shows one.
"""

from __future__ import annotations

from index.records import Language
from qa.record import level

_WORDS: dict[str, tuple[str, str]] = {
    # An answer
    "one": ("原文中有 1 处回答：", "1 passage answers this:"),
    "many": ("原文中有 {n} 处回答：", "{n} passages answer this:"),
    "confidence": ("把握{band}（{percent}）", "{band} confidence ({percent})"),
    "chance-title": ("这一处能回答的概率", "The probability that this passage answers"),
    "high": ("高", "High"),
    "medium": ("中", "Medium"),
    "low": ("低", "Low"),
    "answer": ("答案", "Answer"),
    "line": ("第 {first} 行", "line {first}"),
    "lines": ("第 {first}–{last} 行", "lines {first}–{last}"),
    "page": ("第 {page} 页", "page {page}"),
    "show": ("在原文中查看", "Show in the source"),
    "also": ("另见：", "Also in: "),
    "gone": ("文献已移除", "document removed"),
    "asked": ("只问了 {among} 份文献中的 {n} 份：{titles}", "Asked only {n} of {among} documents: {titles}"),
    "asked-none": ("没有选中任何文献", "No document was chosen"),
    "only-zh": ("只看中文段落", "Chinese paragraphs only"),
    "only-en": ("只看英文段落", "English paragraphs only"),
    "copy": ("复制", "Copy"),
    "copy-markdown": ("复制为 Markdown", "Copy as Markdown"),
    "gloss": ("词语对照（词典释义，不是译文）", "Terms (a dictionary’s words, not a translation)"),
    "from-text": ("原文自注", "the source’s own"),
    "understood": ("理解为：", "Understood as: "),
    "undo": ("按原话提问", "Ask as typed"),
    "link": ("复制问题链接", "Copy a link to this question"),
    "next": ("还可以问：", "You could ask next:"),
    "comma": ("、", ", "),
    # A refusal
    "refused": ("没有可引的回答：{reason}。", "Not answered: {reason}."),
    "looked": ("查找的词语：{words}", "Looked for: {words}"),
    "absent": ("这些词在原文里从未出现：{words}", "These words never occur in the source: {words}"),
    "nearest": ("最接近的原文（不能回答这个问题）：", "Nearest passages (these do not answer):"),
    "not": ("不是答案", "Does not answer"),
    "instead": ("原文能回答的问题：", "Questions the source does answer:"),
    # A turn
    "searching": ("正在原文中查找…", "Searching the source…"),
    "stopped": ("已停止，没有回答。", "Stopped; not answered."),
    "failed": ("内部错误，已记入日志。", "Internal error; it has been logged."),
    # The page
    "title": ("引证", "Yinzheng"),
    "tagline": (
        "只用原文逐字作答并注明出处；原文没有回答的，如实说明。",
        "Verbatim, cited quotes from the source, or an honest “not answered”.",
    ),
    "caution": (
        "引文只说明原文写了什么，不说明其为真或仍然有效；不是医疗建议。",
        "Quotes show what the source says, not that it is true or up to date. This is no medical advice.",
    ),
    "welcome": ("用中文或英文提问，或从下面选一个问题。", "Ask in Chinese or English, or choose a question below."),
    "question": ("问题", "Question"),
    "placeholder": ("就原文提问…", "Ask the source…"),
    "ask": ("提问", "Ask"),
    "stop": ("停止", "Stop"),
    "conversation": ("对话", "Conversation"),
    "examples": ("示例问题", "Example questions"),
    "save": ("保存对话：", "Save this conversation:"),
    "clear": ("新对话", "New conversation"),
    "theme": ("深色 / 浅色", "Dark / light"),
    "language": ("English", "中文"),
    "source": ("原文", "Source"),
    "open-source": ("查看原文", "Open the source"),
    "close": ("关闭", "Close"),
    "outline": ("目录", "Outline"),
    "raw": ("显示原样与每处修订", "Show the raw text with each repair"),
    "ours": ("方括号中的题目是我们拟的。", "A title in square brackets is ours."),
    "repaired": ("修订：{rule}", "Repair: {rule}"),
    # Documents
    "documents": ("文献", "Documents"),
    "add": ("添加文献", "Add documents"),
    "drop": ("松开即可添加文献", "Drop to add documents"),
    "yours": (
        "PDF、Word（DOCX）、网页、Markdown、纯文本，可拖放到本页。只有您能看到和提问；关闭标签页后不久即删除。",
        "PDF, Word (DOCX), HTML, Markdown or text; or drop files anywhere. Only you see and ask them; they are deleted"
        " soon after you close this tab.",
    ),
    "kept": (
        "PDF、Word（DOCX）、网页、Markdown、纯文本，可拖放到本页。其他读者看不到；运行本页者会保留原文件。",
        "PDF, Word (DOCX), HTML, Markdown or text; or drop files anywhere. No other reader sees them; who runs this"
        " page keeps the files.",
    ),
    "own": ("您的文献", "Your documents"),
    "library": ("书库", "Library"),
    "filter": ("按名称筛选", "Filter by name"),
    "all": ("全选", "All"),
    "none": ("全不选", "None"),
    "languages": ("段落语言", "Paragraphs in"),
    "any-language": ("不限", "Any"),
    "chinese": ("中文", "Chinese"),
    "english": ("英文", "English"),
    "choose": ("勾选要提问的文献", "Ticked documents are asked"),
    "remove": ("移除", "Remove"),
    "dismiss": ("知道了", "Dismiss"),
    "pages": ("{n} 页", "{n} pages"),
    "one-page": ("1 页", "1 page"),
    "sending": ("正在传送 {percent}", "sending {percent}"),
    "ended": (
        "已过期删除；重新载入本页后可再次添加。",
        "were deleted after their time; reload the page to add them again.",
    ),
    "unsent": ("未能传送；请重试（文件夹不能添加）", "could not be sent; try again (folders cannot be added)"),
    "waiting": ("等待中…", "waiting…"),
    "reading": ("正在读取…", "reading…"),
    "encoding": ("编码 {done}/{total}", "encoding {done} of {total}"),
    "windows": ("通读 {done}/{total}", "looking through {done} of {total}"),
    "joining": ("即将可以提问…", "nearly ready…"),
    "ready": ("可以提问", "ready"),
    "unread": ("未能添加：{reason}", "Not added: {reason}"),
    "pick": ("从列表中打开一份文献，或点按引文的出处。", "Open a document of the list, or follow a quote’s citation."),
    "loading": ("正在打开…", "Opening…"),
    "removed": ("这份文献已移除，不能再查看。", "This document was removed and can no longer be shown."),
    "text": ("文本", "Text"),
    "as-page": ("页面", "Page"),
    "page-of": ("第 {page} 页，共 {n} 页", "Page {page} of {n}"),
    "previous": ("上一页", "Previous page"),
    "following": ("下一页", "Next page"),
    "no-page": ("无法显示页面（{reason}），这里是它的文本。", "The page cannot be shown ({reason}); this is its text."),
    "table": ("表格", "Table"),
    "skip": ("跳到提问框", "Skip to the question box"),
    # Feedback
    "right": ("回答正确", "Right"),
    "wrong citation": ("引用有误", "Wrong citation"),
    "should have refused": ("本应说没有回答", "Should have refused"),
    "should have answered": ("本应给出回答", "Should have answered"),
    "note": ("补充说明（可不填，只存在运行本页的机器上）", "A note (optional; kept where this page is served)"),
    "send": ("保存说明", "Save the note"),
    "thanks": ("已记下，谢谢。", "Noted, thank you."),
    "noted": ("说明已保存。", "The note is saved."),
    # Limits
    "busy": ("请求太多，请稍后再试。", "Too many requests; try again shortly."),
}  # fmt: skip

# What a repair is called, by the rule that made it (`index/repair/rules.py`).
_RULES = {
    "line break": "换行",
    "hidden character": "不可见字符",
    "space in Chinese": "汉字间的空格",
    "half-width punctuation": "半角标点",
    "full-width punctuation": "全角标点",
    "errata": "勘误表",
    "missing space": "缺少空格",
    "look-alike character": "形近字",
    "variant character": "异体字",
    "broken identifier": "断开的编号",
    "space in a range": "范围中的空格",
    "split character": "拆开的字",
    "space in brackets": "括号内的空格",
}


def of(name: str, language: Language, **values: object) -> str:
    """A word of the page in one language, with `values` put in; KeyError where there is none of that name."""
    return _WORDS[name][0 if language == "zh" else 1].format(**values)


def rule(name: str, language: Language) -> str:
    """What a repair rule is called; by its own name where it has no other."""
    return _RULES.get(name, name) if language == "zh" else name


def names() -> tuple[str, ...]:
    """The name of every word."""
    return tuple(_WORDS)


def likely(name: str, chance: float, language: Language) -> str:
    """A chance in a word and in per cent, never rounded up to certainty."""
    return of(name, language, band=of(level(chance), language), percent=f"{min(99, round(chance * 100))}%")
