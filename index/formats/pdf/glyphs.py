"""The characters of a PDF's page as arrays: what each is, where it stands on the page as shown, how large, how bold.

Text that runs in another direction than the page's (a landscape table, a stamp in the margin) comes as a side of its
own, turned upright. Forms, annotations and vertical Chinese are left out. Next: `columns`.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# How far a line reaches over and under its baseline, in parts of the type size: capitals and Chinese, tails.
ASCENT, DESCENT = 0.8, 0.22
# A bold font's name. The weight that pdfium guesses from a font's stems makes many a regular one bold.
_BOLD = regex.compile(
    r"bold|black|heavy|demi|cmbx|cmb\d|cmssbx|simhei|(?<!ya)hei(?:ti)?(?:$|[^a-z])|fzht|黑体|[-,]bd\b|-medi\b",
    regex.IGNORECASE,
)
_FORCE_BOLD = 1 << 18
# What pdfium says for a hyphen at a line's end; what takes the place of a character that has no Unicode.
_HYPHEN, UNKNOWN = 0xFFFE, 0xFFFD
# No-break, thin and ideographic spaces are spaces; zero-width marks are nothing.
_SPACES = np.array([0x09, 0x20, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000])
_CONTROLS = np.array([0x09, 0x0A, 0x0D])
_NOTHING = np.array([*range(0x200B, 0x2010), 0x2060, 0xFEFF])
# Text turned by less, in degrees, is upright: pages are scanned a little askew.
ASKEW = 5
# An image that covers this part of the page is the page itself.
_PAGE_SIZE = 0.6
# A rule is lower and wider than this, in points.
_RULE_HIGH, _RULE_WIDE = 3.0, 15.0
# How deep forms within forms are searched for images and rules.
_FORMS_DEEP = 4


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The characters of one page that run in one direction (`angle` degrees clockwise), in the file's order.

    All arrays have one length. `left`, `right` and `base` are points on the page turned so that the text is
    upright; `boxes` is `(n, 4)`: left, top, right, bottom on the page as shown, in points. `spaced`: a space stands
    before. `rules` is `(m, 3)`: left, right and height of each horizontal line drawn.
    """

    page: int
    angle: int
    code: Ints
    left: Floats
    right: Floats
    base: Floats
    size: Floats
    bold: Flags
    spaced: Flags
    boxes: Floats
    rules: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page as shown: its size in points and its sides, the upright one first.

    `unnamed` counts the characters whose Unicode is a guess, about, and `unknown` those that have none. `pictured`:
    something else than text is drawn; `scanned`: its text lies under, or unseen over, an image of the page. `hidden`
    counts the characters that are not painted and left out: without an image of the page, they are of no scan.
    """

    width: float
    height: float
    sides: tuple[Side, ...]
    unnamed: int
    unknown: int
    pictured: bool
    scanned: bool
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class _Shown:
    """From the file's coordinates (upwards, before rotation and crop) to the page as shown."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    def points(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if self.turns == 0:
            return x - self.left, self.top - y
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def boxes(self, raw: Floats) -> Floats:
        """`(n, 4)` left, top, right, bottom as shown, of the same in the file's coordinates."""
        ax, ay = self.points(raw[:, 0], raw[:, 1])
        bx, by = self.points(raw[:, 2], raw[:, 3])
        return np.stack([np.minimum(ax, bx), np.minimum(ay, by), np.maximum(ax, bx), np.maximum(ay, by)], axis=1)


def page_glyphs(page: Any, number: int) -> Page:
    """The glyphs of a pypdfium2 page, `number` 1-based."""
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    shown = _Shown(box.left, box.bottom, box.right, box.top, pdfium.FPDFPage_GetRotation(page))
    width, height = shown.size
    code, raw, styles, style, guess = _characters(pdfium, page)
    rules, pictured, image, over = _drawings(pdfium, page, shown)
    boxes = shown.boxes(raw)
    origin_x, base = shown.points(styles[style, 0], styles[style, 1])
    size, bold, unseen = styles[style, 2], styles[style, 3] > 0, styles[style, 4] > 0
    angle = (np.round(styles[style, 5]).astype(np.int64) + 90 * shown.turns) % 360
    angle[(angle <= ASKEW) | (angle >= 360 - ASKEW)] = 0

    x, y = boxes[:, [0, 2]].mean(axis=1), boxes[:, [1, 3]].mean(axis=1)
    blank = np.isin(code, _SPACES)
    keep = (style > 0) & (code >= 0x20) & ~blank & ~np.isin(code, _NOTHING)
    keep &= (x > 0) & (x < width) & (y > 0) & (y < height) & (size > 0.5) & (boxes[:, 2] - boxes[:, 0] < width)
    kept = keep & ~unseen
    hidden = 0
    if not image and kept.any():  # no scan that it would be the text of
        hidden = int((keep & unseen).sum())
        keep = kept
    printed, guessed = np.cumsum(blank & ~guess), np.cumsum(blank & guess)
    chinese = wide(code)
    sides = []
    for degrees in sorted({0, *angle[keep].tolist()}):
        at = np.flatnonzero(keep & (angle == degrees))
        seen, left, right, line = boxes[at], boxes[at, 0], boxes[at, 2], base[at]
        if degrees:
            turn = np.radians(degrees)
            across, down = (np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))
            corners = seen[:, [[0, 1], [2, 1], [0, 3], [2, 3]]] @ np.array(across)
            left, right = corners.min(axis=1), corners.max(axis=1)
            line = origin_x[at] * down[0] + base[at] * down[1]
        else:
            seen = np.stack([left, line - ASCENT * size[at], right, line + DESCENT * size[at]], axis=1)
        spaced = np.zeros(len(at), dtype=bool)
        # What looks like a space beside Chinese may be the line stretched, or the quarter of an em before Latin.
        near = np.where(chinese[at][1:] & chinese[at][:-1], 0.6, 0.4) * size[at][1:]
        close = (chinese[at][1:] | chinese[at][:-1]) & (left[1:] - right[:-1] < near)
        spaced[1:] = (np.diff(printed[at]) > 0) | ((np.diff(guessed[at]) > 0) & ~close)
        here = rules if not degrees else rules[:0]
        sides.append(Side(number, degrees, code[at], left, right, line, size[at], bold[at], spaced, seen, here))
    scanned = image and (over or (bool(keep.any()) and float(unseen[keep].mean()) > 0.5))
    unknown = code[keep] == UNKNOWN
    unnamed = unknown | (styles[style, 6] > 0)[keep]
    return Page(width, height, tuple(sides), int(unnamed.sum()), int(unknown.sum()), pictured, scanned, hidden)


