"""Room for files is made beside those that are open."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from index.disk import disk


@pytest.fixture
def limits() -> Iterator[tuple[int, int]]:
    found = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield found
    resource.setrlimit(resource.RLIMIT_NOFILE, found)


def test_as_many_as_are_wanted_come_to_what_is_open(limits: tuple[int, int]) -> None:
    hard = limits[1]
    with ExitStack() as held:
        for _ in range(200):
            held.enter_context(open(os.devnull))
        there = len(os.listdir("/dev/fd")) - 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (there + 20, hard))
        disk.room_for(1_000)
        for _ in range(1_000):
            held.enter_context(open(os.devnull))
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] - len(os.listdir("/dev/fd")) > 1_000


def test_a_limit_is_never_lowered(limits: tuple[int, int]) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    disk.room_for(0)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= before[0]
