"""Whatever a reader does, the file is refused with a reason, and the next one is read."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import index
from index.errors import SourceError
from index.formats import confinement, limits
from index.formats.sandbox import Sandbox

HERE = str(Path(__file__).parent)
STAND_IN = {"txt": "stand_in", "page": "stand_in"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=60, readers=STAND_IN) as one:
        yield one


@pytest.fixture
def landlocked() -> None:
    """Skips what only a kernel with Landlock can do."""
    kept = "import sys; from index.formats import confinement; sys.exit(confinement.landlock() < 4)"
    if subprocess.run([sys.executable, "-c", kept], check=False).returncode:
        pytest.skip("Landlock is missing: Linux 6.7 with `landlock` among CONFIG_LSM keeps readers from the network")


def told(sandbox: Sandbox, command: str) -> str:
    return sandbox.read(command.encode(), "txt").text


def refused(sandbox: Sandbox, command: str) -> str:
    """Why a command fails; the next one works."""
    with pytest.raises(SourceError) as caught:
        told(sandbox, command)
    assert told(sandbox, "say next") == "next"
    return str(caught.value)


def alive(pid: str) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def await_end(pid: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while alive(pid):
        assert time.monotonic() < deadline, "the reader lives on"
        time.sleep(0.02)


def test_what_is_read_arrives(sandbox: Sandbox) -> None:
    assert told(sandbox, "say 你好 🙂 é") == "你好 🙂 é"
    assert told(sandbox, "say " + "长" * 500_000) == "长" * 500_000
    assert told(sandbox, "length " + "x" * 20_000_000) == "20000000"


def test_one_process_reads_many_files(sandbox: Sandbox) -> None:
    assert told(sandbox, "pid") == told(sandbox, "pid")
    refused(sandbox, "refuse")
    assert told(sandbox, "pid") == told(sandbox, "pid")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("refuse", "^is odd; make it even$"),
        ("fail", "its reader failed: KeyError: 'x'"),
        ("grow", r"needs more than 2\.0 GB of memory"),
        pytest.param("fill 10000000", r"needs more than 2\.0 GB of memory", marks=pytest.mark.slow),
        ("deep", "it is nested too deeply"),
        ("crash", r"its reader crashed \(SIGSEGV\)"),
        (f"signal {signal.SIGABRT}", r"its reader crashed \(SIGABRT\)"),
        (f"signal {signal.SIGXCPU}", "takes longer than 60 s"),
        (f"signal {signal.SIGRTMIN + 6}", r"its reader crashed \(status -\d+\)"),
        ("leave", r"its reader crashed \(status 7\)"),
        ("exit", r"its reader crashed \(status 3\)"),
        pytest.param("close", "its reader gave nothing that can be used", marks=pytest.mark.slow),
        ("flood", "its reader gave nothing that can be used"),
        ("garbage", "its reader gave nothing that can be used"),
        ("garbage numpy", "its reader gave nothing that can be used"),
        ("bomb", r"its reader gave nothing that can be used \(it is too long\)"),
        ("number", "its reader"),
        ("nothing", "its reader failed: TypeError: it gave no extract"),
        ("other", r"its reader gave nothing that can be used \(it calls itself 'md'\)"),
        ("blank", "has no text"),
        (f"long {limits.TEXT_CHARACTERS_MAX + 1}", "has more than 4 million characters; split it"),
        ("surrogate", "characters that are no text"),
        ("nul", "characters that are no text"),
    ],
)
def test_what_goes_wrong_is_named_and_the_next_file_is_read(sandbox: Sandbox, command: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        told(sandbox, command)
    assert ";" in str(caught.value)
    assert told(sandbox, "say next") == "next"


def test_the_longest_text_is_read(sandbox: Sandbox) -> None:
    assert len(told(sandbox, f"long {limits.TEXT_CHARACTERS_MAX}")) == limits.TEXT_CHARACTERS_MAX


def test_a_reason_is_one_short_line_that_does_nothing_to_a_terminal(sandbox: Sandbox) -> None:
    reason = refused(sandbox, "shout")
    assert reason.isprintable()
    assert "ValueError: \\x1b[31m\\u202e xxx" in reason
    assert len(reason) < 2000


def test_titles_and_remarks_are_clean_lines(sandbox: Sandbox) -> None:
    extract = sandbox.read(b"remarks", "txt")
    assert (extract.title, extract.notes) == ("a  第一章\u3000b", ("c d [0m",))


@pytest.mark.parametrize("command", ["sleep", "spin"])
def test_what_takes_too_long_is_ended(command: str) -> None:
    with Sandbox(seconds=2.0, readers=STAND_IN) as sandbox:
        told(sandbox, "say first")
        pid = told(sandbox, "pid")
        begun = time.monotonic()
        assert "takes longer than 2 s" in refused(sandbox, command)
        assert time.monotonic() - begun < 30
        assert not alive(pid)


def test_memory_that_earlier_files_took_is_not_held_against_a_file() -> None:
    with Sandbox(memory=900_000_000, readers=STAND_IN) as sandbox:
        for _ in range(4):
            assert told(sandbox, "keep 300000000") == "done"
        assert "needs more than 0.9 GB" in refused(sandbox, "keep 900000000")


def test_a_file_larger_than_the_memory_is_refused_for_it() -> None:
    with Sandbox(memory=300_000_000, readers=STAND_IN) as sandbox:
        told(sandbox, "pid")  # the process itself has room
        assert "needs more than 0.3 GB" in refused(sandbox, "length " + "x" * 199_000_000 + "茶")


def test_what_fails_only_in_a_used_process_is_read(sandbox: Sandbox) -> None:
    assert [told(sandbox, "once") for _ in range(3)] == ["done"] * 3


def test_what_a_library_prints_is_no_reply(sandbox: Sandbox) -> None:
    assert told(sandbox, "print") == "done"


def test_what_a_library_reads_is_no_request(sandbox: Sandbox) -> None:
    assert told(sandbox, "input") == "[b'']"


@pytest.mark.parametrize("command", ["write", "remove", "move", "folder", "run", "spawn", "fork"])
def test_a_reader_changes_nothing_on_disk(sandbox: Sandbox, tmp_path: Path, command: str) -> None:
    there = tmp_path / "there"
    there.write_text("precious")
    path = tmp_path / "new" if command == "folder" else there
    assert "PermissionError: a reader may not do this" in refused(sandbox, f"{command} {path}")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("there", "precious")]


def test_nor_does_it_from_c(sandbox: Sandbox, tmp_path: Path, landlocked: None) -> None:
    there = tmp_path / "there"
    there.write_text("precious")
    assert told(sandbox, f"native-write {there}") == "Permission denied"
    assert told(sandbox, f"native-write {tmp_path / 'new'}") == "Permission denied"
    assert told(sandbox, f"native-remove {there}") == "Permission denied"
    assert told(sandbox, "native-run") == "Permission denied"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("there", "precious")]


def test_a_reader_reaches_no_network(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for command in (f"connect {port}", f"datagram {port}", "look-up"):
            assert "may not do this (socket." in refused(sandbox, command)
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_nor_does_it_from_c_either(sandbox: Sandbox, landlocked: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert told(sandbox, f"native-connect {server.getsockname()[1]}") == "Permission denied"


def test_the_rights_that_landlock_takes_are_those_of_its_header() -> None:
    header = Path("/usr/include/linux/landlock.h")
    if not header.exists():
        pytest.skip("the kernel's headers are missing: apt-get install linux-libc-dev")
    bits = {
        words[1]: eval(words[2].replace("ULL", "").replace("U", ""))
        for words in (line.split(maxsplit=2) for line in header.read_text().splitlines())
        if len(words) == 3 and words[0] == "#define" and words[1].startswith("LANDLOCK_ACCESS_FS_")
    }
    assert len(bits) > 12  # the first version's; an old header has no more
    left = {"LANDLOCK_ACCESS_FS_READ_FILE", "LANDLOCK_ACCESS_FS_READ_DIR", "LANDLOCK_ACCESS_FS_IOCTL_DEV"}
    taken = sum(confinement._FILES.values())
    assert {name for name, bit in bits.items() if bit <= 1 << 15 and not bit & taken} <= left


def test_a_reader_knows_nothing_of_us(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET", "x")
    with (tmp_path / "secret").open("wb") as secret:
        os.set_inheritable(secret.fileno(), True)
        with Sandbox(readers=STAND_IN) as fresh:
            assert "SECRET" not in told(fresh, "environment")
            assert "secret" not in (descriptors := told(fresh, "descriptors"))
            assert descriptors.count("pipe:") == 3  # requests, replies, and what tells that we live


def test_many_descriptors(sandbox: Sandbox) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1200
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"this shell may open only {hard} files: ulimit -n {wanted}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1050)]
    try:
        with Sandbox(readers=STAND_IN) as fresh:
            assert told(fresh, "say x") == "x"
    finally:
        for descriptor in opened:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_reader_that_cannot_be_started_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def popen(*arguments: Any, **more: Any) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    with Sandbox(readers=STAND_IN) as sandbox:
        with monkeypatch.context() as patch:
            patch.setattr(subprocess, "Popen", popen)
            with pytest.raises(SourceError, match="its reader cannot be started"):
                told(sandbox, "pid")
        assert told(sandbox, "say next") == "next"


def test_threads_wait_for_each_other(sandbox: Sandbox) -> None:
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        found[number] = told(sandbox, f"say {number}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: str(number) for number in range(8)}


def test_a_reader_outlives_the_thread_that_started_it() -> None:
    with Sandbox(readers=STAND_IN) as sandbox:
        found: list[str] = []
        thread = threading.Thread(target=lambda: found.append(told(sandbox, "pid")))
        thread.start()
        thread.join()
        time.sleep(0.1)
        assert told(sandbox, "pid") == found[0]


def test_a_closed_sandbox_opens_again() -> None:
    sandbox = Sandbox(readers=STAND_IN)
    first = told(sandbox, "pid")
    sandbox.close()
    sandbox.close()
    assert not Path(f"/proc/{first}").exists()
    assert told(sandbox, "pid") != first
    sandbox.close()


def test_a_forgotten_sandbox_leaves_no_reader() -> None:
    sandbox = Sandbox(readers=STAND_IN)
    pid = told(sandbox, "pid")
    with pytest.warns(ResourceWarning):
        del sandbox
    await_end(pid, 10)


def test_a_process_that_was_killed_meanwhile_is_replaced(sandbox: Sandbox) -> None:
    pid = told(sandbox, "pid")
    os.kill(int(pid), signal.SIGKILL)
    assert told(sandbox, "pid") != pid


def test_a_picture_is_one(sandbox: Sandbox) -> None:
    picture = b"\x89PNG\r\n\x1a\n and so on"
    assert sandbox.page_image(picture, 1, 1.0) == picture
    with pytest.raises(SourceError, match="gave nothing that can be used"):
        sandbox.page_image(b"<svg>", 1, 1.0)


def test_every_format_is_read_by_its_own_reader() -> None:
    import pypdfium2

    buffer = BytesIO()
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(200, 100)
    pdf.save(buffer)
    with Sandbox() as real:
        assert real.read("茶馆".encode("gb18030"), "txt").text == "茶馆"
        assert real.read("# 茶\n\n馆".encode(), "md").format == "md"
        page = "<!DOCTYPE html><title>茶</title><body><p>" + "茶馆在巷子里，门口有一棵树。" * 9
        assert "茶馆" in real.read(page.encode(), "html").text
        for data, format, reason in ((b"PK", "docx", "DOCX"), (b"%PDF-1.4", "pdf", "cut short")):
            with pytest.raises(SourceError, match=reason):
                real.read(data, format)  # type: ignore[arg-type]
        assert real.page_image(buffer.getvalue(), 1, 2.0)[16:24] == (400).to_bytes(4) + (200).to_bytes(4)
        with pytest.raises(SourceError, match="no page 2"):
            real.page_image(buffer.getvalue(), 2, 2.0)


ASK = """
import sys
from index.formats.sandbox import Sandbox
if sys.argv[1] == "hook":
    del sys.path[0]
