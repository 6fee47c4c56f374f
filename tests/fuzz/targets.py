"""Coverage guides what is tried: `python tests/fuzz/targets.py "read pdf, damaged" -runs=10000 -seed=1`.

Each trial is a target of atheris, which turns bits over and keeps what reaches a new line. Trials whose inputs are
bytes get them as they are; for all others Hypothesis makes an input of them. Options are libFuzzer's.
"""

from __future__ import annotations

import importlib
import logging
import sys
import warnings
from pathlib import Path

import atheris

TABLES = ("tried_files", "tried_texts", "tried_questions", "tried_records", "tried_index")


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    sys.path.insert(0, str(Path(__file__).parent))
    with atheris.instrument_imports(include=["index", "qa", "eval"]):
        trials = {trial.name: trial for table in TABLES for trial in importlib.import_module(table).TRIALS}
    trial = trials[sys.argv[1]]
    one = trial.once if trial.raw else trial.test(1).hypothesis.fuzz_one_input
    atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda data: one(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
