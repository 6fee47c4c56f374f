"""`python -m qa` is `yinzheng`."""

import sys

from qa.terminal.cli import main

sys.exit(main())
