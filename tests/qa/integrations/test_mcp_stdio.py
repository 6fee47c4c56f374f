"""`yinzheng mcp`: the tools by the official client, what may stand on standard output, the index, and every end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import pytest

from index.library import Library
from qa.answering.answer import ask
from qa.answering.search import search
from qa.record import answer_record, document_record, search_record

WHO = "CAAR-NK 细胞是谁构建的？"
OTHERS = ("How does HSCT work?", "今天北京天气怎么样？", "CAR-T有什么风险？")
MAIN = "import sys; from qa.terminal.cli import main; sys.exit(main(['mcp', *sys.argv[1:]]))"
# The index is not there and takes until a file is, or until nobody waits for it.
UNBUILT = """
import os, sys, time
from qa import service
def build(folder, progress):
    if os.path.exists(sys.argv[1] + ".bad"):
        raise service.InputError("the index cannot be written", "choose another")
    while not os.path.exists(sys.argv[1]):
        progress("encoding", 0, 1)
        time.sleep(0.01)
    return opened
opened = service.as_it_lies()
service.as_it_lies = lambda folder: None
service.open_library = build
from qa.terminal.cli import main
sys.exit(main(["mcp"]))
"""
HELLO = (
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
)


def plain(value: Any) -> Any:
    """A record as JSON gives it back."""
    return json.loads(json.dumps(value))


def command(code: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def hears(
    talk: Callable[[Any], Awaitable[Any]], code: str = MAIN, *arguments: str | Path, said: IO[str] | None = None
) -> Any:
    """What a client hears that starts the command; what the command says besides goes to `said`."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    program, *rest = command(code, *arguments)
    parameters = StdioServerParameters(command=program, args=rest, env=dict(os.environ))

    async def session(errors: IO[str]) -> Any:
        async with stdio_client(parameters, errors) as (read, write), ClientSession(read, write) as opened:
            await opened.initialize()
            return await talk(opened)

    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        return asyncio.run(session(said or errors))


