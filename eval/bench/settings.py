"""Every constant of the benchmarks, once, each with its reason."""

from __future__ import annotations

# A set whose contexts are longer than this on the median is one of whole papers, and each is cut into its
# paragraphs. COVID-QA's median is near 20,000; the paragraphs of SQuAD, XQuAD, MLQA, CMRC 2018 and DRCD stay
# under 1,200, and DuReader's web pages under 2,000.
PAPER_CHARACTERS = 5_000

# Two sets ask the same questions when at least this share of the smaller one's ids is in the other: MLQA's
# languages share a part of theirs, XQuAD's all.
SHARED_IDS = 0.5

# The judgements of a BEIR folder may name documents that its corpus lacks, up to this share; more, and the
# corpus is not theirs.
UNKNOWN_JUDGED = 0.5

# How many questions of a pair are timed: with the encoder itself, since a remembered vector takes no time.
TIMED = 30

# Texts encoded between two writings of the memory: an interruption loses at most so many, some 40 seconds.
REMEMBERED_AT_ONCE = 512

# The standard normal's 97.5th percentile, for 95% intervals.
Z_95 = 1.959964
