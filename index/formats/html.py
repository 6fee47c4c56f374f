"""HTML: the main text of a page, without its menus; headings, lists, tables, captions and notes kept.

trafilatura finds where the main text stands; the smallest element around that is then read in full, as trafilatura's
own output drops captions and, on short pages, headings and tables. Where it finds nothing, or the page is nested too
deep for it, the whole body is read. Left out everywhere: navigation, pictures, forms, scripts, and what is named as
shares, comments and the like. Nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import regex

from index.errors import SourceError
from index.formats import limits, txt
from index.formats.assembly import Assembly, inline
from index.formats.extract import Extract, Kind

# trafilatura calls itself for some elements within others.
_DEPTH_OF_TRAFILATURA = 200
# The names that pages give their encoding, as what their bytes are in.
_ENCODINGS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "cp950",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
}
_CHARSET = regex.compile(rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", regex.IGNORECASE)
# What a tree cannot hold, in a text or by its number: lxml raises where such a text is moved.
_NO_TEXT = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]")
_DECLARATION = regex.compile(r"\s*<\?xml[^>]*>")
_NAVIGATION = (
    "//script|//style|//nav|//noscript|//template|//button|//select|//body/header[not(.//h1)]|//body//footer"
    "|//*[@role='navigation' or @role='search' or @role='dialog' or @role='contentinfo' or @hidden]"
)
_LINKED = "//table|//p|//div|//td|//center|//span|//font"
# What is dropped by its class or id, if trafilatura has kept nothing of it either.
_NAMED = regex.compile(
    r"(?:^|[-_\s])(?:ads?|advert\w*|banner|bread-?crumbs?|comments?|cookies?|crumbs?|editsection|footer|login|menu|nav(?:igation)?|"
    r"navbar|navbox|newsletter|pagination|pager|promo|rank|recommend\w*|related\w*|search|shar(?:e|ing)|side-?bar|skip|"
    r"social|subscribe|toolbar)(?:$|[-_\s])",
    regex.IGNORECASE,
)
_NOTE_ROLES = ("doc-footnote", "doc-endnote", "doc-endnotes", "doc-footnotes")
_NOTE_CLASSES = frozenset(["footnotes", "endnotes", "footnote", "endnote", "fn-group"])
# The elements in which text stands, and how much of its beginning tells one from another.
_TEXTS = "p h1 h2 h3 h4 h5 h6 li td th dd dt pre div blockquote".split()
_BEGINNING = 24
# The elements that are read as a whole; a paragraph or a row alone is part of one.
_WHOLE = frozenset("article body center div main section td".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
# The main text is at least this share of what stands in no links; a smaller part is one that was taken wrongly.
_MAIN_MIN = 0.3
# A page of which more is left out than this share is remarked upon.
_LEFT_MAX = 0.4
_BACK = regex.compile(r"[\s\ufe0e]*[↩↑⏎↵^][\s\ufe0e]*")
# What stands between the links of a menu; and how long a link is at most there, Chinese counted twice.
_BETWEEN = regex.compile(r"[\s|/·•»›>«‹<\-–—:：,，、\[\]【】()（）]+")
_LINK_MAX = 30
_SUFFIX = regex.compile(r"\s*(?:[|｜»·]|\s[-–—:]\s|[_—–]+)\s*")
_WORD = regex.compile(r"[\p{L}\p{N}]")


# What stands in a page's head.
_HEAD = frozenset(["base", "link", "meta", "noscript", "script", "style", "template", "title"])


def read(data: bytes) -> Extract:
    """A page; SourceError for one without main text, nested beyond `limits.DEPTH_MAX`, or in bytes that are no text."""
    text, encoding = decode(data)
    tree, depth = _parse(text)
    title = _title(tree)
    _prune(tree)
    body, has_text = tree.find("body"), _has_text(tree)
    main = _main(body, _kept(tree) if depth <= _DEPTH_OF_TRAFILATURA else set())
    assembly = Assembly()
    assembly.walk(main, _kind)
    if not has_text or not assembly.blocks:
        raise SourceError("has no main text (only menus, links and scripts)", "save the page as it is shown")
    left = _length(body) - _length(main)
    notes = (f"{left} of {left + _length(main)} characters were taken for menus and left out",)
    return _untitled(
        assembly.extract("html", title, notes if left > _LEFT_MAX * _length(body) else (), encoding=encoding)
    )


def decode(data: bytes) -> tuple[str, str]:
    """A page's text and its encoding: by its byte-order mark, as UTF-8, as it says itself, or as `txt` finds."""
    try:
        data.decode()
    except UnicodeDecodeError:
        said = _CHARSET.search(data[:4096])
        if said and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            name = said.group(1).decode().lower()
            try:
                text = data.decode(_ENCODINGS.get(name, name))
            except (UnicodeDecodeError, LookupError):
                pass  # it is wrong about itself
            else:
                return txt.checked(text), _ENCODINGS.get(name, name)
    return txt.decode(data)


def _parse(text: str) -> tuple[Any, int]:
    """The tree of a page and its depth; beyond 2,048 the parser would stop without a word."""
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(_DECLARATION.sub("", text, count=1), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"is not HTML ({error})", "save the page anew") from None
    depth = greatest = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        greatest = max(greatest, depth)
        if event == "end":
            _clean(element)
    if greatest > limits.DEPTH_MAX:
        raise SourceError(
            f"is HTML nested more than {limits.DEPTH_MAX} deep", "save the page as it is shown, or as text"
        )
    if tree.find("body") is None:  # its tags may be left out, and the parser does not know where it begins
        body = etree.SubElement(tree, "body")
        above = [*tree.iterfind("head/*"), *(child for child in tree if child is not body and child.tag != "head")]
        body.extend([child for child in above if child.tag not in _HEAD])
    return tree, greatest


