"""A growing load: arrivals, percentiles, open loop, the knee, memory; and a real server in a process of its own."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.bench import knee
from eval.bench.arrivals import poisson, questions
from eval.bench.client import Client, Reply
from eval.bench.knee import Step, climb, reason
from eval.bench.load import Asked, Load, alone, offer, percentile
from eval.bench.memory import Growth, growth
from eval.bench.process import Process
from index.errors import InputError


def answered(question: str, number: int = 0) -> Reply:
    return Reply("answered", question)


@given(st.floats(0.1, 50), st.floats(0, 60), st.integers(0, 5))
def test_arrivals_are_those_of_the_seed(rate: float, seconds: float, seed: int) -> None:
    times = poisson(rate, seconds, seed)
    assert times == poisson(rate, seconds, seed)
    assert times == sorted(times)
    assert all(0 <= at < seconds for at in times)
    assert poisson(rate, seconds / 2, seed) == [at for at in times if at < seconds / 2]


def test_arrivals_are_poissons() -> None:
    """As many as the rate says, with a variance like their mean; gaps with a deviation like their mean."""
    times = poisson(8, 5_000, 3)
    counts = [0] * 5_000
    for at in times:
        counts[int(at)] += 1
    mean = len(times) / 5_000
    assert mean == pytest.approx(8, rel=0.02)
    assert sum((one - mean) ** 2 for one in counts) / 5_000 == pytest.approx(8, rel=0.1)
    gaps = [after - before for before, after in pairwise(times)]
    deviation = math.sqrt(sum((gap - 1 / 8) ** 2 for gap in gaps) / len(gaps))
    assert deviation == pytest.approx(1 / 8, rel=0.05)
    assert poisson(8, 10, 3) != poisson(8, 10, 4)


def test_a_rate_is_positive() -> None:
    with pytest.raises(ValueError, match="greater than 0, found 0"):
        poisson(0, 1, 1)


def test_questions_come_round_in_one_order() -> None:
    texts = [f"q{number}" for number in range(20)]
    found = list(islice(questions([*texts, "q3"], 0, 1), 60))
    assert sorted(found[:20]) == sorted(texts)
    assert found[:20] == found[20:40] == found[40:]
    assert list(islice(questions(texts, 0, 2), 20)) != found[:20]
    assert not list(questions([], 0, 1))


def test_a_share_of_them_is_asked_again() -> None:
    texts = [f"q{number}" for number in range(1_000)]
    found = list(islice(questions(texts, 0.3, 1), 1_000))
    assert 1 - len(set(found)) / 1_000 == pytest.approx(0.3, abs=0.05)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_the_least_that_the_share_does_not_exceed(values: list[float], share: float) -> None:
    values.sort()
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values)


def test_percentiles_by_hand() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.5) == 7
    assert math.isnan(percentile([], 0.5))


def test_a_stalled_server_is_asked_all_the_same_and_waiting_counts() -> None:
    """One at a time, and the first stalls: those due meanwhile have waited from when they were due, not since sent."""
    line, stalled, arrived = threading.Lock(), threading.Event(), []

    def ask(question: str, number: int) -> Reply:
        arrived.append(question)
        if len(arrived) == 5:
            stalled.set()  # all were sent though nothing has come back
        with line:
            assert stalled.wait(10)
            return answered(question)

    load = offer([0.0, 0.01, 0.02, 0.03, 0.04], "abcde", ask, clients=2, seconds=0.05)
    assert stalled.is_set()
    assert [one.question for one in load.asked] == list("abcde")
    last = load.asked[-1].due
    assert load.asked[0].latency >= last
    assert all(one.ended >= last for one in load.asked)
    assert load.ends == {"answered": 5}
    assert load.achieved == 5 / load.seconds


def test_alone_each_is_due_when_the_one_before_has_come_back() -> None:
    load = alone("abc", answered)
    assert [one.question for one in load.asked] == list("abc")
    assert all(before.ended <= after.due for before, after in zip(load.asked, load.asked[1:], strict=False))


def test_clients_take_turns() -> None:
    seen: list[int] = []

    def ask(question: str, number: int) -> Reply:
        seen.append(number)
        return answered(question)

    offer([0.0] * 6, "abcdef", ask, clients=3, seconds=0)
    assert sorted(seen) == [0, 0, 1, 1, 2, 2]


Made = Callable[..., Step]


@pytest.fixture
def made() -> Made:
    def step(clients: int = 10, **changes: Any) -> Step:
        values: dict[str, Any] = {
            "clients": clients,
            "offered": clients / 10,
            "achieved": clients / 10,
            "p50": 0.1,
            "p95": 0.2,
            "p99": 0.3,
            "ends": {"answered": 100},
            "changed": 0,
            "server": 1.0,
            "thread": 0.5,
            "load": 0.0,
            "others": 0.0,
            "memory": 1,
            "late": 0.0,
        }
        return Step(**values | changes)

    return step


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"p95": 0.51}, False),
        ({"ends": {"answered": 99, "busy": 1}}, False),
        ({"ends": {"answered": 99, "failed": 1}}, False),
        ({"achieved": 0.8}, False),
        ({"p95": math.nan, "ends": {"answered": 0}}, False),
    ],
)
def test_when_a_step_holds(made: Made, changes: dict[str, Any], holds: bool) -> None:
    assert made(**changes).holds(0.1) is holds


@pytest.mark.parametrize("limit", [1, 4, 5, 9, 10, 13, 77, 200])
def test_the_knee_is_found_from_both_sides(made: Made, limit: int) -> None:
    def holds(step: Step) -> bool:
        return step.clients <= limit

    steps = climb(made, holds, 5)
    assert steps == sorted(steps, key=lambda one: one.clients)
    good, beyond = knee.knee(steps, holds)
    assert beyond is not None
    if limit < 5:
        assert good is None
        assert [one.clients for one in steps] == [5]
    else:
        assert good is not None
        assert good.clients <= limit < beyond.clients
        assert beyond.clients <= knee.CLOSE * good.clients or beyond.clients == good.clients + 1


def test_without_a_step_that_fails_there_is_no_beyond(made: Made) -> None:
    steps = [made(10), made(20)]
    assert knee.knee(steps, lambda one: True) == (steps[1], None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"server": 1.6, "others": 0.2}, "the processor: "),
        ({"server": 1.6, "others": 0.4}, "not known, since others had a part of the machine: "),
        ({"server": 1.05, "thread": 1.0}, "one thread: "),
        ({"server": 1.1}, "the line: "),
        ({"ends": {"answered": 1, "busy": 9}}, "the queue's limit: 9 questions"),
    ],
)
def test_the_reason_is_what_was_counted(
    made: Made, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], said: str
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert reason(made(**changes), 2).startswith(said)


class FakeProcess(Process):
    """A process whose memory is told."""

    def __init__(self, tells: Callable[[], int]) -> None:
        super().__init__(0)
        self._tells = tells

    @property
    def memory(self) -> int:
        return self._tells()


@pytest.mark.parametrize(("a_question", "leaks"), [(0, False), (500, False), (5_000, True)])
def test_a_leak_is_growth_without_end(a_question: int, leaks: bool) -> None:
    """Caches that fill in the first thousand are none."""
    asked: list[str] = []

    def ask(question: str, number: int) -> Reply:
        asked.append(question)
        return answered(question)

    process = FakeProcess(lambda: 10**8 + min(len(asked), 1_000) * 50_000 + a_question * len(asked))
    found = growth(process, questions(["a", "b"], 0, 1), ask, 4_000)
    assert len(asked) == 4_000
    assert found.samples[0] == (0, 10**8)
    assert found.samples[-1][0] == 4_000
    assert found.rates() == [pytest.approx(a_question)] * 5
    assert found.leaks is leaks
    assert found.refused == 0


def test_memory_that_stands_still_for_a_while_does_not_leak() -> None:
    """An allocator takes a few megabytes at a time."""
    samples = [(asked, 10**8 + asked // 1_500 * 4_000_000) for asked in range(0, 5_001, 100)]
    assert Growth(tuple(samples), 0).rates() == [
        0,
        pytest.approx(6_666, rel=0.01),
        0,
        0,
        pytest.approx(6_666, rel=0.01),
    ]
    assert not Growth(tuple(samples), 0).leaks


def test_too_few_samples_say_nothing() -> None:
    assert not Growth(((0, 1), (1, 10**9)), 0).leaks


SAID: dict[str, tuple[int, str]] = {
    "busy": (503, "Too many requests"),
    "rate": (429, "Too many requests"),
    "wrong": (500, "oh"),
    "nonsense": (200, "no JSON"),
    "other": (200, '{"other": 1}'),
}


@pytest.fixture
def answering() -> Iterator[tuple[str, list[str]]]:
    """A server that says what `SAID` has for a question: its address, and the addresses of those who asked."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts.append(self.headers["X-Forwarded-For"])
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, text = SAID.get(body["data"][0], (200, json.dumps({"event_id": body["data"][0]})))
            self.send(status, text)

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            if name == "cut":
                self.close_connection = True
            elif name == "error":
                self.send(200, "event: error\ndata: null\n\n")
            else:
                self.send(200, f'event: heartbeat\ndata: null\n\nevent: complete\ndata: [{{"question": "{name}"}}]\n\n')

        def send(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hosts
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("question", "end"),
    [
        ("what", "answered"),
        ("busy", "busy"),
        ("rate", "busy"),
        ("wrong", "failed"),
        ("nonsense", "failed"),
        ("other", "failed"),
        ("cut", "failed"),
        ("error", "failed"),
    ],
)
def test_how_questions_end(answering: tuple[str, list[str]], question: str, end: str) -> None:
    reply = Client(answering[0]).ask(question)
    assert reply.end == end
    assert bool(reply.record) is (end == "answered")


