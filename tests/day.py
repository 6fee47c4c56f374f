"""A day in the life without a network, in the order of the day; `test_offline` runs it where there is only loopback.

Every command is the installed one, in a fresh home. Two witnesses look for tries to leave the machine: every Python
process writes its own down (`watched/sitecustomize.py`), and the kernel counts what any process sent or wanted to
connect that had no way to go.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser import ARGUMENTS, CHROMIUM, INSTALL, Tab

BIN = Path(sys.executable).parent
WHO = "CAAR-NK 细胞是谁构建的？"
HARBOUR = "The harbour master of {0} is called Olga Brandt. She has {1} boats.\n"


@dataclass
class Home:
    """A fresh home, and what is run in it."""

    folder: Path

    @property
    def watched(self) -> Path:
        return self.folder / "tries"

    @property
    def tries(self) -> list[Any]:
        """What Python processes tried to reach."""
        lines = self.watched.read_text().splitlines() if self.watched.exists() else []
        return [json.loads(line) for line in lines]

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_", "YINZHENG_", "HF_", "ORT_", "GRADIO_"))
            and not name.lower().endswith("_proxy")
        }
        path = os.pathsep.join(filter(None, [str(Path(__file__).parent / "watched"), os.environ.get("PYTHONPATH")]))
        own = {"HOME": self.folder, "YINZHENG_INDEX": self.folder / "index", "WATCHED": self.watched}
        return {**kept, **{name: str(value) for name, value in own.items()}, "PYTHONPATH": path}

    def run(self, *command: str | Path, said: str = "", status: int = 0) -> str:
        """What a command prints, which must end with that status."""
        done = subprocess.run(
            [str(BIN / command[0]), *map(str, command[1:])],
            input=said,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment,
            timeout=600,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + (done.stderr if status == 2 else "")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


def lost() -> int:
    """How often anything in this namespace, whatever it is written in, wanted to go where no way leads."""
    lines = Path("/proc/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Ip: "))
    six = Path("/proc/net/snmp6").read_text() if Path("/proc/net/snmp6").exists() else "Ip6OutNoRoutes 0"
    found = re.search(r"^Ip6OutNoRoutes\s+(\d+)", six, re.MULTILINE)
    assert found
    return int(values[names.index("OutNoRoutes")]) + int(found[1])


def test_there_is_only_loopback() -> None:
    assert [name for _, name in socket.if_nameindex()] == ["lo"]


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("socket.create_connection(('192.0.2.1', 80))", "socket.connect"),
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'?', ('192.0.2.1', 53))", "socket.sendto"),
        ("urllib.request.urlopen('https://example.invalid/')", "socket.getaddrinfo"),
    ],
)
def test_the_witnesses_see(tmp_path: Path, code: str, event: str) -> None:
    other = Home(tmp_path)
    before = lost()
    program = f"import socket, urllib.request\ntry:\n    {code}\nexcept OSError:\n    print('no way')"
    assert other.run("python", "-c", program) == "no way\n"
    assert event in [one[0] for one in other.tries]
    if event != "socket.getaddrinfo":  # where names are asked for is the machine's own matter
        assert lost() > before
    assert other.run("python", "-c", "import socket; socket.create_server(('127.0.0.1', 0))") == ""
    assert len(other.tries) == len([one for one in other.tries if "-c" in one[2]])


@pytest.fixture(scope="module")
def lost_before(home: Home) -> int:
    return lost()


def write_documents(folder: Path) -> Path:
    """One document of each format."""
    import typst

    folder.mkdir()
    (folder / "first.txt").write_text(HARBOUR.format("Lynd", 11), encoding="utf-8")
    (folder / "second.md").write_text("# Harbours\n\n" + HARBOUR.format("Varde", 12), encoding="utf-8")
    page = f"<html><body><main><h1>Harbours</h1><p>{HARBOUR.format('Solund', 13)}</p></main></body></html>"
    (folder / "third.html").write_text(page, encoding="utf-8")
    (folder / "fourth.pdf").write_bytes(typst.compile(HARBOUR.format("Kelmet", 14).encode()))
    kinds = "http://schemas.openxmlformats.org"
    with zipfile.ZipFile(folder / "fifth.docx", "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{kinds}/package/2006/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship Id="r" Type='
            f'"{kinds}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{kinds}/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
            f"{HARBOUR.format('Ostra', 15)}</w:t></w:r></w:p></w:body></w:document>",
        )
    return folder


def test_build(home: Home, lost_before: int) -> None:
    assert "1 document" in home.run("yinzheng", "index", "build")
    home.run("yinzheng", "index", "check")


def test_evaluation(home: Home) -> None:
    from eval.questions.dataset import default_sets

    questions = default_sets()[0].read_text(encoding="utf-8").splitlines()
    few = [line for line in questions if not json.loads(line).get("after")][::12]
    (home.folder / "few.jsonl").write_text("\n".join(few), encoding="utf-8")
    assert home.run("yinzheng-eval", "check", "few.jsonl")
    assert "stand word for word" in home.run("yinzheng-eval", "run", "few.jsonl", "--out", "run.jsonl")
    assert home.run("yinzheng-eval", "gate", "few.jsonl", "--baseline", "run.jsonl")
    home.run("yinzheng-eval", "report", "run.jsonl", "--out", "report.html")
    assert (home.folder / "report.html").read_text(encoding="utf-8").startswith("<!")


def test_add_update_remove(home: Home) -> None:
    said = home.run("yinzheng", "index", "add", write_documents(home.folder / "papers"))
    assert "5 added" in said
    assert "6 documents" in home.run("yinzheng", "index", "info")
    home.run("yinzheng", "index", "update")
    home.run("yinzheng", "index", "remove", "second")
    home.run("yinzheng", "index", "check")


def test_ask_search_show_verify(home: Home) -> None:
    chinese = json.loads(home.run("yinzheng", "ask", "--json", WHO))
    english = json.loads(home.run("yinzheng", "ask", "--json", "Who is the harbour master of Ostra?"))
    refused = json.loads(home.run("yinzheng", "ask", "--json", "今天北京天气怎么样？", status=1))
    assert [one["answered"] for one in (chinese, english, refused)] == [True, True, False]
    assert english["quotes"][0]["document"] == "fifth"
    assert "Meng" in home.run("yinzheng", "ask", WHO)
    many = home.run("yinzheng", "ask", "-", "--json", said=f"{WHO}\n\nHow many boats are in Kelmet?\n")
    assert [json.loads(line)["answered"] for line in many.splitlines()] == [True, False, True]
    (home.folder / "saved.jsonl").write_text(many, encoding="utf-8")
    assert "hold" in home.run("yinzheng", "verify", "saved.jsonl")
    assert home.run("yinzheng", "search", "--explain", "CAR-T 疗效")
    outline = home.run("yinzheng", "show", "--document", "fifth")
    assert "Ostra" in home.run("yinzheng", "show", f"fifth:{re.findall('[0-9.]+-P1', outline)[0]}")


def test_a_model_that_is_not_here_is_not_fetched(home: Home) -> None:
    paper = home.folder / "papers" / "first.txt"
    said = home.run("yinzheng", "index", "add", paper, "--index", "other", "--encoder", "no/such-model", status=2)
    assert "no sentence-transformers model at 'no/such-model'" in said


@pytest.fixture(scope="module")
def chat(home: Home) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The chat page as it is started in a terminal: its address, its process."""
    with subprocess.Popen(
        [BIN / "yinzheng", "chat", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home.folder,
        env=home.environment,
    ) as process:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found[0], process
        if process.poll() is None:
            process.terminate()


def fetch(address: str, data: bytes | None = None) -> str:
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"} if data else {})
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(response.read().decode())


def test_the_page_the_api_and_mcp(chat: tuple[str, Any]) -> None:
    url, _ = chat
    assert "引证" in fetch(url)
    assert json.loads(fetch(f"{url}/health"))["documents"] == 5
    call = f"{url}/gradio_api/call/ask"
    event = json.loads(fetch(call, json.dumps({"data": [WHO, 3]}).encode()))["event_id"]
    lines = fetch(f"{call}/{event}").splitlines()
    assert lines[0] == "event: complete"
    assert json.loads(lines[1].removeprefix("data: "))[0]["answered"]

    async def talk() -> Any:
        import httpx
        from mcp import ClientSession
        from mcp.client.streamable_http import streamable_http_client

        async with (
            httpx.AsyncClient(timeout=60) as http,
            streamable_http_client(f"{url}/mcp/", http_client=http) as (read, write, _),
            ClientSession(read, write) as opened,
        ):
            await opened.initialize()
            return await opened.call_tool("ask", {"question": "Who is the harbour master of Lynd?"})

    assert asyncio.run(talk()).structuredContent["quotes"][0]["document"] == "first"


def test_nothing_tried_to_leave(home: Home, lost_before: int) -> None:
    assert home.tries == []
    assert lost() == lost_before
    assert {path.name for path in (home.folder / ".cache").iterdir()} <= {"yinzheng", "huggingface"}


def test_a_reader_with_a_browser(chat: tuple[str, Any]) -> None:
    """After the count, since a browser has wishes of its own; the page's are noted by `Tab`."""
    if not shutil.which(CHROMIUM):
        pytest.skip(f"no {CHROMIUM}: {INSTALL}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-sync"])
        tab = Tab(opened, chat[0]).open()
        assert "Meng" in tab.ask(WHO).inner_text()
        tab.bring({"name": "sixth.txt", "mimeType": "text/plain", "buffer": HARBOUR.format("Tarn", 16).encode()})
        assert "16 boats" in tab.ask("How many boats has the harbour master of Tarn?").inner_text()
        tab.close()
        opened.close()


def test_the_end_of_the_day(home: Home, chat: tuple[str, subprocess.Popen[str]]) -> None:
    _, process = chat
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
    assert (out, err) == ("", "")
    assert home.tries == []
