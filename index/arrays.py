"""Arrays as the bytes of npy files, without pickles."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_bytes(array: NDArray[Any]) -> bytes:
    """The npy file of an array."""
    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def from_bytes(data: bytes) -> NDArray[Any]:
    """The array of an npy file; ValueError or EOFError for anything else."""
    found = np.load(BytesIO(data), allow_pickle=False)
    if not isinstance(found, np.ndarray):
        raise ValueError("it is no npy file")
    return found
