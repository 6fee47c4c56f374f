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

# `bench speed`. Questions asked of each system, and how many of them a slow one is asked within these seconds, but at
# least so many: rank_bm25 takes half a second for each over 100,000 chunks.
QUESTIONS = 200
ASKING_SECONDS = 30.0
ASKED_MIN = 10
# Questions of which every score is held against the formula, and how far one may be off: all is reckoned in float64,
# and shown to 1e-6.
CHECKED = 10
SCORES_WITHIN = 1e-6
# The least share of the ten nearest rows that a dense system must find.
RECALL_MIN = 0.99
# Seconds after which a system is given up, building or asking: the slowest that comes to an end takes 80 to build.
CONTESTANT_SECONDS = 1800
# Questions put to whole pipelines, which encode each: half of the 95% interval of R@1 is then 4 points.
PIPELINE_QUESTIONS = 200

# `bench scale`. Questions that are asked after opening, enough to have met what stays in memory, and the seconds after
# which a stage is given up: the merging of a million takes 800.
SCALE_QUESTIONS = 20
STAGE_SECONDS = 3_600
