"""`yinzheng-eval report` and `export`: a run as pages, and as files of TREC."""

from __future__ import annotations

import argparse

from eval.run import file
from index.errors import InputError
from qa.terminal.command import DONE
from qa.terminal.console import Console


def report(arguments: argparse.Namespace, console: Console) -> int:
    """Write a run as an HTML page and as Markdown."""
    from eval.report.markdown import markdown
    from eval.report.page import html

    made = file.read(arguments.made)
    against = file.read(arguments.against) if arguments.against else None
    page = arguments.out or arguments.made.with_suffix(".html")
    if page.suffix == ".md":
        raise InputError(f"{page} is the Markdown's own name", "name the page, as in --out report.html")
    for path, text in ((page, html(made, against)), (page.with_suffix(".md"), markdown(made, against))):
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror})", "name another file") from None
        console.line(f"written to {path}")
    return DONE


def export(arguments: argparse.Namespace, console: Console) -> int:
    """Write a run as TREC qrels and runs."""
    from eval.metrics import trec

    made = file.read(arguments.made)
    for path in trec.export(made, arguments.out or arguments.made.with_suffix("")):
        console.line(f"written to {path}")
    return DONE
