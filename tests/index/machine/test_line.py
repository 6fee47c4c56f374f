"""A line: who asked first is first, and as many are in it as it has places."""

from __future__ import annotations

import threading
import time

from index.machine.line import Line


def test_who_asked_first_is_first() -> None:
    line, order, threads = Line(), [], []
    with line:
        for number in range(20):

            def take(number: int = number) -> None:
                with line:
                    order.append(number)

            threads.append(threading.Thread(target=take))
            threads[-1].start()
            deadline = time.monotonic() + 5
            while len(line._waiting) <= number and time.monotonic() < deadline:
                time.sleep(0.001)
    for thread in threads:
        thread.join(5)
    assert order == list(range(20))
    with line:
        pass


def test_a_line_holds_as_many_as_it_has_places() -> None:
    line, inside, most, mutex = Line(3), [0], [0], threading.Lock()
    full, leave = threading.Event(), threading.Event()

    def take() -> None:
        with line:
            with mutex:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                if inside[0] == 3:
                    full.set()
            leave.wait(10)
            with mutex:
                inside[0] -= 1

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert full.wait(10)
    leave.set()
    for thread in threads:
        thread.join(10)
    assert most == [3]
    assert inside == [0]
    assert line._free == 3
