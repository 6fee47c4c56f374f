"""DOCX: the text of a Word document by mammoth, its headings, lists, tables, notes and captions kept.

Before mammoth reads it, the archive is checked and its main part made simpler: paragraphs are named after what they
are (by their style's outline level, so in any language), tables of contents and hidden text go, formulas become text.
Tracked insertions are kept, deletions dropped. Left out: pictures, comments, headers, footers, numbers that Word makes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import regex

from index.errors import SourceError
from index.formats import limits
from index.formats.assembly import Assembly, inline, too_long
from index.formats.extract import Extract, Kind

# How deep its XML may be nested; tables within tables within text boxes reach 60. mammoth calls itself for each.
_DEPTH_MAX = 150
# The parts that are read may have so much XML; a book of a million characters has 20 MB.
_XML_BYTES_MAX = 50_000_000
# Parts that are read; pictures, fonts and macros are not even unpacked.
_PARTS = regex.compile(
    r"\[Content_Types\]\.xml|_rels/[^/]*\.rels|word/(?:_rels/)?[^/]+\.(?:xml|rels)|docProps/core\.xml"
)
_MAIN = regex.compile(r"word/document\d*\.xml")
_BODIES = regex.compile(r"word/(?:document\d*|footnotes|endnotes)\.xml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "open it in a word processor and save it as DOCX"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", _W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", _M[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_TITLE, _CAPTION, _CONTENTS, _HEADING = "YinzhengTitle", "YinzhengCaption", "YinzhengContents", "YinzhengHeading"
_STYLES = "\n".join(
    [
        f"p.{_TITLE} => h1.{_TITLE}:fresh",
        f"p.{_CAPTION} => p.{_CAPTION}:fresh",
        f"p.{_CONTENTS} => !",
        *(f"p.{_HEADING}{level} => h{level}:fresh" for level in range(1, 7)),
    ]
)
_CAPTION_NAMES = frozenset(["caption", "illustration", "figure", "table", "drawing"])
_CONTENTS_NAMES = regex.compile(r"toc ?\d|contents \d|table of (?:figures|authorities)|index \d|toc heading")
# Titles that a program gave.
_UNTITLED = regex.compile(
    r"microsoft word - .*|document ?\d*|untitled.*|title|[无無][标標][题題].*|文档 ?\d*|.*\.(?:docx?|wps|rtf|odt)",
    regex.IGNORECASE,
)
_SPACES = regex.compile(r"\s+")
_NOTE = regex.compile(r"(?:foot|end)note-(?!ref-)")


def read(data: bytes) -> Extract:
    """A DOCX file; SourceError for what is none, is damaged, encrypted, too large once unpacked or nested too deep."""
    parts = _parts(data)
    said = _core_title(parts.get("docProps/core.xml"))
    tree = _html(parts)
    title = _own_title(tree) or said
    for number, note in enumerate(filter(_is_note, tree.iter("li")), start=1):
        _number(note, number)
    assembly = Assembly()
    assembly.walk(tree, _kind)
    found = assembly.blocks
    if title is None and len(found) > 1 and found[0].level == 1 and sum(block.level == 1 for block in found) == 1:
        extract = assembly.extract("docx")
        first, *rest = found
        return Extract("docx", extract.text, tuple(rest), title=extract.text[first.start : first.end])
    return assembly.extract("docx", title)


def _parts(data: bytes) -> dict[str, bytes]:
    """The unpacked parts that are read, by name."""
    if data.startswith(_OLE):
        raise SourceError("is an encrypted Office file or an old .doc", f"{_SAVE}, without a password")
    try:
        with ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if not any(map(_MAIN.fullmatch, names)):
                raise SourceError("is no Word document (its archive has no word/document.xml)", _SAVE)
            read = [entry for entry in entries if _PARTS.fullmatch(entry.filename)]
            for what, of, most in (("", entries, limits.UNPACKED_BYTES_MAX), (" of text", read, _XML_BYTES_MAX)):
                size = sum(entry.file_size for entry in of)
                if size > most:
                    raise SourceError(
                        f"is {size / 1e6:.0f} MB{what} once unpacked, at most {most / 1e6:.0f} MB are read",
                        "split it into several files",
                    )
            if any(entry.flag_bits & 1 for entry in entries):
                raise SourceError("is encrypted", f"{_SAVE}, without a password")
            return {entry.filename: archive.read(entry) for entry in read}
    except (BadZipFile, EOFError, zlib.error, NotImplementedError, ValueError, OSError) as error:
        raise SourceError(f"is damaged or cut short, or no DOCX file ({error})", "get the file again") from None


def _html(parts: dict[str, bytes]) -> Any:
    """The document as mammoth's HTML, as an lxml tree."""
    import mammoth
    from lxml import html

    sheet = _xml(parts["word/styles.xml"], "word/styles.xml") if "word/styles.xml" in parts else None
    styles = {} if sheet is None else _kinds(sheet)
    unseen = frozenset() if sheet is None else _unseen(sheet)
    simple = BytesIO()
    with ZipFile(simple, "w") as archive:
        for name, part in parts.items():
            for strict, usual in _STRICT:
                part = part.replace(strict, usual)
            archive.writestr(name, _simpler(_xml(part, name), name, styles, unseen))
    try:
        found = mammoth.convert_to_html(
            simple, style_map=_STYLES, include_embedded_style_map=False, convert_image=lambda image: []
        )
    except RecursionError:
        raise SourceError("is nested too deep", _SAVE) from None
    except Exception as error:  # whatever a damaged document makes mammoth stumble over
        raise SourceError(f"is a damaged Word document ({type(error).__name__}: {error})", _SAVE) from None
    parser = html.HTMLParser(huge_tree=True, no_network=True)
    return html.document_fromstring(f"<html><body>{found.value}</body></html>", parser=parser).find("body")


