"""Every constant of evaluation, once, each with its reason."""

from __future__ import annotations

# A run is worse when it is worse by the paired test at this family-wise error rate (see `significance`)...
ALPHA = 0.05
# ...and by at least this much in the mean: what nobody could notice stops nobody.
EFFECT_MIN = 0.01
# Sign flips drawn where there are too many to try all of them; the least p is one over this.
RESAMPLES = 9_999
# The seed of everything drawn at random in a comparison, so that it says the same twice.
SEED = 20_251

# How deep each stage's ranking is kept in a run: as deep as RR@10 and nDCG@10 look.
DEPTH = 10

# Share of wrong answers among those given at which coverage is reported.
RISK = 0.1
# Bins of the reliability diagram and of the expected calibration error (Guo et al. 2017 take 10 to 20).
BINS = 10

# Two questions say the same when their character trigrams overlap this much (Jaccard), or when the
# encoder puts them this near (cosine, each language's mean taken off). Chosen by reading the pairs of the
# review's set in order: from here on they ask for the same thing in the same words.
DUPLICATE_TRIGRAMS = 0.6
DUPLICATE_COSINE = 0.88
