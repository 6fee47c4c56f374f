"""The chat page as `gradio.Blocks`: which part calls what of `events`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import gradio as gr

from index.errors import YinzhengError
from qa import settings
from qa.conversation.desk import Desk
from qa.page import frame, reader, shelf, words
from qa.web.conversation import Conversation
from qa.web.events import Events
from qa.web.export import Format
from qa.web.feedback import VERDICTS, Feedback
from qa.web.rooms import Rooms

_log = logging.getLogger(__name__)

_FORMATS: dict[str, Format] = {"Markdown": "markdown", "HTML": "html", "JSON": "json"}
# Run in the browser: the last question is brought into view; a file is handed to the reader.
_SETTLE = "() => yinzheng.settle()"
_SAVE = "(file) => { yinzheng.save(file); }"
# Gradio wants to see the events' names.
_CONNECT = "yinzheng.connect(trigger, ['ask', 'speak', 'look', 'remove']);"
_START = "(token) => { yinzheng.settle(false); yinzheng.start(token); }"
_SHOWN = "() => yinzheng.shown()"
# What the reader chose to ask is known to the browser alone, and goes with each question.
_CHOSEN = "(first, second, choice) => [first, second, yinzheng.choice()]"
_CHOSEN_LINK = "(first, choice) => [first, yinzheng.choice()]"


class _Blocks(gr.Blocks):  # type: ignore[misc]
    """Blocks whose API may be called as Python may: arguments at the end that have a default can be left out."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Gradio's own, once what was left out is there."""
        if block_fn.api_visibility == "public":
            inputs.extend(one.value for one in block_fn.inputs[len(inputs) :])
        super().validate_inputs(block_fn, inputs)


def build(desk: Desk, feedback: Feedback, tools: Sequence[Callable[..., dict[str, Any]]], rooms: Rooms) -> gr.Blocks:
    """The page over a desk, with room for readers' own documents, and these tools as its HTTP API.

    `server` gives it its looks, which Gradio takes when it is mounted.
    """
    page = Events(desk, feedback, rooms)
    documents = desk.library.listed
    private: dict[str, Any] = {"api_visibility": "private"}
    with _Blocks(title="引证 Yinzheng", analytics_enabled=False, fill_width=True) as blocks:
        talk = gr.State(Conversation())
        # Only the reader's own browser has it; what it is wrapped in is no secret.
        kept = gr.BrowserState(None, storage_key="yinzheng", secret="yinzheng-browser")
        language = gr.Textbox(visible="hidden", show_label=False)
        token = gr.Textbox(visible="hidden", show_label=False)
        choice = gr.Textbox(visible="hidden", show_label=False)
        file = gr.JSON(elem_id="yz-file", visible="hidden")
        head = gr.HTML(frame.header(), js_on_load=_CONNECT)
        with gr.Row(elem_id="yz-main"):
            with gr.Column(scale=5, min_width=320, elem_id="yz-talk"):
                chat = gr.Chatbot(
                    show_label=False,
                    label=words.of("conversation", "zh"),
                    height=None,
                    buttons=[],
                    latex_delimiters=[],
                    sanitize_html=True,
                    allow_tags=False,
                    group_consecutive_messages=False,
                    autoscroll=False,
                    placeholder=frame.welcome(),
                    feedback_options=[words.of(verdict, "zh") for verdict in VERDICTS],
                    elem_id="yz-chat",
                )
                with gr.Row(visible=False, elem_id="yz-feedback") as rated:
                    thanks = gr.HTML()
                    note = gr.Textbox(max_length=settings.NOTE_CHARACTERS_MAX, max_lines=3, scale=4, elem_id="yz-note")
                    send = gr.Button(size="sm", scale=1, min_width=90)
                box = gr.Textbox(
                    show_label=False,
                    submit_btn=words.of("ask", "zh"),
                    autofocus=True,
                    max_lines=6,
                    elem_id="yz-box",
                )
                with gr.Row(elem_classes="yz-tools-row"):
                    gr.HTML(frame.save(), elem_classes="yz-save")
                    saves = [(gr.Button(name, size="sm", min_width=60), format) for name, format in _FORMATS.items()]
                    clear = gr.Button(size="sm", min_width=90, elem_id="yz-clear")
                gr.HTML(frame.examples(desk.suggester.starting_points))
            with gr.Column(scale=4, min_width=320, elem_id="yz-side"), gr.Column(elem_id="yz-source"):
                gr.HTML(shelf.bar(adds=rooms.open))
                gr.HTML(shelf.shelf(documents, adds=rooms.open, keeps=rooms.keep is not None))
                one = (
                    reader.text(desk.library.documents[0], desk.glosser)
                    if len(documents) == 1
                    else reader.nothing("pick")
                )
                open_document = gr.HTML(one, elem_id="yz-reader")

        answers: list[Any] = []
        for event, does, inputs, chosen in (
            (box.submit, page.put, [box, talk, choice], _CHOSEN),
            (head.ask, page.link, [talk, choice], _CHOSEN_LINK),
        ):
            shown = event(
                does,
                inputs,
                [box, talk, chat],
                js=chosen,
                queue=False,
                show_progress="hidden",
                trigger_mode="multiple",
                **private,
            ).then(None, js=_SETTLE)
            answered = shown.then(
                page.answer,
                talk,
                [box, talk, chat, kept],
                concurrency_limit=settings.AT_ONCE,
                concurrency_id="answers",
                show_progress="hidden",
                trigger_mode="multiple",
                **private,
            )
            answered.then(None, js=_SETTLE)
            answers.append(answered)
        box.stop(page.stop, talk, [box, talk, chat], queue=False, cancels=answers, **private)
        clear.click(page.clear, talk, [box, talk, chat, kept, rated], queue=False, cancels=answers, **private)
        parts = [box, chat, clear, note, send]
        head.speak(page.speak, talk, [talk, *parts], queue=False, show_progress="hidden", **private)
        head.look(
            page.look, talk, open_document, queue=False, show_progress="hidden", trigger_mode="multiple", **private
        ).then(None, js=_SHOWN)
        head.remove(
            page.remove, talk, [talk, chat], queue=False, show_progress="hidden", trigger_mode="multiple", **private
        ).then(None, js="() => yinzheng.refresh()")
        chat.like(page.rate, talk, [talk, rated, thanks], queue=False, **private)
        for noted in (note.submit, send.click):
            noted(page.annotate, [note, talk], [note, thanks], queue=False, **private)
        for button, format in saves:
            button.click(
                lambda talk, format=format: page.save(talk, format), talk, file, queue=False, show_progress="hidden",
                **private,
            ).then(None, file, js=_SAVE)  # fmt: skip
        blocks.load(
            page.restore,
            [kept, language, token],
            [talk, chat, token, *parts],
            queue=False,
            show_progress="hidden",
            js="(kept) => [kept, yinzheng.language(), yinzheng.token()]",
            **private,
        ).then(None, token, js=_START)
        blocks.unload(page.leave)
        for tool in tools:
            gr.api(
                _clean_errors(tool),
                api_name=tool.__name__,
                concurrency_limit=settings.AT_ONCE,
                concurrency_id="answers",
            )
    return blocks


def _clean_errors(tool: Any) -> Any:
    """A tool whose own errors reach the client as their one line, and others as none of their details."""

    @wraps(tool)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except YinzhengError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception:
            _log.exception("%s failed", tool.__name__)
            raise gr.Error(words.of("failed", "en"), print_exception=False) from None

    return call
