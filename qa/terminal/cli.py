"""`yinzheng`: the command line, and the only place with exit codes.

0 answered or done, 1 not answered or a finding, 2 an error; errors are one line on standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from qa.terminal.command import guarded
from qa.terminal.parser import parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = parser().parse_args(argv)
    return guarded(lambda console: arguments.run(arguments, console), debug=arguments.debug)


if __name__ == "__main__":
    sys.exit(main())
