"""Good bytes made bad: bits turned over, parts cut out, put in, said twice, mixed with another file's."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import strategies as st

_ODD = [
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"%",
    b"-1",
    b"1e999",
]


def damaged(data: bytes, rng: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """The bytes with one slip or a few."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        size = len(out)
        a = rng.randrange(size + 1)
        b = min(size, a + rng.choice([1, 2, 4, 16, 200, size]))
        match rng.randrange(7):
            case 0 if size:
                out[rng.randrange(size)] ^= 1 << rng.randrange(8)
            case 1:
                del out[a:]
            case 2:
                del out[a:b]
            case 3:
                out[a:a] = out[a:b][:20_000]
            case 4:
                out[a:b] = rng.choice(_ODD)
            case 5 if others:
                other = rng.choice(list(others))
                start = rng.randrange(len(other) + 1)
                out[a:b] = other[start : start + rng.choice([8, 100, 4000])]
            case _:
                out[a : a + 4] = rng.randbytes(min(4, size - a))
    return bytes(out[:400_000])


def strategy(samples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Damaged samples, each from a number, so that they can be made again."""
    return st.tuples(st.sampled_from(list(samples)), st.integers(0, 2**32)).map(
        lambda pair: damaged(pair[0], random.Random(pair[1]), samples)
    )
