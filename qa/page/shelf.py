"""The documents beside the conversation: a list to choose what is asked, to open one, to add and remove one's own.

Of a document nothing is drawn here but its name; `reader` draws its text when it is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from index.formats.readers import by_suffix
from qa import settings
from qa.page import words
from qa.page.markup import LANG, both, safe

if TYPE_CHECKING:
    from index.records import Document, Listed
    from qa.conversation.file import File

# From so many documents on a list can be filtered by name.
FILTER_FROM = 11


def bar(*, adds: bool) -> str:
    """What stands over everything: the title, what adds documents, how text is shown.

    A file dialogue offers the formats that are known first; what else is dropped is tried too.
    """
    add = ""
    if adds:
        add = (
            f'<button type="button" id="yz-add">{both("add")}</button>'
            f'<input type="file" id="yz-files" multiple hidden tabindex="-1" accept="{",".join(by_suffix())}">'
            f'<div id="yz-drop" aria-hidden="true">{both("drop")}</div>'
        )
    return (
        f'<div class="yz-bar"><h2>{both("source")}</h2>{add}'
        f'<label><input type="checkbox" id="yz-raw"> {both("raw")}</label>'
        f'<button type="button" id="yz-close">{both("close")}</button></div>'
    )


def shelf(documents: Sequence[Listed], *, adds: bool, keeps: bool) -> str:
    """The list, open where there is more than one document."""
    rows = "".join(_row(document, f"{_kind(document)}") for document in documents)
    hint = f'<p class="yz-hint">{both("kept" if keeps else "yours")}</p>' if adds else ""
    languages = "".join(
        f'<label><input type="radio" name="yz-language" value="{value}"{" checked" if not value else ""}> '
        f"{both(name)}</label>"
        for value, name in (("", "any-language"), ("zh", "chinese"), ("en", "english"))
    )
    return (
        f'<details class="yz-shelf" id="yz-shelf"{" open" if len(documents) > 1 else ""}>'
        f'<summary>{both("documents")} <span id="yz-count"></span></summary>{hint}'
        f'<div class="yz-choice"><span class="yz-quiet">{both("choose")}</span>'
        f'<button type="button" id="yz-all">{both("all")}</button>'
        f'<button type="button" id="yz-none">{both("none")}</button>'
        f'<fieldset><legend class="yz-quiet">{both("languages")}</legend>{languages}</fieldset></div>'
        f'<label class="yz-filter" id="yz-filter-row" data-from="{FILTER_FROM}" hidden>{both("filter")} '
        f'<input type="search" id="yz-filter" autocomplete="off"></label>'
        f'<div class="yz-rows"><div class="yz-mine" id="yz-mine" hidden><h3>{both("own")}</h3>'
        f'<ul id="yz-sending" data-sending="{_template("sending")}" data-unsent="{_template("unsent")}" '
        f'data-unread="{_template("unread")}" data-ended="{_template("ended")}" '
        f'data-most="{settings.UPLOAD_BYTES_MAX}"></ul>'
        f'<ul id="yz-own"></ul></div>'
        f'<h3 class="yz-of-library">{both("library")}</h3><ul id="yz-library">{rows}</ul></div></details>'
        f'<p class="yz-hidden" id="yz-said" role="status"></p>'
    )


def own(files: Sequence[File]) -> str:
    """The rows of a session's own files: documents, what is being done, and what could not be read."""
    return "".join(_own(file) for file in files)


def _own(file: File) -> str:
    name = f'<button type="button" class="yz-remove" data-number="{file.number}">{both("remove")}'
    name += f'<span class="yz-hidden"> {safe(file.name)}</span></button>'
    document = file.document
    if document is not None:
        pages = len(document.places.sizes) if document.places else 0
        about = " · ".join(
            filter(
                None,
                [
                    _kind(document),
                    both("pages" if pages > 1 else "one-page", n=pages) if pages else "",
                    safe(file.name),
                ],
            )
        )
        notes = "".join(f'<span class="yz-note">{safe(note)}</span>' for note in file.notes)
        return _row(document, about, f"{notes}{name}", file.state)
    if file.state == "failed":
        said = both("unread", reason=file.reason)
        name = name.replace(both("remove"), both("dismiss"), 1)
    else:
        said = both(file.state, done=file.done, total=file.total)
    meter = ""
    if file.total and file.state != "failed":
        meter = f'<progress max="1" value="{file.done / file.total:.2f}" aria-hidden="true"></progress>'
    return (
        f'<li class="yz-row yz-{file.state}" data-state="{file.state}" data-number="{file.number}">'
        f'<span class="yz-name">{safe(file.name)}</span> <span class="yz-about">{said}</span>{meter}{name}</li>'
    )


def _row(document: Document | Listed, about: str, more: str = "", state: str = "ready") -> str:
    """A document that can be asked and opened."""
    title = safe(document.title)
    return (
        f'<li class="yz-row" data-state="{state}" data-document="{safe(document.id)}">'
        f'<input type="checkbox" class="yz-pick" checked aria-label="{title}" value="{safe(document.id)}">'
        f'<a class="yz-name" lang="{LANG[document.language]}" href="#open={quote(document.id, safe="")}">{title}</a> '
        f'<span class="yz-about">{about}</span>{more}</li>'
    )


def _kind(document: Document | Listed) -> str:
    """Its format and main language."""
    return f"{document.format.upper()} · {both('chinese' if document.language == 'zh' else 'english')}"


def _template(name: str) -> str:
    """A word in both languages for the page to put a value in, where it alone knows it."""
    return safe("|".join(words.of(name, language, percent="{}", reason="{}") for language in LANG))
