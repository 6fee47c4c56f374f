"""Documents that a reader brings, and what is seen of them."""

from __future__ import annotations

from typing import Any

from browser import Tab

from qa.web.room import Room

HOSTILE = "<img src=x onerror=window.pwned=1> {{x}} ${window.pwned=2}.txt"
HARBOUR = b"The harbour master is called Olga Brandt. She keeps fourteen boats in the old harbour.\n"
TOWER = "钟楼建于1887年，由陈志远设计。钟楼高四十二米，每天敲响三次。\n".encode()


def text(found: Any) -> str:
    return str(found.evaluate("node => node.textContent"))


def rows(tab: Tab) -> list[str]:
    return [str(state) for state in tab.page.locator("#yz-own li").evaluate_all("all => all.map(r => r.dataset.state)")]


def bring(room: Room, name: str, data: bytes) -> None:
    path = room.admit(len(data))
    path.write_bytes(data)
    room.bring(name, path)


def brought(room: Room, *files: tuple[str, bytes]) -> None:
    for name, data in files:
        bring(room, name, data)
    assert room.settle(60)


def states(room: Room) -> list[str]:
    return [file.state for file in room.files]


def pdf(*pages: str) -> bytes:
    import typst

    text = "\n#pagebreak()\n".join(pages)
    return bytes(typst.compile(f"#set page(width: 200pt, height: 300pt)\n{text}".encode()))
