"""Every constant of answering, once, each with its reason or the measurement that chose it."""

from __future__ import annotations

# Longer than any question; what is longer is a pasted document.
QUESTION_CHARACTERS_MAX = 2_000

# Fusion: z-scores of each leg, weighted. Measured on the tuning half of the question set (first quote
# answers, zh / en): lexical alone 0.61 / 0.36, sentence vectors alone 0.61 / 0.44, reciprocal rank
# fusion of both 0.57 / 0.44, this 0.74 / 0.56. Nearby weights differ by less than noise.
WEIGHTS = {"dense": 1.0, "dense_paragraph": 0.5, "lexical": 0.5, "lexical_paragraph": 0.3}

# How many of the best sentences are weighed as evidence. Five or all were worse on the tuning half.
EVIDENCE_TOP = 3

# Confidence: logistic regression on the tuning half, from `python -m eval.calibrate`.
CONFIDENCE_BIAS = -0.2
CONFIDENCE = {
    "cosine": 5.0,
    "topic": 11.0,
    "unknown": -0.9,
    "code_missing": -1.7,
    "type_missing": -1.9,
}
# Below this the source is said not to answer.
CONFIDENCE_MIN = 0.42
# Below this greatest cosine of a paragraph the library does not speak of the subject at all.
TOPIC_MIN = 0.08

# Quotes. A further one is shown while its score is within this of the first, in standard deviations
# of the fused scores; more for questions of several parts.
FURTHER = 1.0
FURTHER_SEVERAL = 2.0
QUOTES_TOP = 3
# At most this many display characters in a quote of several sentences.
QUOTE_CHARACTERS_ZH = 300
QUOTE_CHARACTERS_EN = 450
# How many nearest passages a refusal on the subject shows.
NEAREST = 3
