"""The commands, one module each: `add_arguments(parser)` and `run(call) -> Exit`.

A module is imported only when its command is called, so that none pays for what others need.
"""

from collections.abc import Mapping

from msgspec import Struct

NAGIOS = "--nagios"
"""Asks for an answer to monitoring, whose exit codes mean something else."""


class Entry(Struct, frozen=True):
    """A command in the list of commands.

    `reads_time` when `--at` makes sense to it; `writes` when leaving it half-way matters.
    """

    help: str
    reads_time: bool = True
    writes: bool = False


COMMANDS: Mapping[str, Entry] = {
    "demo": Entry("tell the story of the article and its riddle, on real files", False),
    "play": Entry(
        "play a scenario: a simulated host obeys it, every event is stored", False, writes=True
    ),
    "record": Entry(
        "read disks, configurations, logs and exports, store what was seen", False, writes=True
    ),
    "collector": Entry("print a script that asks a Hyper-V host what no file tells", False),
    "browse": Entry("travel through trees, disks and events in the terminal", False),
    "vms": Entry("list the VMs"),
    "tree": Entry("show the snapshot tree of a VM"),
    "chain": Entry("show disk files, their parents, and who needs them"),
    "files": Entry("list the files of a VM"),
    "orphans": Entry("find disk files that are odd: unneeded, missing, unmerged, and why"),
    "check": Entry("say at a glance whether anything wants attention; for monitoring too"),
    "explain": Entry("tell everything about one disk file: its verdict and its life"),
    "log": Entry("tell what happened, one sentence per event"),
    "diff": Entry("compare two moments", False),
    "forecast": Entry("say what a command would do, without doing it"),
    "plan": Entry("say in which order to get a VM rid of its AVHDs, and what to look at"),
    "inspect": Entry("read and check disks and other evidence; needs no store", False),
    "verify": Entry("check every byte of the log", False),
}