def asking(*questions: str) -> bytes:
    """The messages of a client that greets and asks."""
    calls = [
        {"id": number, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": question}}}
        for number, question in enumerate(questions, 2)
    ]
    return b"".join(json.dumps({"jsonrpc": "2.0", **one}).encode() + b"\n" for one in (*HELLO, *calls))


def process(code: str = MAIN, *arguments: str | Path) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what runs in the background is deaf to it
    return subprocess.Popen(command(code, *arguments), stdin=pipe, stdout=pipe, stderr=pipe, preexec_fn=heard)


def messages(out: bytes) -> dict[int, Any]:
    """The answers on standard output by their numbers, where nothing else may stand."""
    lines = [json.loads(line) for line in out.decode().splitlines()]
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    return {line["id"]: line["result"] for line in lines if "id" in line}


def test_each_tool_gives_the_record_of_the_command_line(library: Library) -> None:
    async def talk(client: Any) -> tuple[Any, list[Any]]:
        calls = (
            ("ask", {"question": WHO}),
            ("search", {"query": "CAR-T 疗效", "top": 5}),
            ("show", {"paragraph": "4-P2"}),
            ("ask", {"question": WHO, "top": 0}),
            ("show", {"paragraph": "9-P9"}),
        )
        return (await client.list_tools()).tools, [await client.call_tool(*call) for call in calls]

    tools, (answer, found, shown, wrong, unknown) = hears(talk)
    assert [tool.name for tool in tools] == ["ask", "search", "show"]
    assert all(tool.annotations.readOnlyHint and tool.description and tool.inputSchema for tool in tools)
    assert json.loads(answer.content[0].text) == answer.structuredContent == plain(answer_record(ask(library, WHO)))
    assert found.structuredContent == plain(search_record(search(library, "CAR-T 疗效", 5)))
    document, paragraph = library.paragraph("4-P2")
    assert shown.structuredContent == {"documents": [plain(document_record(document, [paragraph]))]}
    assert (wrong.isError, unknown.isError) == (True, True)
    assert "top is 0; expected a whole number from 1 to 50" in wrong.content[0].text
    assert "no paragraph '9-P9'" in unknown.content[0].text


@pytest.mark.slow
def test_calls_at_once_are_answered_as_each_alone(library: Library) -> None:
    async def talk(client: Any) -> list[Any]:
        return await asyncio.gather(*(client.call_tool("ask", {"question": one}) for one in (WHO, *OTHERS)))

    answers = [answer.structuredContent for answer in hears(talk)]
    assert answers == [plain(answer_record(ask(library, one))) for one in (WHO, *OTHERS)]


def test_whatever_is_printed_is_no_message(library: Library) -> None:
    noisy = (
        "import os, subprocess, sys; from qa.answering import answer; asked = answer.ask\n"
        "def ask(*given):\n"
        "    print('printed'); os.write(1, b'written\\n'); subprocess.run(['sh', '-c', 'cat; echo from a child'])\n"
        "    return asked(*given)\n"
        f"answer.ask = ask\n{MAIN}"
    )
    with process(noisy) as started:
        out, err = started.communicate(asking(WHO, OTHERS[0]), timeout=60)
    assert started.returncode == 0
    assert sorted(messages(out)) == [1, 2, 3]
    assert err.count(b"printed") == err.count(b"written") == err.count(b"from a child") == 2


@pytest.mark.slow
def test_what_is_no_message_ends_nothing(library: Library) -> None:
    hello, question = asking(WHO).splitlines(keepends=True)[:2], asking(WHO).splitlines(keepends=True)[2:]
    with process() as started:
        out, err = started.communicate(b"".join([*hello, b"\n", b"no json\n", b"\xff\xfe\n", b"{}\n", *question]))
    assert started.returncode == 0
    assert messages(out)[2]["structuredContent"] == plain(answer_record(ask(library, WHO)))
    assert b"Traceback" not in err


@pytest.mark.slow
def test_no_message_holds_what_a_client_could_take_for_its_end(library: Library) -> None:
    odd = "a\u2028b\u2029c\x85d\u202e\rlast"
    ping = json.dumps({"jsonrpc": "2.0", "id": odd, "method": "ping"}, ensure_ascii=False).encode() + b"\n"
    with process() as started:
        out, err = started.communicate(asking() + ping, timeout=60)
    assert (started.returncode, err) == (0, b"")
    greeting, pong = out.decode().splitlines()  # at every separator that Unicode has
    assert json.loads(greeting)["id"] == 1
    assert json.loads(pong) == {"jsonrpc": "2.0", "id": odd, "result": {}}


@pytest.mark.slow
def test_a_plain_file_and_the_end_of_it(library: Library, tmp_path: Path) -> None:
    """Its last line has no end, and everything is answered all the same."""
    (tmp_path / "in").write_bytes(asking(WHO, *OTHERS).rstrip(b"\n"))
    with (tmp_path / "in").open("rb") as given:
        done = subprocess.run(command(MAIN), stdin=given, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    answers = messages(done.stdout)
    assert sorted(answers) == [1, 2, 3, 4, 5]
    assert answers[1]["serverInfo"] == {"name": "yinzheng", "version": version("yinzheng")}


@pytest.mark.slow
def test_a_client_that_is_gone_is_an_end(library: Library) -> None:
    with process() as started:
        assert started.stdin
        assert started.stdout
        assert started.stderr
        started.stdin.write(asking())
        started.stdin.flush()
        started.stdout.readline()
        started.stdout.close()
        for line in asking(WHO, *OTHERS).splitlines(keepends=True)[2:]:
            started.stdin.write(line)
        started.stdin.close()
        assert started.wait(30) == 0
        assert started.stderr.read() == b""


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_it_without_a_word(library: Library, number: signal.Signals, status: int) -> None:
    with process() as started:
        assert started.stdin
        assert started.stdout
        started.stdin.write(asking(*[WHO] * 20))
        started.stdin.flush()
        for _ in range(2):  # it has greeted, and is in the midst of answering
            started.stdout.readline()
        started.send_signal(number)
        _, err = started.communicate(timeout=30)
    assert (started.returncode, err) == (status, b"")


def test_an_index_that_is_none_is_an_error_before_the_protocol(run: Any, tmp_path: Path) -> None:
    with process(MAIN, "--index", tmp_path / "none") as started:
        out, err = started.communicate(asking(WHO), timeout=60)
    assert (started.returncode, out) == (2, b"")
    assert err.decode().rstrip("\n") == f"yinzheng: {run('ask', WHO, '--index', tmp_path / 'none').error}"


def test_the_tools_are_there_while_the_index_is_built_and_calls_wait(library: Library, tmp_path: Path) -> None:
    async def talk(client: Any) -> tuple[list[str], bool, Any]:
        call = asyncio.create_task(client.call_tool("ask", {"question": WHO}))
        names = [tool.name for tool in (await client.list_tools()).tools]
        waits = not call.done()
        (tmp_path / "built").touch()
        return names, waits, await call

    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        names, waits, answer = hears(talk, UNBUILT, tmp_path / "built", said=said)
        said.seek(0)
        assert said.read() == "Encoding…\n"
    assert (names, waits) == (["ask", "search", "show"], True)
    assert answer.structuredContent == plain(answer_record(ask(library, WHO)))


def test_an_index_that_cannot_be_built_is_said_to_each_call(library: Library, tmp_path: Path) -> None:
    async def talk(client: Any) -> list[Any]:
        return [await client.call_tool("ask", {"question": one}) for one in OTHERS[:2]]

    (tmp_path / "built.bad").touch()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        answers = hears(talk, UNBUILT, tmp_path / "built", said=said)
        said.seek(0)
        assert said.read() == "yinzheng: the index cannot be written; choose another\n"
    assert all(one.isError and "the index cannot be written" in one.content[0].text for one in answers)


@pytest.mark.slow
def test_what_was_asked_before_the_end_waits_for_the_index(library: Library, tmp_path: Path) -> None:
    with process(UNBUILT, tmp_path / "built") as started:
        assert started.stdin
        assert started.stdout
        started.stdin.write(asking(WHO))
        started.stdin.close()
        hello = started.stdout.readline()
        (tmp_path / "built").touch()
        answers = messages(hello + started.stdout.read())
    assert started.returncode == 0
    assert answers[2]["structuredContent"] == plain(answer_record(ask(library, WHO)))


@pytest.mark.slow
@pytest.mark.parametrize(("end", "asked", "status"), [("input", (), 0), ("signal", (WHO,), 130)])
def test_a_build_that_nobody_waits_for_any_more_stops(
    library: Library, tmp_path: Path, end: str, asked: tuple[str, ...], status: int
) -> None:
    with process(UNBUILT, tmp_path / "never") as started:
        assert started.stdin
        assert started.stdout
        started.stdin.write(asking(*asked))
        started.stdin.flush()
        started.stdout.readline()
        if end == "signal":
            started.send_signal(signal.SIGINT)
        out, err = started.communicate(timeout=30)
    assert (started.returncode, out, err) == (status, b"", "Encoding…\n".encode())