def wide(code: Ints) -> Flags:
    """Which characters are Chinese or its punctuation."""
    wide: Flags = ((code >= 0x2E80) & (code <= 0x9FFF)) | ((code >= 0xF900) & (code <= 0xFAFF))
    return wide | ((code >= 0xFF00) & (code <= 0xFFEF)) | (code >= 0x20000)


def _characters(pdfium: Any, page: Any) -> tuple[Ints, Floats, Floats, Ints, Flags]:
    """Code, box `(n, 4)` in the file's coordinates, a table of styles, each character's row in it, which are guesses.

    A style is `(x, y, size, bold, unseen, angle, unnamed)`, x and y on the baseline of its first character, which tells
    whether all are unnamed; row 0 is that of characters of no text object. A guess is a space that
    pdfium adds where it sees a gap.
    """
    text = pdfium.FPDFText_LoadPage(page)
    try:
        count = max(0, pdfium.FPDFText_CountChars(text))
        code = _codes(pdfium, text, count)
        guess = np.zeros(count, dtype=bool)
        for i in np.flatnonzero(np.isin(code, _SPACES)).tolist():
            guess[i] = pdfium.FPDFText_IsGenerated(text, i) == 1
        # Called some thousand times a page: addresses as plain numbers cost half as much.
        handle = ctypes.cast(text, ctypes.c_void_p).value
        object_of = _quick(pdfium.FPDFText_GetTextObject, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
        box_of = _quick(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        loose = np.zeros((count, 4), dtype=np.float32)
        address = loose.ctypes.data
        style = np.zeros(count, dtype=np.int64)
        styles: list[tuple[float, ...]] = [(0.0,) * 7]
        bold: dict[int, bool] = {}
        last, turned = None, False
        tight: list[tuple[int, tuple[float, ...]]] = []
        for i in range(count):
            found = object_of(handle, i)
            if found is None:
                continue
            box_of(handle, i, address + 16 * i)
            if found != last or turned:
                last = found
                row, turned = _style(pdfium, text, i, bold)
                styles.append(row)
                if turned:
                    tight.append((i, _tight(pdfium, text, i)))
            style[i] = len(styles) - 1
    finally:
        pdfium.FPDFText_ClosePage(text)
    raw = loose.astype(np.float64)
    for i, sides in tight:
        raw[i] = sides
    _share(raw, style)
    return code, raw, np.array(styles), style, guess


def _quick(function: Any, *types: Any) -> Any:
    """A function of pdfium's that takes and gives plain numbers."""
    return ctypes.CFUNCTYPE(*types)(ctypes.cast(function, ctypes.c_void_p).value or 0)


def _codes(pdfium: Any, text: Any, count: int) -> Ints:
    """The code point of each character, `UNKNOWN` where the font says none."""
    units = np.zeros(count + 1, dtype=np.uint16)
    target = units.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort))
    if pdfium.FPDFText_GetText(text, 0, count, target) == count + 1:
        code = units[:count].astype(np.int64)
    else:  # some have none and are missing there
        code = np.array([pdfium.FPDFText_GetUnicode(text, i) for i in range(count)], dtype=np.int64)
    two = [i for i in np.flatnonzero(code == 2).tolist() if pdfium.FPDFText_IsHyphen(text, i) == 1]
    code[two] = code[code == _HYPHEN] = ord("-")
    # A control character is a glyph's number that stands for none.
    code[((code < 0x20) | ((code >= 0x7F) & (code < 0xA0))) & ~np.isin(code, _CONTROLS)] = UNKNOWN
    high = np.flatnonzero((code[:-1] >> 10 == 0x36) & (code[1:] >> 10 == 0x37))
    code[high] = 0x10000 + ((code[high] & 0x3FF) << 10) + (code[high + 1] & 0x3FF)
    code[high + 1] = 0x200B
    code[(code == 0) | (code >> 11 == 0x1B) | (code == 0xFFFF) | (code > 0x10FFFF)] = UNKNOWN
    return code


