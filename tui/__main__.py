"""`python -m tui`: the same as `snapledger`."""

import sys

from tui.cli import main

sys.exit(main())
