r"""Print a PowerShell script that asks a Hyper-V host about its VMs; needs no store.

The host knows what no file tells: the parent of every snapshot, and the one that Now hangs under.
    snapledger collector > collect.ps1     then, on the host, as administrator:
    .\collect.ps1                          and back here:
    snapledger record snapledger-HOST.json
It only reads, and says what it could not ask for. We had no Windows to run it on: it is short, so
read it first.
"""

from argparse import ArgumentParser
from importlib.resources import files

from tui.call import Call, Exit

SCRIPT = "collect.ps1"


def add_arguments(parser: ArgumentParser) -> None:
    del parser  # there is one script


def run(call: Call) -> Exit:
    script = files("tui").joinpath(SCRIPT).read_text(encoding="ascii")
    if call.wants_json:
        call.out.json({"script": script})
    else:
        call.out.lines(script.splitlines())
    return Exit.FINE