def _style(pdfium: Any, text: Any, i: int, bold: dict[int, bool]) -> tuple[tuple[float, ...], bool]:
    """The style that begins with character `i`, and whether it does not run straight to the right in the file."""
    shown = pdfium.FPDFText_GetTextObject(text, i)
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, i, matrix)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, i, x, y)
    size = pdfium.FPDFText_GetFontSize(text, i) * float(np.hypot(matrix.c, matrix.d))
    mode = pdfium.FPDFTextObj_GetTextRenderMode(shown)
    font = pdfium.FPDFTextObj_GetFont(shown)
    key = ctypes.cast(font, ctypes.c_void_p).value or 0
    if key not in bold:
        name = ctypes.create_string_buffer(256)
        pdfium.FPDFFont_GetBaseFontName(font, name, 256)
        forced = bool(max(0, pdfium.FPDFFont_GetFlags(font)) & _FORCE_BOLD)
        bold[key] = forced or bool(_BOLD.search(name.value.decode("utf-8", "replace")))
    # Drawn with an outline in its own colour, regular type is bold.
    heavy = bold[key] or mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE
    unseen = mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    angle = -float(np.degrees(np.arctan2(matrix.b, matrix.a)))
    unnamed = pdfium.FPDFText_HasUnicodeMapError(text, i) == 1
    row = (x.value, y.value, size if np.isfinite(size) else 0.0, float(heavy), float(unseen), angle, float(unnamed))
    return row, matrix.a <= 0 or abs(matrix.b) > 0.01 * matrix.a


def _tight(pdfium: Any, text: Any, i: int) -> tuple[float, ...]:
    """The box of a turned character, whose loose one is empty."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, i, left, right, bottom, top)
    return left.value, top.value, right.value, bottom.value


def _share(boxes: Floats, style: Ints) -> None:
    """Give each letter of a ligature, which all have its box, a part of it."""
    same = (boxes[1:] == boxes[:-1]).all(axis=1) & (style[1:] == style[:-1]) & (style[1:] > 0)
    i = 0
    for at in np.flatnonzero(same).tolist():
        if at < i:
            continue
        end = at + 1
        while end < len(same) and same[end]:
            end += 1
        edges = np.linspace(boxes[at, 0], boxes[at, 2], end - at + 2)
        boxes[at : end + 1, 0], boxes[at : end + 1, 2] = edges[:-1], edges[1:]
        i = end + 1


def _drawings(pdfium: Any, page: Any, shown: _Shown) -> tuple[Floats, bool, bool, bool]:
    """The page's rules; whether anything but text is drawn, an image of page size, and that one over the text."""
    rules: list[tuple[float, float, float]] = []
    area = shown.size[0] * shown.size[1]
    pictured = image = over = False
    bounds = [ctypes.c_float() for _ in range(4)]

    def visit(thing: Any, matrix: Floats, deep: int) -> None:
        nonlocal pictured, image, over
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            over = False
        elif kind == pdfium.FPDF_PAGEOBJ_FORM:
            own = pdfium.FS_MATRIX()
            if deep == _FORMS_DEEP or not pdfium.FPDFPageObj_GetMatrix(thing, own):
                return
            inner = np.array([[own.a, own.b, 0], [own.c, own.d, 0], [own.e, own.f, 1]]) @ matrix
            for i in range(pdfium.FPDFFormObj_CountObjects(thing)):
                visit(pdfium.FPDFFormObj_GetObject(thing, i), inner, deep + 1)
        else:
            pictured = True
            if not pdfium.FPDFPageObj_GetBounds(thing, *bounds):
                return
            left, bottom, right, top = (bound.value for bound in bounds)
            if kind != pdfium.FPDF_PAGEOBJ_IMAGE and min(right - left, top - bottom) > _RULE_HIGH and not deep:
                return
            corners = np.array([[left, bottom, 1], [right, top, 1]]) @ matrix
            x, y = shown.points(corners[:, 0], corners[:, 1])
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                if abs(x[1] - x[0]) * abs(y[1] - y[0]) >= _PAGE_SIZE * area:
                    image = over = True
            elif abs(y[1] - y[0]) <= _RULE_HIGH and abs(x[1] - x[0]) >= _RULE_WIDE:
                rules.append((float(x.min()), float(x.max()), float(y.mean())))

    for i in range(pdfium.FPDFPage_CountObjects(page)):
        visit(pdfium.FPDFPage_GetObject(page, i), np.eye(3), 0)
    return np.array(sorted(rules), dtype=np.float64).reshape(-1, 3), pictured, image, over