with Sandbox(readers={"txt": "stand_in"}) as sandbox:
    print(sandbox.read(b"package", "txt").text)
"""


@pytest.mark.parametrize("by", ["folder", "path", "hook"])
def test_the_reader_is_of_the_same_package_wherever_it_lies(tmp_path: Path, by: str) -> None:
    """It may be found in the folder that Python is started in, by its path, or by what an installer hooks in."""
    copy = tmp_path / "a copy" / "index"
    shutil.copytree(Path(index.__file__).parent, copy, ignore=shutil.ignore_patterns("weights", "__pycache__"))
    elsewhere = copy.parent if by == "folder" else Path("/")
    path = [HERE] if by == "folder" else [str(copy.parent), HERE]
    found = subprocess.run(
        [sys.executable, "-P" if by != "folder" else "-B", "-c", ASK, by],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.strip() == str(copy), found.stderr


PARENT = """
import sys, time
from index.formats.sandbox import Sandbox
sandbox = Sandbox(seconds=60, readers={"txt": "stand_in"})
print(sandbox.read(b"pid", "txt").text, flush=True)
if sys.argv[1] != "idle":
    sandbox.read(sys.argv[1].encode(), "txt")
time.sleep(60)
"""


@pytest.mark.parametrize("command", ["idle", "spin", "sleep"])
def test_nobody_outlives_a_killed_parent(command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([HERE, *filter(None, sys.path)])}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, command], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout is not None
    pid = parent.stdout.readline().strip()
    time.sleep(0.3)  # so that it is at work
    assert alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    await_end(pid, 10)
