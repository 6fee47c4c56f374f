"""A turn as the HTML of two messages: what was asked, and quote cards or a refusal worth reading.

Drawn from the plain record that `ask --json` prints, so that what was kept, exported and shown is one
thing. Pure text in, text out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote as encoded

from index.records import Document, Language
from index.structure.language import language_of
from qa import settings
from qa.answering.question import clean
from qa.conversation.turn import Holds, held
from qa.page import markdown, words
from qa.page.markup import LANG, asks, marked, place, safe

if TYPE_CHECKING:
    from qa.conversation.turn import Turn
    from qa.gloss import Glosser

# Characters of a document's title on a quote.
NAME = 48


def asked(message: str) -> str:
    """A user's message as it is shown; the end of an overlong one is cut, visibly."""
    text = clean(message[: settings.QUESTION_CHARACTERS_MAX])
    cut = "…" if len(message) > settings.QUESTION_CHARACTERS_MAX else ""
    return f'<div class="yz-asked" dir="auto">{safe(text)}{cut}</div>'


def note(name: str, language: Language) -> str:
    """A line of the page's own in place of an answer: one that is awaited, was stopped, or failed."""
    role = ' role="alert"' if name == "failed" else ""
    kind = {"searching": "yz-wait", "failed": "yz-error"}.get(name, "yz-note")
    return _reply(language, [f'<p class="{kind}"{role}>{safe(words.of(name, language))}</p>'])


def failed(message: str) -> str:
    """An error whose one line may be shown."""
    return f'<div class="yz-reply"><p class="yz-error" role="alert">{safe(message)}</p></div>'


def status(text: str) -> str:
    """A line that says that something was done."""
    return f'<p class="yz-status" role="status">{safe(text)}</p>'


def answered(turn: Turn, library: Holds, glosser: Glosser) -> str:
    """The answer or refusal of a turn, in the language of its question.

    A quote whose document is not in the library any more says so, and leads nowhere.
    """
    language: Language = turn.record["language"]
    parts = [_understood(turn, language)] if turn.carried else []
    if said := narrowed(turn, language):
        parts.append(f'<p class="yz-narrowed">{safe(said)}</p>')
    address = encoded(turn.question)
    parts += _quotes(turn, library, glosser) if turn.record["answered"] else _refusal(turn, library, glosser)
    parts.append(f'<div class="yz-share"><a class="yz-link" href="?q={address}">{words.of("link", language)}</a></div>')
    if turn.suggestions:
        listed = "".join(f"<li>{asks(question)}</li>" for question in turn.suggestions)
        head = words.of("next" if turn.record["answered"] else "instead", language)
        parts.append(f'<div class="yz-next"><p>{head}</p><ul>{listed}</ul></div>')
    return _reply(language, parts)


def narrowed(turn: Turn, language: Language) -> str:
    """What was asked, where that is not everything."""
    parts = []
    if turn.among:
        name = "asked" if turn.asked else "asked-none"
        titles = words.of("comma", language).join(turn.titles) + ("…" if turn.asked > len(turn.titles) else "")
        parts.append(words.of(name, language, n=turn.asked, among=turn.among, titles=titles))
    if turn.only:
        parts.append(words.of(f"only-{turn.only}", language))
    return " · ".join(parts)


def _reply(language: Language, parts: list[str]) -> str:
    return f'<div class="yz-reply" lang="{LANG[language]}">{"".join(parts)}</div>'


def _understood(turn: Turn, language: Language) -> str:
    undo = f'<a class="yz-undo" href="#alone={turn.id}">{words.of("undo", language)}</a>'
    text = f'<b dir="auto">{safe(turn.question)}</b>'
    return f'<p class="yz-understood">{words.of("understood", language)}{text} {undo}</p>'


def _quotes(turn: Turn, library: Holds, glosser: Glosser) -> list[str]:
    record = turn.record
    language: Language = record["language"]
    count = len(record["quotes"])
    found = words.of("one", language) if count == 1 else words.of("many", language, n=count)
    drawing = (language, library, glosser)
    if count == 1:  # that it answers and that one of them does is the same
        return [f'<p class="yz-found">{found}</p>', _card(record["quotes"][0], record["confidence"], *drawing)]
    confidence = words.likely("confidence", record["confidence"], language)
    cards = [_card(quote, quote["score"], *drawing) for quote in record["quotes"]]
    return [f'<p class="yz-found">{found} <span class="yz-confidence">{confidence}</span></p>', *cards]


def _refusal(turn: Turn, library: Holds, glosser: Glosser) -> list[str]:
    record = turn.record
    language: Language = record["language"]
    parts = [f'<p class="yz-refused">{safe(words.of("refused", language, reason=record["reason"] or ""))}</p>']
    for name, listed in (("looked", turn.looked), ("absent", turn.absent)):
        if listed:
            shown = words.of("comma", language).join(f"<b>{safe(word)}</b>" for word in listed)
            parts.append(f'<p class="yz-{name}">{words.of(name, language, words=shown)}</p>')
    if record["nearest"]:
        passages = "".join(_near(quote, language, library, glosser) for quote in record["nearest"])
        parts.append(f'<section class="yz-nearest"><p>{words.of("nearest", language)}</p>{passages}</section>')
    return parts