def _xml(part: bytes, name: str) -> Any:
    """A part as a tree; one with a DOCTYPE, the only place for entities, is refused before it is parsed."""
    from xml.parsers import expat

    from lxml import etree

    def refuse(*_: Any) -> None:
        raise SourceError(f"declares a document type in {name}, which no Word document does", _SAVE)

    def begun(*_: Any) -> None:
        raise StopIteration

    check = expat.ParserCreate()
    check.StartDoctypeDeclHandler = refuse
    check.StartElementHandler = begun
    try:
        check.Parse(part, True)
    except StopIteration:
        pass
    except expat.ExpatError as error:
        raise SourceError(f"is damaged: {name} is no XML ({error})", _SAVE) from None
    try:
        tree = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise _deep(name) from None
        raise SourceError(f"is damaged: {name} is no XML ({error})", _SAVE) from None
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEPTH_MAX:
            raise _deep(name)
    return tree


def _deep(name: str) -> SourceError:
    return SourceError(f"is nested more than {_DEPTH_MAX} deep in {name}", _SAVE)


def _kinds(styles: Any) -> dict[str, str]:
    """What the paragraphs of each style are: one of the names that `_STYLES` knows, by the style's id."""
    known = {style.get(f"{_W}styleId"): style for style in styles.iter(f"{_W}style")}

    def value(style: Any, path: str) -> str | None:
        found = style.find(path)
        return None if found is None else found.get(f"{_W}val")

    kinds: dict[str, str] = {}
    for id, style in known.items():
        name = (value(style, f"{_W}name") or "").strip().casefold()
        if name == "title":
            kinds[id] = _TITLE
        elif name in _CAPTION_NAMES:
            kinds[id] = _CAPTION
        elif _CONTENTS_NAMES.fullmatch(name):
            kinds[id] = _CONTENTS
        else:
            seen: set[str | None] = set()
            above, level = id, value(style, f"{_W}pPr/{_W}outlineLvl")
            while level is None and above in known and above not in seen:
                seen.add(above)
                named = regex.fullmatch(r"heading ([1-9])", (value(known[above], f"{_W}name") or "").casefold())
                level = str(int(named.group(1)) - 1) if named else value(known[above], f"{_W}pPr/{_W}outlineLvl")
                above = value(known[above], f"{_W}basedOn") or ""
            if level and level.isdecimal() and int(level) < 9:
                kinds[id] = f"{_HEADING}{min(int(level) + 1, 6)}"
    return kinds


def _unseen(styles: Any) -> frozenset[str]:
    """The ids of the styles whose text is hidden, by themselves or by what they are based on."""
    known = {style.get(f"{_W}styleId"): style for style in styles.iter(f"{_W}style")}
    found = set()
    for id in known:
        seen: set[str] = set()
        above = id
        while above in known and above not in seen:
            seen.add(above)
            switch = known[above].find(f"{_W}rPr/{_W}vanish")
            if switch is not None:
                found.update([id] if _is_on(switch) else [])
                break
            base = known[above].find(f"{_W}basedOn")
            above = "" if base is None else base.get(f"{_W}val") or ""
    return frozenset(found)


