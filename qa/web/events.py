"""What the page's events do: a session's conversation in, what is shown of it out.

A conversation lives in the session's state on the server and, for the next visit, in the reader's own browser;
no other session ever sees it. What is drawn is `qa.page`'s, what is answered `qa.conversation`'s.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from index.errors import NotFound, SourceError, YinzhengError
from index.records import Language
from qa import settings
from qa.answering.question import clean
from qa.conversation.choice import Choice
from qa.conversation.desk import Desk, take_turn
from qa.conversation.turn import Turn
from qa.page import cards, reader, words
from qa.web.conversation import Asked, Conversation, Exchange, spoken
from qa.web.export import Format, export
from qa.web.feedback import VERDICTS, Entry, Feedback
from qa.web.room import Room
from qa.web.rooms import Rooms

_log = logging.getLogger(__name__)


class Events:
    """Each takes the session's conversation and never that of another."""

    def __init__(self, desk: Desk, feedback: Feedback, rooms: Rooms | None = None) -> None:
        self.desk = desk
        self.feedback = feedback
        self.rooms = rooms or Rooms(desk)

    def room(self, talk: Conversation) -> Room:
        """The session's room; a new one where it has ended."""
        room = self.rooms.find(talk.room)
        if room is None:
            talk.room, room = self.rooms.enter("", None, "")
        return room

    def put(self, message: str | None, talk: Conversation, choice: str = "", *, alone: bool = False) -> tuple[Any, ...]:
        """Shows a question at once; `answer` comes next."""
        if talk.waiting or not clean(message or ""):
            return gr.skip(), talk, gr.skip()
        assert message is not None
        talk.waiting = Asked(message, alone, Choice.read(choice))
        return _box_busy(talk.language), talk, talk.messages()

    def link(self, talk: Conversation, choice: str, data: gr.EventData) -> tuple[Any, ...]:
        """Shows the question of a link of the page: one that is asked, or one that is asked again as typed."""
        text, alone = getattr(data, "text", None), getattr(data, "alone", None)
        typed = next((turn.typed for turn in talk.turns if turn.id == alone), None)
        return self.put(typed or (text if isinstance(text, str) else ""), talk, choice, alone=typed is not None)

    def answer(self, talk: Conversation, who: gr.Request) -> tuple[Any, ...]:
        """Answers the question that waits. Never raises."""
        asked, turn = talk.waiting, None
        if asked is None:
            return gr.skip(), talk, gr.skip(), gr.skip()
        try:
            room = self.room(talk)
            turn = take_turn(room.desks, room.listed, asked.message, talk.turns, alone=asked.alone, choice=asked.choice)
            drawn = _drawn(turn, room)
        except YinzhengError as error:
            drawn = cards.failed(str(error))
        except Exception:
            _log.exception("a question could not be answered")
            drawn = cards.note("failed", spoken(asked.message, talk.language))
        if talk.waiting is not asked:  # it was stopped meanwhile, or another conversation has begun
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        talk.end(drawn, turn)
        return _box_ready(talk.language), talk, talk.messages(), _keep(talk, who)

    def stop(self, talk: Conversation) -> tuple[Any, ...]:
        """Gives up the question that waits."""
        if talk.waiting:
            talk.end(cards.note("stopped", spoken(talk.waiting.message, talk.language)))
        return _box_ready(talk.language), talk, talk.messages()

    def clear(self, talk: Conversation, who: gr.Request) -> tuple[Any, ...]:
        """Begins a new conversation; nothing of the old one is kept."""
        talk.waiting = None
        fresh = Conversation(talk.language, talk.room)
        return _box_ready(talk.language), fresh, [], _keep(fresh, who), gr.update(visible=False)

    def restore(self, kept: Any, language: str, token: str, who: gr.Request) -> tuple[Any, ...]:
        """The conversation that the browser kept, as far as its quotes still stand, and the token of its room."""
        token, room = self.rooms.enter(token or "", who.username, getattr(who, "session_hash", None) or "")
        talk = Conversation(_language(language), token)
        if isinstance(kept, dict) and kept.get("user") == who.username and isinstance(kept.get("turns"), list):
            for value in kept["turns"][-settings.TURNS_KEPT :]:
                if turn := Turn.read(value, room):
                    talk.exchanges.append(Exchange(cards.asked(turn.typed), _drawn(turn, room), turn))
        return talk, talk.messages(), token, *parts(talk.language)

    def leave(self, who: gr.Request) -> None:
        """The page was closed."""
        self.rooms.leave(who.session_hash or "")

    def look(self, talk: Conversation, data: gr.EventData) -> str:
        """A document, or a page of it, as HTML."""
        room = self.room(talk)
        try:
            document = room.document(str(getattr(data, "document", "")))
        except NotFound:
            return reader.nothing("removed")
        start, end = (_whole(getattr(data, name, 0)) for name in ("start", "end"))
        desk = room.desk(document.id)
        if getattr(data, "view", None) != "page" or document.places is None:
            return reader.text(document, desk.glosser)
        number = _whole(getattr(data, "page", 0)) or (document.page(start) if end else 1) or 1
        try:
            image = room.page(document, number)
            return reader.page(document, number, image, start, end)
        except SourceError as error:
            return reader.text(document, desk.glosser, str(error))

    def remove(self, talk: Conversation, data: gr.EventData) -> tuple[Any, ...]:
        """Removes a document of the session's own; its quotes stay, and say that it is gone."""
        room = self.room(talk)
        room.remove(_whole(getattr(data, "number", 0)))
        talk.exchanges = [
            Exchange(one.asked, _drawn(one.turn, room), one.turn) if one.turn else one for one in talk.exchanges
        ]
        return talk, talk.messages()

    def speak(self, talk: Conversation, data: gr.EventData) -> tuple[Any, ...]:
        """Changes the language of the page."""
        talk.language = _language(getattr(data, "language", None))
        return talk, *parts(talk.language)

    def rate(self, talk: Conversation, who: gr.Request, data: gr.LikeData) -> tuple[Any, ...]:
        """Notes a verdict on an answer, and offers a line for a note."""
        at = data.index[0] if isinstance(data.index, list | tuple) else data.index
        number = int(at) // 2
        verdict = next((v for v in VERDICTS for of in ("zh", "en") if data.liked == words.of(v, of)), None)
        turn = talk.exchanges[number].turn if 0 <= number < len(talk.exchanges) else None
        if verdict is None or turn is None:
            return talk, gr.update(visible=False), ""
        if talk.rated == (turn.id, verdict):  # Gradio tells it twice
            return talk, gr.skip(), gr.skip()
        talk.rated = (turn.id, verdict)
        said = self._note(turn, verdict, "", talk, who)
        return talk, gr.update(visible=True), said

    def annotate(self, note: str, talk: Conversation, who: gr.Request) -> tuple[Any, ...]:
        """Adds a note to the verdict that was given last."""
        turn = next((turn for turn in talk.turns if talk.rated and turn.id == talk.rated[0]), None)
        if turn is None or talk.rated is None or not clean(note):
            return gr.skip(), gr.skip()
        return "", self._note(turn, talk.rated[1], clean(note)[: settings.NOTE_CHARACTERS_MAX], talk, who)

    def _note(self, turn: Turn, verdict: str, note: str, talk: Conversation, who: gr.Request) -> str:
        entry = Entry(
            id=turn.id,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            verdict=verdict,
            note=note,
            question=turn.question,
            typed=turn.typed,
            record=turn.record,
            user=who.username,
        )
        try:
            self.feedback.add(entry)
        except YinzhengError as error:
            return cards.failed(str(error))
        return cards.status(words.of("noted" if note else "thanks", talk.language))

    @staticmethod
    def save(talk: Conversation, format: Format) -> dict[str, str] | None:
        """The conversation as a file for the browser to save."""
        return export(talk.turns, format, datetime.now()) if talk.turns else None


