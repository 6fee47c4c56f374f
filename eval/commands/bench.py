"""`yinzheng-eval bench`: each benchmark with the arguments that it was given; they are loaded when they are run."""

from __future__ import annotations

import argparse

from qa.terminal.console import Console


def cold(arguments: argparse.Namespace, console: Console) -> int:
    """Measure a cold start."""
    from eval.bench.cold import cold

    return cold(console)


def installed(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what an installation costs."""
    from eval.bench.installed import installed

    return installed(console, top=arguments.top)


def chat(arguments: argparse.Namespace, console: Console) -> int:
    """`yinzheng-eval bench chat`."""
    from eval.bench.chat import chat

    return chat(console, rounds=arguments.rounds, chromium=arguments.chromium, index=arguments.index)


def serve(arguments: argparse.Namespace, console: Console) -> int:
    """`yinzheng-eval bench serve`."""
    from eval.bench.serve.serve import Options, serve

    names = ("clients", "every", "seconds", "questions", "repeated", "way", "seed")
    options = Options(**{name: getattr(arguments, name) for name in names})
    return serve(console, sets=arguments.sets, index=arguments.index, options=options, with_json=arguments.json)


def windows(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what reading more windows gives."""
    from eval.bench.windows import windows

    return windows(arguments.numbers, console, index=arguments.index, half=arguments.half)


def formats(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what is left of a document in each format."""
    from eval.bench.files.formats import formats

    return formats(console, index=arguments.index, document=arguments.document)


def encodings(arguments: argparse.Namespace, console: Console) -> int:
    """Measure how often a text file's encoding is told rightly."""
    from eval.bench.files.encodings import encodings

    return encodings(arguments.paths, console, data=arguments.data)


def together(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what two languages in one library do to each other."""
    from eval.bench.scores.together import together

    names = ("sample", "seed", "articles", "data", "cache")
    return together(arguments.paths, console, **{name: getattr(arguments, name) for name in names})


def speed(arguments: argparse.Namespace, console: Console) -> int:
    """Measure speed, memory and disk against others."""
    from eval.bench.speed.speed import speed

    names = ("sizes", "only", "sets", "data", "seed", "plot", "as_json")
    return speed(console, **{name: getattr(arguments, name) for name in names})


def scale(arguments: argparse.Namespace, console: Console) -> int:
    """Measure what a million sentences take."""
    from eval.bench.scale.scale import scale

    names = ("sentences", "uri", "sets", "sample", "data", "seed")
    return scale(console, **{name: getattr(arguments, name) for name in names}, with_json=arguments.json)


def sets(arguments: argparse.Namespace, console: Console) -> int:
    """Measure on third-party sets."""
    from eval.bench.scores.sets import sets

    return sets(
        arguments.paths,
        console,
        sample=arguments.sample,
        seed=arguments.seed,
        articles=arguments.articles,
        simple=arguments.simple,
        data=arguments.data,
        as_json=arguments.as_json,
        cache=arguments.cache,
    )
