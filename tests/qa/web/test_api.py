"""The same answers elsewhere: HTTP by client and by hand, MCP, health, limits, a proxy, many at once, the end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index.errors import InputError
from index.library import Library
from qa.answering.answer import ask
from qa.answering.search import search
from qa.record import answer_record, document_record, search_record
from qa.web.guard.users import Users, add
from qa.web.server import Place, serving

if TYPE_CHECKING:
    from said import Run
    from served import Served

WHO = "CAAR-NK 细胞是谁构建的？"


def plain(value: Any) -> Any:
    """A record as JSON gives it back."""
    return json.loads(json.dumps(value))


def fetch(url: str, data: bytes | None = None) -> str:
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"} if data else {})
    with urllib.request.urlopen(request, timeout=30) as response:
        return str(response.read().decode())


def by_hand(url: str, tool: str, *arguments: Any) -> Any:
    """What two calls of curl give: one that asks, one that waits for the answer."""
    event = json.loads(fetch(f"{url}/gradio_api/call/{tool}", json.dumps({"data": arguments}).encode()))["event_id"]
    lines = fetch(f"{url}/gradio_api/call/{tool}/{event}").splitlines()
    assert lines[0] == "event: complete"
    return json.loads(lines[1].removeprefix("data: "))[0]


def test_by_client_and_by_hand_the_record_is_the_command_lines(served: Served) -> None:
    from gradio_client import Client

    client = Client(served.url, verbose=False)
    expected = plain(answer_record(ask(served.library, WHO)))
    assert client.predict(WHO, api_name="/ask") == expected
    assert by_hand(served.url, "ask", WHO, 3) == expected
    assert client.predict(WHO, 1, api_name="/ask")["quotes"] == expected["quotes"][:1]
    found = plain(search_record(search(served.library, "CAR-T 疗效", 5)))
    assert client.predict("CAR-T 疗效", 5, api_name="/search") == found
    document, paragraph = served.library.paragraph("3.1-P2")
    assert by_hand(served.url, "show", "3.1-P2") == {"documents": [plain(document_record(document, [paragraph]))]}
    assert len(client.predict("", api_name="/show")["documents"]) == len(served.library.documents)
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/ask", "/search", "/show"}


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("/ask", (WHO, 0), "top is 0; expected a whole number from 1 to 50"),
        ("/ask", (WHO, 51), "top is 51"),
        ("/ask", (WHO, "many"), "top is 'many'"),
        ("/ask", (17,), "question is 17; expected a text"),
        ("/search", (None, 3), "query is None"),
        ("/show", ("9-P9",), "no paragraph '9-P9'"),
        ("/ask", ("broken",), "Internal error; it has been logged."),
    ],
)
def test_what_cannot_be_asked_is_one_line(served: Served, tool: str, arguments: tuple[Any, ...], said: str) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError, match=re.escape(said)) as caught:
        Client(served.url, verbose=False).predict(*arguments, api_name=tool)
    assert "secret" not in str(caught.value)


def test_mcp_gives_the_same_record(served: Served) -> None:
    async def talk(client: Any) -> tuple[set[str], list[Any]]:
        names = {tool.name for tool in (await client.list_tools()).tools}
        calls = (
            ("ask", {"question": WHO}),
            ("show", {"paragraph": "4-P2"}),
            ("ask", {"question": WHO, "top": 0}),
            ("ask", {"question": "broken"}),
        )
        return names, [await client.call_tool(*call) for call in calls]

    names, (answer, shown, wrong, broken) = mcp(f"{served.url}/mcp/", talk)
    expected = plain(answer_record(ask(served.library, WHO)))
    assert names == {"ask", "search", "show"}
    assert json.loads(answer.content[0].text) == answer.structuredContent == expected
    assert shown.structuredContent["documents"][0]["paragraphs"][0]["id"] == "4-P2"
    assert wrong.isError
    assert "top is 0; expected a whole number from 1 to 50" in wrong.content[0].text
    assert broken.isError
    assert "secret" not in broken.content[0].text


def mcp(url: str, talk: Any, **client: Any) -> Any:
    """What a program that speaks MCP hears there."""
    import httpx
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def session() -> Any:
        async with (
            httpx.AsyncClient(timeout=30, **client) as http,
            streamable_http_client(url, http_client=http) as (read, write, _),
            ClientSession(read, write) as opened,
        ):
            await opened.initialize()
            return await talk(opened)

    return asyncio.run(session())


def test_health_and_headers(served: Served) -> None:
    with urllib.request.urlopen(f"{served.url}/health", timeout=10) as response:
        assert json.load(response) == {
            "status": "ok",
            "documents": len(served.library.documents),
            "index": served.library.fingerprint,
        }
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "server" not in response.headers


def test_limits_of_size_and_rate(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    place = Place(port=0, feedback=tmp_path / "f", per_minute=3, bytes_max=20_000, root_path="/yinzheng")
    with serving(library, place) as url:
        assert url.endswith("/yinzheng")
        at = url.removesuffix("/yinzheng")
        with pytest.raises(urllib.error.HTTPError) as large:
            fetch(f"{at}/gradio_api/call/ask", b'{"data": ["' + b"x" * 30_000 + b'"]}')
        assert large.value.code == 413
        page = fetch(f"{at}/")
        assert '"root":"' in page
        assert "/yinzheng" in page  # every address on the page begins with the proxy's path
        for _ in range(3):
            assert json.loads(fetch(f"{at}/gradio_api/call/ask", b'{"data": ["", 3]}'))["event_id"]
        with pytest.raises(urllib.error.HTTPError) as many:
            fetch(f"{at}/gradio_api/call/ask", b'{"data": ["", 3]}')
        assert many.value.code == 429
        assert int(many.value.headers["Retry-After"]) >= 1
        assert json.loads(fetch(f"{at}/health"))["status"] == "ok"


@pytest.mark.slow
def test_the_api_needs_the_login_too(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradio_client import Client

    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    add(tmp_path / "users", "ana", "a long password")
    place = Place(port=0, feedback=tmp_path / "f", users=Users.read(tmp_path / "users"))
    with serving(library, place) as url:
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(f"{url}/gradio_api/call/ask", json.dumps({"data": [WHO, 3]}).encode())
        assert refused.value.code == 401
        with pytest.raises(Exception, match=r"(?i)credential|auth|login"):
            Client(url, auth=("ana", "a wrong password"), verbose=False)
        with pytest.raises(urllib.error.HTTPError) as closed:
            fetch(f"{url}/mcp/", b"{}")
        assert closed.value.code == 401

        async def names(opened: Any) -> list[str]:
            return [tool.name for tool in (await opened.list_tools()).tools]

        assert mcp(f"{url}/mcp/", names, auth=("ana", "a long password")) == ["ask", "search", "show"]
        client = Client(url, auth=("ana", "a long password"), verbose=False)
        assert client.predict(WHO, api_name="/ask")["answered"]


@pytest.mark.parametrize(("host", "said"), [("no.such.host.test", "cannot listen"), ("999.1.1.1", "cannot listen")])
def test_an_address_that_cannot_be_had_is_one_clean_error(library: Library, host: str, said: str) -> None:
    with pytest.raises(InputError, match=said), serving(library, Place(host=host)):
        pass


@pytest.mark.parametrize("path", ["yinzheng", "/yinzheng/"])
def test_a_root_path_has_one_form(path: str) -> None:
    with pytest.raises(InputError, match="expected a form such as /yinzheng"):
        Place(root_path=path)


def test_a_user_is_added_on_the_command_line(run: Run, tmp_path: Path) -> None:
    said = run("user", "ana", "--auth-file", tmp_path / "users", stdin=b"a long password\n")
    assert said.status == 0
    assert Users.read(tmp_path / "users").check("ana", "a long password")
    assert "a long password" not in said.out + said.err
    said = run("user", "ana", "--auth-file", tmp_path / "users", stdin=b"short\n")
    assert said.status == 2
    assert said.err.count("\n") == 1


@pytest.mark.slow
def test_sigterm_ends_it_cleanly(index_folder: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "GRADIO_TEMP_DIR": str(tmp_path), "YINZHENG_INDEX": str(index_folder)}
    command = [sys.executable, "-m", "qa.terminal.cli", "chat", "--port", "0", "--feedback", str(tmp_path / "f")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Yinzheng 引证: http://127.0.0.1:")
        assert json.loads(fetch(line.split()[2] + "/health"))["status"] == "ok"
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.slow
def test_fifty_at_once(served: Served) -> None:
    from gradio_client import Client

    questions = [WHO, "How does HSCT work?", "今天北京天气怎么样？", "CAR-T有什么风险？", "What is MSC?"]
    expected = {question: plain(answer_record(ask(served.library, question))) for question in questions}
    clients = [Client(served.url, verbose=False) for _ in range(50)]
    wrong: list[object] = []

    def put(number: int) -> None:
        question = questions[number % len(questions)]
        try:
            found = clients[number].predict(question, api_name="/ask")
            wrong.extend([] if found == expected[question] else [question])
        except Exception as error:  # whatever it is, it is what the test is about
            wrong.append(error)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(50)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []
    assert time.monotonic() - began < 120