def _card(quote: dict[str, Any], chance: float, language: Language, library: Holds, glosser: Glosser) -> str:
    """A quote: its words with the short answer marked, where they stand, how likely they answer, copies of them."""
    document = held(quote, library)
    own = _language(quote, document)
    likely = words.likely("confidence", chance, language)
    copies = "".join(
        f'<button type="button" class="yz-{name}">{words.of(name, language)}</button>'
        for name in ("copy", "copy-markdown")
    )
    return (
        f'<figure class="yz-card"><blockquote dir="auto" lang="{LANG[own]}">'
        f"{marked(quote['text'], quote['highlights'])}</blockquote>"
        f"<figcaption>{_chip(quote, language, document, glosser, named=len(library.listed) > 1)}"
        f'<span class="yz-confidence" title="{words.of("chance-title", language)}">{likely}</span>'
        f'<span class="yz-tools">{copies}</span></figcaption>'
        f'<pre class="yz-text">{safe(plain(quote, language))}</pre>'
        f'<pre class="yz-markdown">{safe(markdown.quote(quote, language))}</pre>'
        f"{_also(quote, language)}{_gloss(quote['text'], own, language, glosser)}</figure>"
    )


def _near(quote: dict[str, Any], language: Language, library: Holds, glosser: Glosser) -> str:
    """A passage that does not answer, and says so; nothing in it is marked."""
    document = held(quote, library)
    own = _language(quote, document)
    return (
        f'<figure class="yz-near"><blockquote dir="auto" lang="{LANG[own]}">{safe(quote["text"])}</blockquote>'
        f'<figcaption><span class="yz-not">{words.of("not", language)}</span>'
        f"{_chip(quote, language, document, glosser, named=len(library.listed) > 1)}</figcaption></figure>"
    )


def _chip(
    quote: dict[str, Any], language: Language, document: Document | None, glosser: Glosser, *, named: bool
) -> str:
    """Section, paragraph, and lines or page; a link to that very place in the source beside the conversation.

    `named` puts the document before them, where there are several.
    """
    title = quote["section"][-1]
    other = glosser.title(title, language)
    section = safe(title) + (f' <span class="yz-other" lang="{LANG[language]}">{safe(other)}</span>' if other else "")
    if document is None:
        said = f"{section} · {safe(quote['paragraph'])} · {words.of('gone', language)}"
        return f'<span class="yz-chip yz-gone" title="{safe(quote["citation"])}">{said}</span>'
    parts = [f'<span dir="auto">{section}</span>', safe(quote["paragraph"])]
    if named:
        name = document.title if len(document.title) <= NAME else document.title[:NAME].rstrip() + "…"
        parts.insert(0, f'<span dir="auto" lang="{LANG[document.language]}">{safe(name)}</span>')
    first, last = quote["lines"]
    if quote["page"] is not None:
        parts.append(words.of("page", language, page=quote["page"]))
    elif document.lined:
        parts.append(words.of("line" if first == last else "lines", language, first=first, last=last))
    hint = f"{words.of('show', language)}: {quote['citation']}"
    href = safe(place(quote["document"], quote["start"], quote["end"]))
    return f'<a class="yz-chip" href="{href}" title="{safe(hint)}">{" · ".join(parts)}</a>'


def _also(quote: dict[str, Any], language: Language) -> str:
    """Where else the same words stand."""
    listed = "".join(f"<li>{safe(citation)}</li>" for citation in quote.get("also", ()))
    return f'<div class="yz-also">{words.of("also", language)}<ul>{listed}</ul></div>' if listed else ""


def _gloss(text: str, own: Language, language: Language, glosser: Glosser) -> str:
    """The terms of a quote in the reader's language; nothing where it is the quote's own."""
    found = glosser.gloss(text, own) if own != language else ()
    if not found:
        return ""
    comma = words.of("comma", language)
    rows = "".join(
        f'<div><dt lang="{LANG[own]}">{safe(one.term)}</dt><dd lang="{LANG[language]}">'
        f"{safe(comma.join(one.meanings))}{_source(one.source, language)}</dd></div>"
        for one in found
    )
    return f'<details class="yz-gloss" open><summary>{words.of("gloss", language)}</summary><dl>{rows}</dl></details>'


def _source(source: str, language: Language) -> str:
    return f" <small>{words.of('from-text', language)}</small>" if source == "text" else ""


def _language(quote: dict[str, Any], document: Document | None) -> Language:
    """The language of a quote's paragraph; of its document where that has changed since."""
    if document is None:
        return language_of(quote["text"])
    paragraph = document.paragraph(quote["paragraph"])
    return paragraph.language if paragraph else document.language


def plain(quote: dict[str, Any], language: Language) -> str:
    """A quote, its citation, and where else its words stand, as plain text."""
    also = "".join(f"\n  {words.of('also', language)}{other}" for other in quote.get("also", ()))
    return f"{quote['text']}\n— {quote['citation']}{also}"
