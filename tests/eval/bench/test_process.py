"""What Linux counts of this process, and of one that is gone."""

from __future__ import annotations

import mmap
import os
import time

from eval.bench.process import Process


def test_what_the_system_counts_of_this_process() -> None:
    me = Process(os.getpid())
    assert me.family[0] == os.getpid()
    assert me.resident > 10**7
    before = me.seconds
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    assert me.seconds > before
    assert os.getpid() in me.threads
    gone = Process(2**30)
    assert (gone.resident, gone.peak, gone.seconds, gone.threads) == (0, 0, 0.0, {})


def test_memory_is_counted() -> None:
    me = Process.this()
    before = me.memory
    me.reset()
    with mmap.mmap(-1, 40_000_000) as block:
        block.write(bytes(40_000_000))
        assert me.memory.own - before.own > 30_000_000
    assert me.peak - before.all > 30_000_000