def _clean(element: Any) -> None:
    for name in ("text", "tail"):
        text = getattr(element, name)
        if text and _NO_TEXT.search(text):
            setattr(element, name, _NO_TEXT.sub(" ", text))


def _title(tree: Any) -> str | None:
    """What a page says it is called, without its site's name."""
    for name in ("citation_title", "dc.title", "DC.Title", "DC.title"):
        for value in tree.xpath("//meta[@name=$name]/@content", name=name):
            if value.strip():
                return " ".join(value.split())
    said = " ".join(" ".join(tree.xpath("//head/title[1]//text()")).split())
    headings = [heading for element in tree.iter("h1") if (heading := inline(element))]
    within = [heading for heading in headings if heading in said]
    if within or len(headings) == 1:
        return (within or headings)[0]
    for value in tree.xpath("//meta[@property='og:title']/@content"):
        if value.strip():
            said = " ".join(value.split())
            break
    parts = [part for part in _SUFFIX.split(said) if part]
    if len(parts) > 1 and len(parts[0]) >= len(parts[-1]):
        return said[: said.rfind(parts[-1])].rstrip(" |｜»·-–—:_") or None
    return said or None


def _prune(tree: Any) -> None:
    """Drop what is never main text, menus among it: elements that hold nothing but several short links."""
    for element in tree.xpath(_NAVIGATION):
        _drop(element)
    for element in tree.xpath(_LINKED):
        if element.getparent() is not None and _is_menu(element):
            _drop(element)
    for link in tree.xpath("//a"):
        if _BACK.fullmatch("".join(link.itertext())):
            _drop(link)


def _drop(element: Any) -> None:
    """Take an element out of its tree; what stands behind it stays."""
    parent = element.getparent()
    if parent is not None and element.tag != "body":
        element.drop_tree()


def _is_menu(element: Any) -> bool:
    links = element.findall(".//a")
    if (
        len(links) < 2
        or len(links) > 100
        or element.find(".//table//table") is not None
        or element.find(".//li") is not None
    ):
        return False
    texts = ["".join(link.itertext()).strip() for link in links]
    if any(len(text) + len(regex.findall(r"\p{Han}", text)) > _LINK_MAX for text in texts):
        return False
    rest = "".join(element.itertext())
    if len(rest) > 2 * sum(map(len, texts)) + 1000:
        return False
    return not _WORD.search(_BETWEEN.sub("", _without(element, "a")))


def _without(element: Any, tag: str) -> str:
    """The text of an element that stands in none of a kind."""
    return "".join(element.xpath(".//text()[not(ancestor::*[name()=$tag])]", tag=tag))


def _has_text(tree: Any) -> bool:
    return bool(_WORD.search(_without(tree.find("body"), "a"))) or any(
        len("".join(link.itertext())) > _LINK_MAX for link in tree.iter("a")
    )


def _kept(tree: Any) -> set[str]:
    """How the texts begin that trafilatura takes for the main text."""
    from copy import deepcopy

    from lxml import etree
    from trafilatura import bare_extraction

    copy = deepcopy(tree)
    etree.strip_attributes(copy, "colspan", "rowspan")  # it makes a cell for each column that one claims
    try:
        found = bare_extraction(copy, fast=True, include_comments=False, include_links=False)
    except RecursionError:
        return set()
    return set() if found is None or found.body is None else _beginnings(found.body.iter())


def _beginnings(elements: Iterable[Any]) -> set[str]:
    return {beginning for element in elements if (beginning := _beginning(element))}


def _beginning(element: Any) -> str:
    found = ""
    for text in element.itertext():
        found += "".join(text.split())
        if len(found) >= _BEGINNING:
            break
    return found[:_BEGINNING]


def _main(body: Any, kept: set[str]) -> Any:
    """The smallest element around all that was kept, or what the page itself calls main; else the body."""
    found = [element for element in body.iter(*_TEXTS) if _beginning(element) in kept]
    inside = {up for element in found for up in (element, *element.iterancestors())}
    for element in list(body.iter()):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element not in inside and element is not body and _NAMED.search(name) and element.getparent() is not None:
            _drop(element)
    enough = _MAIN_MIN * len(_without(body, "a"))
    around = found[0] if found else body
    for element in found[1:]:
        above = {element, *element.iterancestors()}
        while around not in above:
            around = around.getparent()
    for element in [*body.xpath(".//main|.//*[@role='main']"), *reversed(list(around.iterancestors("article")))]:
        if len(_without(element, "a")) >= enough:
            return element
    while around is not body and (around.tag not in _WHOLE or len(_without(around, "a")) < enough):
        around = around.getparent()
    return around


def _kind(element: Any) -> Kind | None:
    """What the text in an element is, where its role, class or place says so."""
    names = (element.get("class") or "").lower().split()
    if element.get("role") in _NOTE_ROLES or not _NOTE_CLASSES.isdisjoint(names):
        return "footnote"
    in_figure = element.tag in _HEADINGS and any(up.tag == "figure" for up in element.iterancestors())
    return "caption" if "caption" in names or in_figure else None


def _length(element: Any) -> int:
    return sum(len(text) for text in element.itertext())


def _untitled(extract: Extract) -> Extract:
    """The extract without the heading that says the title again."""
    blocks = list(extract.blocks or ())
    for place, block in enumerate(blocks):
        same = " ".join(extract.text[block.start : block.end].split()) == extract.title
        if same and len(blocks) > 1 and (place == 0 or block.level == 1):
            del blocks[place]
            break
    return replace(extract, blocks=tuple(blocks))
