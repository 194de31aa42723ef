"""Say at a glance whether anything wants attention: for a look in the morning, and for monitoring.

What breaks a chain, or loses data at the next start, is critical; what wants a look is a warning;
what nobody can tell is unknown. Beside findings stand snapshots that are too old, merges that wait
too long and AVHDs that became too large, where a limit is given, and hosts nobody recorded lately.

    snapledger check --max-age 30d --max-size 100GB
    snapledger check web01 --json
    snapledger check --nagios

With --nagios one line is printed, and the exit code is 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
Without it 0 says that nothing wants attention, 1 that something does.
"""

from argparse import ArgumentParser
from collections.abc import Callable

from eventstore.errors import BadInput
from eventstore.moments import Moment, now
from projections.check import Check, check
from projections.coverage import coverage
from projections.findings import findings_of_vm
from projections.namesakes import names_apart
from projections.watched import Limits, watched
from tui.amounts import seconds, size_bytes
from tui.call import Call, Exit
from tui.commands import NAGIOS
from tui.render.check import check_lines, plugin_line, state_of


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("place", metavar="VM", nargs="?", help="only this VM, by name or GUID")
    parser.add_argument("--vm", metavar="VM", help="the same")
    parser.add_argument(
        "--max-age",
        metavar="AGE",
        default="none",
        help="older snapshots, and merges that wait longer, want attention",
    )
    parser.add_argument(
        "--max-size",
        metavar="SIZE",
        default="none",
        help="larger AVHDs, and chains of them, want attention",
    )
    parser.add_argument(
        "--max-unrecorded",
        metavar="AGE",
        default="7d",
        help="hosts that nobody recorded for longer want attention (default 7d, or `none`)",
    )
    parser.add_argument(
        NAGIOS, action="store_true", help="one line and an exit code for Nagios and its like"
    )


def run(call: Call) -> Exit:
    if call.words.nagios and call.wants_json:
        raise BadInput("--nagios and --json are two answers; give one of them")
    found = _checked(call)
    names = names_apart(call.session.knowledge.fleet)
    if call.words.nagios:
        call.out.line(plugin_line(found, call.out.look, names))
        return Exit(state_of(found.state))
    if call.wants_json:
        call.out.json(found)
    else:
        call.out.lines(check_lines(found, call.out.look, names))
        call.out.as_of(found.as_of)
    return Exit.FOUND if found.problems else Exit.FINE


def _checked(call: Call) -> Check:
    limits = Limits(
        _limit(call, "--max-age", seconds),
        _limit(call, "--max-size", size_bytes),
        _limit(call, "--max-unrecorded", seconds),
    )
    known = call.session.knowledge
    named = {word for word in (call.words.place, call.words.vm) if word is not None}
    if len(named) > 1:
        raise BadInput(f"two VMs are named: {' and '.join(sorted(named))}; a check is of one")
    vm = known.vm(named.pop()).id if named else None
    look = watched(known.ownership, known.graph, at=_clock(call), limits=limits, vm=vm)
    findings = findings_of_vm(known.findings, known.graph, vm) if vm else known.findings
    return check(look, findings, gaps=len(coverage(known.fleet).gaps), as_of=known.last(vm))


def _limit(call: Call, option: str, read: Callable[[str, str], int]) -> int | None:
    word = getattr(call.words, option.removeprefix("--").replace("-", "_"))
    return None if word == "none" else read(option, word)


def _clock(call: Call) -> Moment:
    """Give the time that ages go by: the one asked for, that of the entry asked for, or now."""
    as_of = call.session.as_of
    last = call.session.knowledge.last() if as_of.position is not None else None
    return as_of.at or (last.occurred_at if last else now())
