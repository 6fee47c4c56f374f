"""Every constant of evaluation, once, each with its reason."""

from __future__ import annotations

# A run is worse when it is worse by the paired test at this family-wise error rate (see `significance`)...
ALPHA = 0.05
# ...and by at least this much in the mean, in shares or natural logarithms of ranks: what nobody could
# notice stops nobody.
EFFECT_MIN = 0.01
# Sign flips drawn; the least p is one over one more.
RESAMPLES = 9_999
# The seed of everything drawn at random in a comparison, so that it says the same twice.
SEED = 20_251

# The rank that a question counts with where a stage ranked nothing for it: behind every sentence of a book.
UNRANKED = 10_000

# How deep each stage's ranking is kept in a run: as deep as RR@10 and nDCG@10 look.
DEPTH = 10

# Share of wrong answers among those given at which coverage is reported.
RISK = 0.1
# Bins of the reliability diagram and of the expected calibration error (Guo et al. 2017 take 10 to 20).
BINS = 10

# Two questions say the same when their character trigrams overlap this much (Jaccard), or when the
# encoder puts them this near (cosine, each language's mean taken off); across languages it puts them
# further apart. Chosen by reading the pairs of the review's set in order: those that share a subject and
# ask for different facts reach 0.76 and 0.54. Of ten paraphrases and eight translations of questions
# of the set, made to try this, it finds seven and five.
DUPLICATE_TRIGRAMS = 0.5
DUPLICATE_COSINE = 0.78
DUPLICATE_COSINE_ACROSS = 0.58
