"""Every constant of answering, once, each with its reason or the measurement that chose it.

Figures of the tuning half are of the set as it was then, of 168 questions; `yinzheng-eval report` has the
ablation of today.
"""

from __future__ import annotations

# Longer than any question; what is longer is a pasted document.
QUESTION_CHARACTERS_MAX = 2_000

# Fusion: z-scores of each leg, added by weight. Measured on the tuning half (the best sentence answers,
# zh / en): lexical 0.52 / 0.36, sentence vectors 0.65 / 0.40, latent 0.70 / 0.52, reciprocal rank fusion
# of the three 0.74 / 0.60, this 0.74 / 0.64. Weights half or twice as great differ by less than noise.
WEIGHTS = {"dense": 1.0, "latent": 1.0, "dense_paragraph": 0.5, "lexical": 0.5, "lexical_paragraph": 0.3}

# In how many of the best sentences codes and wanted spans are looked for; five was worse.
EVIDENCE_TOP = 3

# Confidence: logistic regression on the tuning half, from `python -m eval.calibrate`.
CONFIDENCE_BIAS = -0.95
CONFIDENCE = {
    "latent": 6.44,
    "topic": 2.49,
    "name_missing": -2.09,
    "type_missing": -3.00,
}
# What counts as the latent cosine where an encoder has no features: the mean on the tuning half.
LATENT_NEUTRAL = 0.3
# Below this the source is said not to answer. Tuning half, leave one out: 0.04 of the answerable and
# 0.43 of the near misses are under 0.45, and nothing changes up to 0.55; 0.08 and 0.43 under 0.6.
CONFIDENCE_MIN = 0.45
# The least confidence where the best sentence holds every word of the question, as for a bare "IL-37".
WHOLLY_HELD = 0.6
# The confidence of a question off the subject: no answerable one of the tuning half was among them.
OFF_TOPIC = 0.02
# The library does not speak of the subject at all when both greatest cosines, less this much for a
# question of unknown words only, sum up to less. Tuning half: off-topic questions reach 0.176, answerable
# ones begin at 0.185; without the unknown words the two overlap.
UNKNOWN_COST = 0.05
TOPIC_MIN = 0.18

# Quotes. A further one is shown while its score is within this of the first, in standard deviations
# of the fused scores; more for questions of several parts. Tuning half: this shows 2.1 quotes an answer
# and has the right one among them for 0.87 zh / 0.72 en; half of it 1.6 quotes and 0.78 / 0.68.
FURTHER = 2.0
FURTHER_SEVERAL = 3.0
QUOTES_TOP = 3
# At most this many display characters in a quote of several sentences.
QUOTE_CHARACTERS_ZH = 300
QUOTE_CHARACTERS_EN = 450
# Words for a confidence: high from here, medium from here, low below.
CONFIDENCE_HIGH = 0.8
CONFIDENCE_MEDIUM = 0.6
# How many nearest passages a refusal on the subject shows.
NEAREST = 3

# Where the chat page is served.
HOST = "127.0.0.1"
PORT = 7860
