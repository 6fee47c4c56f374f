"""PDF files made by real producers for the tests of the reader: typst, LibreOffice, Chromium, Pillow.

Texts are sentences made of counted words, so that order and loss can be told exactly.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

_WORDS = (
    "patients immunosuppressive therapy remission the of with circulating autoantibodies and kidney efficient "
    "flow treatment cytokine response lymphocytes randomized infusion in disease activity significantly"
).split()
_HAN = (
    "系统性红斑狼疮患者接受间充质干细胞治疗后病情缓解其机制包括调节淋巴细胞的分化与增殖抑制炎症因子释放并促进组织修复"
)


def english(first: int, count: int) -> list[str]:
    """So many English sentences, each with its number and words of its own."""
    return [
        f"Sentence {n} says that {' '.join(_WORDS[(n * 7 + k * (n % 5 + 3)) % len(_WORDS)] for k in range(9 + n % 8))}."
        for n in range(first, first + count)
    ]


def chinese(first: int, count: int) -> list[str]:
    """So many Chinese sentences, each with its number."""
    return [
        f"第{n}句说明{''.join(_HAN[(n * 11 + k) % len(_HAN)] for k in range(18 + n % 17))}。"
        for n in range(first, first + count)
    ]


def paragraphs(sentences: list[str], size: int = 4) -> str:
    """Paragraphs of so many sentences, parted by blank lines; Chinese ones without spaces."""
    gap = "" if sentences and sentences[0].startswith("第") else " "
    return "\n\n".join(gap.join(sentences[i : i + size]) for i in range(0, len(sentences), size))


@cache
def typst_pdf(source: str) -> bytes:
    """The source, typeset."""
    import typst

    made = typst.compile(source.encode(), ignore_system_fonts=False)
    assert isinstance(made, bytes)
    return made


def page(columns: int = 2, *, zh: bool = False, head: str = "", size: float = 9.5, numbers: bool = True) -> str:
    """The head of a typst source: a journal's page."""
    font = '("Libertinus Serif", "Noto Serif CJK SC")' if not zh else '("Noto Serif CJK SC",)'
    lang = "zh" if zh else "en"
    header = f"header: [{head} #h(1fr) 2024, 12(3)]," if head else ""
    numbering = 'numbering: "1",' if numbers else ""
    return f"""
#set page(paper: "a4", margin: 2cm, columns: {columns}, {numbering} {header})
#set text(font: {font}, size: {size}pt, lang: "{lang}", hyphenate: true)
#set par(justify: true, first-line-indent: (amount: {"2em" if zh else "1em"}, all: true))
#show heading.where(level: 1): set text(size: {size * 1.3}pt)
#show heading.where(level: 2): set text(size: {size * 1.12}pt)
"""


def soffice_pdf(source: Path) -> bytes:
    """What LibreOffice prints a document as; the test is skipped where it is missing."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is missing: apt-get install libreoffice-writer-nogui")
    profile = f"-env:UserInstallation=file://{source.parent}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(source.parent), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return source.with_suffix(".pdf").read_bytes()


def chromium_pdf(source: Path) -> bytes:
    """What Chromium prints a page as; the test is skipped where it is missing."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("Chromium is missing: apt-get install chromium")
    target = source.with_suffix(".pdf")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={source.parent}/profile"]
    command = [found, *flags, "--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target.read_bytes()


def image_pdf(count: int) -> bytes:
    """A scan: so many pages of one image each."""
    from PIL import Image, ImageDraw

    sheets = []
    for number in range(1, count + 1):
        sheet = Image.new("L", (620, 877), 255)
        ImageDraw.Draw(sheet).text((80, 80), f"page {number} of a scan", fill=0)
        sheets.append(sheet)
    buffer = BytesIO()
    sheets[0].save(buffer, "PDF", save_all=True, append_images=sheets[1:])
    return buffer.getvalue()


def raw_pdf(pages: Iterable[tuple[str, str]], *, extra: str = "") -> bytes:
    """A PDF written by hand: for each page what its dictionary says beside the usual, and its content.

    Fonts are /F1 (Helvetica) and /F2 (Helvetica-Bold); /Im is an image of one pixel.
    """
    objects = [
        "",  # the catalogue, once the pages are known
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        "/Length 1 >>\nstream\n\x80\nendstream",
    ]
    kids = []
    for entries, content in pages:
        objects.append(f"<< /Length {len(content.encode('latin-1'))} >>\nstream\n{content}\nendstream")
        media = "" if "/MediaBox" in entries else "/MediaBox [0 0 400 600]"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R {media} {entries} /Contents {len(objects)} 0 R /Resources "
            "<< /Font << /F1 3 0 R /F2 4 0 R >> /XObject << /Im 5 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {extra} >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body, offsets = b"%PDF-1.5\n", []
    for number, value in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{value}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + tail.encode("latin-1")


def locked(password: bytes) -> bytes:
    """A page that asks for a password, by the standard's own 40-bit way."""
    import hashlib

    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")

    def rc4(key: bytes, data: bytes) -> bytes:
        state, j, out = list(range(256)), 0, bytearray()
        for i in range(256):
            j = (j + state[i] + key[i % len(key)]) % 256
            state[i], state[j] = state[j], state[i]
        i = j = 0
        for byte in data:
            i = (i + 1) % 256
            j = (j + state[i]) % 256
            state[i], state[j] = state[j], state[i]
            out.append(byte ^ state[(state[i] + state[j]) % 256])
        return bytes(out)

    padded = (password + pad)[:32]
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    identity = b"0123456789abcdef"
    key = hashlib.md5(padded + owner + (-4).to_bytes(4, "little", signed=True) + identity).digest()[:5]
    user = rc4(key, pad)
    # The content is object 6.
    content = b"BT /F1 12 Tf 50 500 Td (Open to all) Tj ET"
    secret = rc4(hashlib.md5(key + (6).to_bytes(3, "little") + bytes(2)).digest()[:10], content)
    plain = raw_pdf([("", secret.decode("latin-1"))])
    lock = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{owner.hex()}> /U <{user.hex()}> >> "
        f"/ID [<{identity.hex()}> <{identity.hex()}>] /Root"
    )
    return plain.replace(b"/Root", lock.encode(), 1)


def line(x: float, y: float, text: str, font: str = "/F1 11") -> str:
    """A line of text at a point of a page of `raw_pdf`."""
    return f"BT {font} Tf {x} {y} Td ({text}) Tj ET\n"
