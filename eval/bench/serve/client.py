"""A question by the public HTTP API, as a program asks it, and what came of it.

Two calls on one connection, one that asks and one that waits for the answer (`call`), or one call of MCP (`mcp`). Each
client is known by an address of its own, as behind a proxy on the same machine.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any, Literal
from urllib.parse import urlsplit

Way = Literal["call", "mcp"]
# How a question ended. `busy` is a refusal of the guard or of the queue, with 429, 503 or its words.
End = Literal["answered", "busy", "timed out", "failed"]
_BUSY = "Too many requests"


@dataclass(frozen=True, slots=True)
class Reply:
    """How a question ended, and the SHA-256 of its record as JSON with sorted keys, "" where there is none."""

    end: End
    record: str = ""


class Client:
    """Asks the server at an address; each wait for a response ends after `seconds`."""

    def __init__(self, url: str, way: Way = "call", seconds: float = 120) -> None:
        self._at = urlsplit(url)
        self._way = way
        self._seconds = seconds

    def ask(self, question: str, number: int = 0) -> Reply:
        """What the question of client `number`, from 0, gives; never raises for what the server or network does."""
        host = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        connection = HTTPConnection(self._at.hostname or "", self._at.port, timeout=self._seconds)
        try:
            return (self._call if self._way == "call" else self._mcp)(connection, question, host)
        except TimeoutError:
            return Reply("timed out")
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return Reply("failed")
        finally:
            connection.close()

    def _call(self, connection: HTTPConnection, question: str, headers: dict[str, str]) -> Reply:
        path = "/gradio_api/call/ask"
        status, text = _said(connection, "POST", path, {"data": [question]}, headers)
        if status != 200:
            return _refused(status, text)
        status, text = _said(connection, "GET", f"{path}/{json.loads(text)['event_id']}", None, headers)
        event, _, data = text.strip().rpartition("event: ")[2].partition("\n")
        if status != 200 or event != "complete":
            return _refused(status, text)
        return _answered(json.loads(data.removeprefix("data: "))[0])

    def _mcp(self, connection: HTTPConnection, question: str, headers: dict[str, str]) -> Reply:
        call = {"name": "ask", "arguments": {"question": question}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        headers = {**headers, "Accept": "application/json, text/event-stream"}
        status, text = _said(connection, "POST", "/mcp/", body, headers)
        if status != 200 or json.loads(text)["result"].get("isError"):
            return _refused(status, text)
        return _answered(json.loads(text)["result"]["structuredContent"])


def _said(connection: HTTPConnection, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, str]:
    """The status and the whole text of a response."""
    sent = None if body is None else json.dumps(body).encode()
    connection.request(method, path, sent, headers | ({"Content-Type": "application/json"} if sent else {}))
    response = connection.getresponse()
    return response.status, response.read().decode()


def _answered(record: dict[str, Any]) -> Reply:
    text = json.dumps({name: record[name] for name in sorted(record)}, ensure_ascii=False, sort_keys=True)
    return Reply("answered", hashlib.sha256(text.encode()).hexdigest())


def _refused(status: int, text: str) -> Reply:
    return Reply("busy" if status in (429, 503) or _BUSY in text else "failed")
