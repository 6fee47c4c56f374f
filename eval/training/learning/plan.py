"""How long and how fast to learn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pass:
    """Steps, each a batch, and the rate, which rises in a warm-up and falls linearly to 0.

    `switched` are the shares of Chinese and of English questions that are put half in the other language's
    words.
    """

    ranking_steps: int
    further_steps: int
    rate: float
    head_rate: float
    switched: tuple[float, float]

    @property
    def steps(self) -> int:
        """All of them."""
        return self.ranking_steps + self.further_steps


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn."""

    seed: int = 20_261_122
    # the first learned its tasks and had not converged; the second is for reading, and across languages
    passes: tuple[Pass, ...] = (
        Pass(350, 2_400, 7e-5, 3e-4, (0.12, 0.0)),
        Pass(0, 2_200, 5e-5, 2e-4, (0.35, 0.35)),
    )
    # among the further steps every so many one of ranking
    ranking_every: int = 6
    reading_batch: int = 16
    warm_up: float = 0.05
    decay: float = 0.01
    clip: float = 1.0
    # how much the span's loss weighs beside the sentence's
    span_weight: float = 0.5
    near: int = 6
    checkpoint_every: int = 100
