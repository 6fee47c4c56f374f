"""A conversation as a file: Markdown and HTML to read, JSON for `yinzheng verify`.

Each turn keeps its own citations. Nothing is in a file that was not on the page; authors that the source
does not name are not invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from index.records import Language
from qa.conversation.turn import Turn
from qa.page import markdown, words
from qa.page.cards import narrowed
from qa.page.markdown import literal
from qa.page.markup import LANG, marked, safe
from qa.record import as_json

Format = Literal["markdown", "html", "json"]

_TYPES: dict[Format, tuple[str, str]] = {
    "markdown": ("md", "text/markdown"),
    "html": ("html", "text/html"),
    "json": ("json", "application/json"),
}
_STYLE = (
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;line-height:1.65;font-family:system-ui,sans-serif;"
    "overflow-wrap:anywhere}h2,blockquote,figcaption,bdi{unicode-bidi:isolate}"
    "blockquote{margin:0 0 .3rem;padding-inline-start:.8rem;border-inline-start:3px solid #0f766e}"
    "figure{margin:0 0 1rem}figcaption,.quiet{color:#57534e;font-size:.85rem}mark{background:#fde68a}"
)


def export(turns: Sequence[Turn], format: Format, made: datetime) -> dict[str, str]:
    """A file of these turns: its `name`, its media `type` and its `text`."""
    suffix, kind = _TYPES[format]
    draw = {"markdown": _markdown, "html": _html, "json": _json}[format]
    return {"name": f"yinzheng-{made:%Y%m%d-%H%M%S}.{suffix}", "type": kind, "text": draw(turns)}


def _json(turns: Sequence[Turn]) -> str:
    return as_json([turn.record for turn in turns], indent=1) + "\n"


def _markdown(turns: Sequence[Turn]) -> str:
    parts = ["# 引证 Yinzheng", f"*{words.of('caution', 'zh')}* *{words.of('caution', 'en')}*"]
    for turn in turns:
        language = turn.record["language"]
        parts.append(f"## {literal(turn.typed)}")
        if turn.carried:
            parts.append(f"{words.of('understood', language)}{literal(turn.question)}")
        if said := narrowed(turn, language):
            parts.append(literal(said))
        parts += markdown.said(turn.record)
    return "\n\n".join(parts) + "\n"


def _html(turns: Sequence[Turn]) -> str:
    body = "".join(_section(turn) for turn in turns)
    cautions = "".join(f'<p class="quiet" lang="{LANG[of]}">{safe(words.of("caution", of))}</p>' for of in LANG)
    return (
        '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>引证 Yinzheng</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>引证 Yinzheng</h1>{cautions}\n{body}</body></html>\n"
    )


def _section(turn: Turn) -> str:
    record = turn.record
    language = record["language"]
    parts = [f"<h2>{safe(turn.typed)}</h2>"]
    if turn.carried:
        parts.append(f'<p class="quiet">{words.of("understood", language)}{safe(turn.question)}</p>')
    if said := narrowed(turn, language):
        parts.append(f'<p class="quiet">{safe(said)}</p>')
    if record["answered"]:
        parts.append(f"<p>{safe(markdown.found(record))}</p>")
        parts += [_figure(quote, quote["highlights"], language) for quote in record["quotes"]]
    else:
        parts.append(f"<p>{safe(words.of('refused', language, reason=record['reason']))}</p>")
        if record["nearest"]:
            parts.append(f'<p class="quiet">{words.of("nearest", language)}</p>')
            parts += [_figure(quote, [], language) for quote in record["nearest"]]
    return f'<section lang="{LANG[language]}">{"".join(parts)}</section>\n'


def _figure(quote: dict[str, Any], spans: Sequence[Sequence[int]], language: Language) -> str:
    cited = safe(quote["citation"])
    also = "".join(f"<br>{words.of('also', language)}{safe(other)}" for other in quote.get("also", ()))
    text = marked(quote["text"], spans)
    return f"<figure><blockquote>{text}</blockquote><figcaption>{cited}{also}</figcaption></figure>\n"