def _simpler(tree: Any, name: str, styles: dict[str, str], unseen: frozenset[str]) -> bytes:
    from lxml import etree

    length = 0
    for element in tree.iter():  # minidom, which mammoth reads with, takes quadratic time for long texts
        if element.text:
            element.text = _SPACES.sub(" ", element.text) if element.tag == f"{_W}t" else element.text.strip()
            length += len(element.text)
        element.tail = None
    if length > 2 * limits.TEXT_CHARACTERS_MAX:
        raise too_long()
    if _BODIES.fullmatch(name):
        for run in list(tree.iter(f"{_W}r")):
            properties = run.find(f"{_W}rPr")
            if _vanishes(run, properties, unseen):
                run.getparent().remove(run)
                continue
            if properties is None:
                continue
            raised = properties.find(f"{_W}position")
            if raised is not None and properties.find(f"{_W}vertAlign") is None:  # as LibreOffice writes it
                up = not (raised.get(f"{_W}val") or "").startswith("-")
                etree.SubElement(properties, f"{_W}vertAlign", {f"{_W}val": "superscript" if up else "subscript"})
            for one in list(properties):  # all that mammoth would make tags of, but raised and lowered text
                if one.tag != f"{_W}vertAlign":
                    properties.remove(one)
        for formula in list(tree.iter(f"{_M}oMath")):
            run = etree.Element(f"{_W}r")
            etree.SubElement(run, f"{_W}t").text = "".join(_formula(formula))
            formula.getparent().replace(formula, run)
        for paragraph in tree.iter(f"{_W}p"):
            _name(paragraph, styles)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(f"{_W}val") not in ("0", "false", "off")


def _vanishes(run: Any, properties: Any, unseen: frozenset[str]) -> bool:
    """Whether a run is hidden: by itself, else by its own style, else by its paragraph's."""
    if properties is not None and (switch := properties.find(f"{_W}vanish")) is not None:
        return _is_on(switch)
    own = properties.find(f"{_W}rStyle") if properties is not None else None
    above = next(run.iterancestors(f"{_W}p"), None)
    of = None if above is None else above.find(f"{_W}pPr/{_W}pStyle")
    return any(style is not None and style.get(f"{_W}val") in unseen for style in (own, of))


def _name(paragraph: Any, styles: dict[str, str]) -> None:
    """Name a paragraph's style after what the paragraph is."""
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return
    style = properties.find(f"{_W}pStyle")
    kind = styles.get(style.get(f"{_W}val")) if style is not None else None
    own = properties.find(f"{_W}outlineLvl")
    level = own.get(f"{_W}val") if own is not None else None
    if level and level.isdecimal() and kind not in (_TITLE, _CONTENTS):
        kind = f"{_HEADING}{min(int(level) + 1, 6)}" if int(level) < 9 else None
    if kind is None:
        return
    if style is None:
        style = properties.makeelement(f"{_W}pStyle")
        properties.insert(0, style)
    style.set(f"{_W}val", kind)


def _formula(element: Any) -> Iterator[str]:
    """A formula in one line: powers after ^, indices after _, fractions with a stroke."""
    for child in element:
        if child.tag == f"{_M}t":
            yield child.text or ""
        elif child.tag in (f"{_M}sup", f"{_M}sub", f"{_M}den"):
            yield {"sup": "^", "sub": "_", "den": "/"}[child.tag[len(_M) :]]
            yield from _formula(child)
        else:
            yield from _formula(child)


def _core_title(part: bytes | None) -> str | None:
    """The title among the file's properties, unless a program made it up."""
    if part is None:
        return None
    tree = _xml(part, "docProps/core.xml")
    found = tree.find("{http://purl.org/dc/elements/1.1/}title")
    title = " ".join((found.text or "").split()) if found is not None else ""
    return title if title and len(title) <= 200 and not _UNTITLED.fullmatch(title) else None


def _own_title(tree: Any) -> str | None:
    """The text of the first paragraphs in the style Title, which are taken out of the tree."""
    found = [element for element in tree.iter("h1") if element.get("class") == _TITLE and inline(element)]
    if not found:
        return None
    title = inline(found[0])
    found[0].drop_tree()
    for other in found[1:]:
        other.tag = "p"
    return title


def _is_note(element: Any) -> bool:
    return _NOTE.match(element.get("id") or "") is not None


def _number(note: Any, number: int) -> None:
    """Begin a note with the mark that stands in the text, and drop mammoth's link back there."""
    for link in list(note.iter("a")):
        if (link.get("href") or "").startswith(("#footnote-ref-", "#endnote-ref-")):
            link.drop_tree()
    first = next(note.iter("p"), note)
    first.text = f"[{number}] {(first.text or '').lstrip()}"


def _kind(element: Any) -> Kind | None:
    if element.tag == "li" and _is_note(element):
        return "footnote"
    return "caption" if element.get("class") == _CAPTION else None