def test_each_client_has_an_address(answering: tuple[str, list[str]]) -> None:
    url, hosts = answering
    client = Client(url)
    replies = [client.ask("what", number) for number in (0, 1, 300)]
    assert hosts == ["10.0.0.0", "10.0.0.1", "10.0.1.44"]
    assert len({reply.record for reply in replies}) == 1
    assert client.ask("who").record != replies[0].record


def test_a_server_that_is_not_there_and_one_that_says_nothing(answering: tuple[str, list[str]]) -> None:
    assert Client("http://127.0.0.1:1").ask("what").end == "failed"

    class Silent(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            ended.wait(10)

        def log_message(self, *said: Any) -> None:
            pass

    ended = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert Client(f"http://127.0.0.1:{server.server_port}", seconds=0.1).ask("what").end == "timed out"
    ended.set()
    server.shutdown()
    server.server_close()


def test_ends_are_counted_and_only_answers_have_a_latency() -> None:
    asked = tuple(
        Asked("q", 1.0, 1.0 + at, Reply(end))
        for at, end in ((3.0, "answered"), (0.1, "busy"), (1.0, "answered"), (9.0, "timed out"))
    )
    load = Load(asked, 10.0, 10.0, 0.0)
    assert load.ends == {"answered": 2, "busy": 1, "timed out": 1}
    assert load.latencies == [1.0, 3.0]
    assert load.achieved == 0.2


def test_what_the_system_counts_of_this_process() -> None:
    import os

    me = Process(os.getpid())
    assert me.family[0] == os.getpid()
    assert me.memory > 10**7
    before = me.seconds
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    assert me.seconds > before
    assert os.getpid() in me.threads
    gone = Process(2**30)
    assert (gone.memory, gone.seconds, gone.threads) == (0, 0.0, {})


@pytest.mark.parametrize("option", [("--clients", "0"), ("--seconds", "x"), ("--questions", "-1"), ("--way", "post")])
def test_options_are_checked(evaluate: Any, option: tuple[str, str]) -> None:
    assert evaluate("bench", "serve", *option).status == 2


def test_a_share_is_between_0_and_1(evaluate: Any) -> None:
    said = evaluate("bench", "serve", "--repeated", "1.5")
    assert said.status == 2
    assert "the share that is repeated is 1.5" in said.err


def test_an_index_that_is_not_there_is_one_line(evaluate: Any, tmp_path: Path) -> None:
    said = evaluate("bench", "serve", "--index", tmp_path / "none")
    assert said.status == 2
    assert said.err.count("\n") == 1


@pytest.mark.slow
def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    from eval.bench.process import serving

    with pytest.raises(InputError, match="did not start"), serving(tmp_path / "none"):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("way", ["call", "mcp"])
def test_a_real_server(evaluate: Any, small: Path, index_folder: Path, way: str) -> None:
    options = ("--clients", "2", "4", "--every", "2", "--seconds", "2", "--questions", "10", "--way", way)
    found = json.loads(evaluate("bench", "serve", small, *options, "--json").out)
    assert [step["clients"] for step in found["steps"]] == [2, 4]
    for step in found["steps"]:
        assert set(step["ends"]) == {"answered"}
        assert step["changed"] == 0
        assert step["server"] > 0
        assert step["memory"] > 10**8
    assert next(part["name"] for part in found["parts"]) == "encoder"
    assert all(one["same"] for one in found["together"])
    assert found["memory"]["samples"][-1][0] == 10
    assert found["memory"]["refused"] == 0
