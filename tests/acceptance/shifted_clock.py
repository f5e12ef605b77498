"""The program on a machine whose clock is wrong: `python -m … SECONDS COMMAND …`.

Only what the program itself takes for the time is moved. It reads the clock in one place
(`distributor.context.utc_now`); the client libraries and the system keep the true one.
"""

from __future__ import annotations

import datetime as dt
import sys

from distributor import context

if __name__ == "__main__":
    _OFF = dt.timedelta(seconds=float(sys.argv.pop(1)))
    _true = context.utc_now
    context.utc_now = lambda: _true() + _OFF

    from distributor.cli import main

    main()
