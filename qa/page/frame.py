"""What stands around the conversation: title, caution, examples, theme, style and script."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from qa.page.markup import LANG, asks, both, safe

if TYPE_CHECKING:
    from qa.suggest import StartingPoint

_HERE = Path(__file__).parent
STYLE = (_HERE / "style.css").read_text(encoding="utf-8")
# Run by the browser before anything is drawn, so that nothing is seen in the wrong language or colours.
HEAD = (
    f'<link rel="icon" href="data:image/svg+xml,{quote((_HERE / "icon.svg").read_text(encoding="utf-8").strip())}">'
    f"<style>{(_HERE / 'root.css').read_text(encoding='utf-8')}</style>"
    f"<script>{(_HERE / 'page.js').read_text(encoding='utf-8')}</script>"
)

# Fonts that systems have; Gradio's own themes bring theirs along.
SANS = ("system-ui", "Segoe UI", "Roboto", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONO = ("ui-monospace", "Consolas", "Noto Sans Mono CJK SC", "monospace")

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


def header() -> str:
    """The title, what the page is and is not, and the switches of language and colours."""
    switches = (
        f'<button type="button" id="yz-switch">{both("language")}</button>'
        f'<button type="button" id="yz-theme">{both("theme")}</button>'
        f'<button type="button" id="yz-open" aria-expanded="false">{both("open-source")}</button>'
    )
    return (
        f'<a class="yz-skip" href="#yz-box">{both("skip")}</a><header class="yz-header">'
        '<h1><span lang="zh-Hans">引证</span> <span lang="en">Yinzheng</span></h1>'
        f'<div class="yz-switches">{switches}</div><p>{both("tagline")}</p>'
        f'<p class="yz-caution">{both("caution")}</p></header>'
    )


def welcome() -> str:
    """What an empty conversation shows."""
    return f'<div class="yz-welcome">{both("welcome")}</div>'


def save() -> str:
    """What stands before the formats of an export."""
    return f"<span>{both('save')}</span>"


def examples(points: Iterable[StartingPoint]) -> str:
    """A question in each language for every section; nothing where there are none."""
    rows = "".join(
        f"<div><dt>{safe(point.section.titles[-1])}</dt>"
        + "".join(
            f'<dd lang="{LANG[language]}">{asks(question)}</dd>'
            for language in LANG
            if (question := point.question(language))
        )
        + "</div>"
        for point in points
    )
    if not rows:
        return ""
    return f'<details class="yz-examples" open><summary>{both("examples")}</summary><dl>{rows}</dl></details>'
