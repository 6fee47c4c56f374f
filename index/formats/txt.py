"""Plain text: which encoding its bytes are in, and the text they give.

Byte-order marks and UTF-8 prove themselves. Among GB18030, Big5, UTF-16 without a mark and Windows-1252 the likeliest
text wins: Chinese by jieba's words, everything else by what kind of character it is. What is none of these is left to
charset-normalizer. Structure is read later, from the lines.
"""

from __future__ import annotations

import codecs

import regex

from index.errors import SourceError
from index.formats import limits
from index.formats.extract import Extract
from index.text import words

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    ("\ufeff".encode("gb18030"), "gb18030"),
)
# Those with NUL bytes, and those without; cp950 is Big5 as Windows writes it, the next one as Hong Kong does.
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_NARROW = ("gb18030", "cp950", "big5hkscs", "cp1252")
# Bytes that are weighed: some thousand characters decide, and weighing takes 10 µs for each.
_SAMPLE = 4096
# Text costs at most so many nats for each of its characters beyond ASCII, and for one rare character more: Chinese has
# 5 to 8, in the wrong encoding 11 and more.
_COST_MAX, _RARE = 9.5, 10.0
# Wrong bytes in UTF-8, for each right character beyond ASCII, at which it is still called UTF-8 (and refused).
_BROKEN_MAX = 0.1
# Control characters in text: the line's end, the page's end, tabs, backspaces and escapes of old printouts, Ctrl-Z.
_CONTROL = regex.compile(r"[\x00-\x07\x0e-\x19\x1c-\x1f\x7f]")
# Other control characters, for each character, at which bytes are no text; a stray one is a slip.
_CONTROLS_MAX = 0.01
# Nats for a character by what it is; the first that matches counts. Chinese is weighed by jieba's words instead.
_COSTS = (
    (3.0, r"[\t\n\r\f\x20-\x7e]"),
    (4.5, r"[\u3000-\u3002\u3008-\u3011\uff01-\uff5e]"),
    (5.0, r"(?<=[A-Za-z])[\u00c0-\u00ff](?![\u0080-\uffff])|(?<![\u0080-\uffff])[\u00c0-\u00ff](?=[A-Za-z])"),
    (6.0, r"[\u2010-\u2026\u20ac]|(?<![\u0080-\uffff])[\u00a0-\u00bf](?![\u0080-\uffff])"),
    (10.0, r"[\u00a0-\u052f\u2000-\u2bff\u3003-\u303f]"),
    (12.0, r"\p{L}|\p{N}|\p{P}|\p{S}|\p{M}|\p{Zs}"),
    (20.0, r"."),
)
_PIECE = regex.compile(r"[\u4e00-\u9fff]+|" + "|".join(f"({pattern})" for _, pattern in _COSTS), regex.DOTALL)


def read(data: bytes) -> Extract:
    """The text as it stands in the file, without blocks; the rules against slips of OCR apply to it.

    SourceError for what `decode` refuses and for a text beyond `limits.TEXT_CHARACTERS_MAX`.
    """
    text, encoding = decode(data)
    if len(text) > limits.TEXT_CHARACTERS_MAX:
        raise SourceError(
            f"has {len(text) / 1e6:.1f} million characters, at most {limits.TEXT_CHARACTERS_MAX / 1e6:.0f} are read",
            "split it into several files",
        )
    return Extract("txt", text, encoding=encoding, scanned=True)


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding as Python knows it; a byte-order mark is dropped, line ends stay.

    SourceError where there is nothing but white space, where the bytes are no text or where they
    are not whole.
    """
    if not data.strip():
        raise SourceError("is empty", "put the document there")
    text, encoding = _decoded(data)
    return checked(text), encoding


def checked(text: str) -> str:
    """The text itself; SourceError where it is blank or full of control characters."""
    if not text.strip():
        raise SourceError("is empty", "put the document there")
    controls = len(_CONTROL.findall(text))
    if "\0" in text or controls > len(text) * _CONTROLS_MAX:
        raise SourceError("is not text (it holds control characters)", "save it as UTF-8 text")
    return text


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _broken(data, len(mark) + error.start, encoding) from None
    if b"\0" not in data:
        try:
            return data.decode(), "utf-8"
        except UnicodeDecodeError as error:
            rough = data.decode(errors="replace")
            wrong, right = rough.count("\ufffd"), sum(char > "\x7f" for char in rough)
            if wrong < (right - wrong) * _BROKEN_MAX:
                raise _broken(data, error.start, "utf-8") from None
    return _likeliest(data)


def _likeliest(data: bytes) -> tuple[str, str]:
    """What is no UTF-8, in the encoding in which it makes the best text."""
    binary = b"\0" in data
    candidates = _WIDE if binary else _NARROW + _WIDE[:2] * (len(data) <= _SAMPLE)
    sample = _sample(data, lines=not binary)
    weighed: list[tuple[float, int, str]] = []
    for place, encoding in enumerate(candidates):
        if encoding == "big5hkscs" and any(known == "cp950" for _, _, known in weighed):
            continue  # the same characters, but for some signs that Windows has the other way
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        weighed.append((_cost(sample.decode(encoding, "ignore")), place, encoding))
    if weighed:
        _, _, encoding = min(weighed)
        if is_likely(sample.decode(encoding, "ignore")):
            return data.decode(encoding), encoding
    if binary:
        raise SourceError("is not text (it holds NUL bytes)", "save it as UTF-8 text")
    for encoding in _NARROW[:2]:
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            rough = data.decode(encoding, "replace")
            if rough.count("\ufffd") < len(rough) * 0.01 and is_likely(sample.decode(encoding, "ignore")):
                raise _broken(data, error.start, encoding) from None
    return _other(data)


def _other(data: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    found = from_bytes(data).best()
    if found is None:
        raise SourceError("is not text in any encoding we know", "save it as UTF-8 text")
    return data.decode(found.encoding), found.encoding


def _broken(data: bytes, at: int, encoding: str) -> SourceError:
    return SourceError(
        f"is {encoding.upper()} but for byte {at} (0x{data[at]:02x})", "mend it there, or save it anew as UTF-8 text"
    )


def _sample(data: bytes, *, lines: bool) -> bytes:
    """Some thousand bytes: the first ones, or the first lines that are not ASCII."""
    if len(data) <= _SAMPLE or not lines:
        return data[:_SAMPLE]
    found = bytearray()
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            found += line[:_SAMPLE]
            if len(found) >= _SAMPLE:
                break
    return bytes(found)


def is_likely(text: str) -> bool:
    """Whether what is not ASCII in a text looks like words and not like bytes read in a wrong encoding."""
    beyond = sum(char > "\x7f" for char in text)
    plain = len(text) - beyond
    return _cost(text) - 3.0 * plain <= _COST_MAX * beyond + _RARE


def _cost(text: str) -> float:
    """How unlikely a text is, in nats (the negative logarithm of its probability); lower is better."""
    total = 0.0
    for piece in _PIECE.finditer(text):
        kind = piece.lastindex
        total += _COSTS[kind - 1][0] if kind else -words.likelihood(piece.group())
    return total
