"""Where words stand on the page: boxes on turned and cropped pages, and images of them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import papers
import pytest
import regex
from extracts import assert_sound
from papers import line

from index.errors import SourceError
from index.formats.pdf import page_image, read


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_are_on_the_page_as_shown(turn: int) -> None:
    """A turned and cropped page: the ink of a word is in its box, and nowhere else."""
    wide, high, base = (300, 400, 180) if turn % 180 == 0 else (400, 300, 180)
    matrix = {0: "1 0 0 1 150 250", 90: "0 1 -1 0 250 150", 180: "-1 0 0 -1 250 250", 270: "0 -1 1 0 250 350"}[turn]
    content = f"q {matrix} cm BT /F2 20 Tf 0 0 Td (Remission) Tj ET Q"
    data = papers.raw_pdf([(f"/MediaBox [0 0 420 520] /CropBox [60 70 360 470] /Rotate {turn}", content)])
    extract = read(data)
    assert extract.text == "Remission"
    assert extract.places is not None
    assert extract.places.sizes.tolist() == [[wide * 10, high * 10]]
    (box,) = extract.places.boxes(0, 9)
    assert base
    dark = np.argwhere(ink(page_image(data, 1, 2.0)))
    top, left = dark.min(axis=0) / 2
    bottom, right = dark.max(axis=0) / 2
    assert box.left - 1 <= left < right <= box.right + 1
    assert box.top - 1 <= top < bottom <= box.bottom + 1
    assert right - left > 0.9 * (box.right - box.left)
    assert bottom - top > 0.5 * (box.bottom - box.top)


def ink(image: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(BytesIO(image)).convert("L")) < 128


def test_boxes_lie_on_the_words(tmp_path: Path) -> None:
    """Words are coloured, and only the boxes of those words have that colour."""
    from PIL import Image

    words = " ".join(f"#text(fill: red)[target{n}] and {sentence}" for n, sentence in enumerate(papers.english(1, 30)))
    data = papers.typst_pdf(f"{papers.page(2)}\n{words}")
    extract = read(data)
    assert extract.places is not None
    pixels = np.asarray(Image.open(BytesIO(page_image(data, 1, 3.0))).convert("RGB")).astype(int)
    red = (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 100)
    covered = np.zeros_like(red)
    for match in regex.finditer(r"tar-?\n?get\d+", extract.text):
        for box in extract.places.boxes(match.start(), match.end()):
            area = np.s_[int(box.top * 3) - 1 : int(box.bottom * 3) + 2, int(box.left * 3) - 2 : int(box.right * 3) + 2]
            assert red[area].mean() > 0.04
            covered[area] = True
    assert covered.any()
    assert not (red & ~covered).any()


def test_turned_text_is_read_after_the_page() -> None:
    """A stamp in the margin comes after the page's own text, and each of its characters has a box of its own."""
    body = "".join(line(80, 500 - 14 * i, f"Line {i} of the text that goes on") for i in range(8))
    stamp = "q 0 1 -1 0 40 200 cm BT /F1 12 Tf 0 0 Td (arXiv 1234) Tj ET Q"
    extract = read(papers.raw_pdf([("", stamp + "\n" + body)]))
    assert_sound(extract)
    assert extract.text.endswith("arXiv 1234")
    assert extract.places is not None
    boxes = extract.places.boxes(len(extract.text) - 10, len(extract.text))
    assert len(boxes) == 9
    assert all(25 < box.left < box.right < 45 for box in boxes)
    assert [box.top for box in boxes] == sorted((box.top for box in boxes), reverse=True)


def test_images_of_pages_are_bounded() -> None:
    from PIL import Image

    from index.formats.pdf.draw import PIXELS_MAX

    data = papers.raw_pdf([("/MediaBox [0 0 14400 14400]", line(50, 500, "A poster"))])
    width, height = Image.open(BytesIO(page_image(data, 1, 8.0))).size
    assert 0.9 * PIXELS_MAX < width * height <= 1.01 * PIXELS_MAX
    for wrong in (0, 2):
        with pytest.raises(SourceError, match="has no page"):
            page_image(data, wrong, 1.0)
    with pytest.raises(SourceError):
        page_image(b"nothing", 1, 1.0)