def parts(of: Language) -> tuple[Any, ...]:
    """Gradio's own parts in a language: the question box, the chat, and the words of three others."""
    return (
        gr.update(
            placeholder=words.of("placeholder", of), label=words.of("question", of), submit_btn=words.of("ask", of)
        ),
        gr.update(label=words.of("conversation", of), feedback_options=[words.of(verdict, of) for verdict in VERDICTS]),
        gr.update(value=words.of("clear", of)),
        gr.update(label=words.of("note", of)),
        gr.update(value=words.of("send", of)),
    )


def _keep(talk: Conversation, who: gr.Request) -> dict[str, Any]:
    """What the browser keeps of a conversation."""
    return {"user": who.username, "turns": [turn.sealed() for turn in talk.turns[-settings.TURNS_KEPT :]]}


def _drawn(turn: Turn, room: Room) -> str:
    """A turn as it is shown, its terms glossed from the documents that it quotes."""
    quotes = turn.record["quotes"] or turn.record["nearest"]
    desk = room.desk(quotes[0]["document"]) if quotes else room.desks[0]
    return cards.answered(turn, room, desk.glosser)


def _whole(value: object) -> int:
    """A whole number from the page, 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0


def _language(name: object) -> Language:
    return "zh" if name == "zh" else "en"


def _box_busy(language: Language) -> Any:
    return gr.update(value="", submit_btn=False, stop_btn=words.of("stop", language))


def _box_ready(language: Language) -> Any:
    return gr.update(submit_btn=words.of("ask", language), stop_btn=False)
