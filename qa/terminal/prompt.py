"""The interactive prompt of `yinzheng ask`: line editing for wide characters, and a history."""

from __future__ import annotations

from collections.abc import Iterator

from platformdirs import user_state_path


def questions() -> Iterator[str]:
    """Questions as they are typed, until Ctrl-D or Ctrl-C; blank lines ask nothing.

    The history is a plain file in the user's state folder; where that cannot be written, it lasts as
    long as the prompt.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory, History, InMemoryHistory

    history: History = InMemoryHistory()
    folder = user_state_path("yinzheng")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "history"
        path.touch(mode=0o600)
        history = FileHistory(str(path))
    except OSError:
        pass
    session: PromptSession[str] = PromptSession(history=history)
    print("提问，或按 Ctrl-D 退出。Ask, or press Ctrl-D to leave.")
    while True:
        try:
            line = session.prompt("? ")
        except (EOFError, KeyboardInterrupt):
            return
        if line.strip():
            yield line
