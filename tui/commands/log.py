"""Tell what happened: one plain sentence per event, in the order in which it happened.

With --json the stored lines as they are, in the order of their positions.
"""

from argparse import ArgumentParser
from collections.abc import Iterable

from eventstore.entry import Recorded
from eventstore.errors import BadInput
from eventstore.ids import VmId, guid
from eventstore.log.line import Envelope, encode_entry, encode_line
from projections.as_of import EVERYTHING
from projections.timeline import Row, concerns, timeline
from tui.call import Call, Exit
from tui.knowledge import Knowledge
from tui.render.look import Look
from tui.session import Session
from tui.telling import told_line


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", nargs="?", help="only what happened to this VM")


def run(call: Call) -> Exit:
    session, word = call.session, call.words.vm
    vm = _meant(session.knowledge, word) if word else None
    if not call.wants_json:
        known = session.knowledge
        rows = timeline(known.selection, known.fleet, vm)
        call.out.lines(_line(row, call.out.look) for row in rows)
        return Exit.FINE
    for recorded in _counted(session):
        if vm is None or concerns(recorded.entry, vm):
            call.out.raw(stored_line(recorded))
    return Exit.FINE


def _meant(known: Knowledge, word: str) -> VmId:
    """Give the VM called `word`; here it may be one that nothing but event logs speak of."""
    try:
        return known.told_vm(word).id
    except BadInput:
        names = known.fleet.host_logs.names
        told = [vm for vm, name in names.items() if word in {vm, name} or guid(word) == vm]
        if len(told) != 1:
            raise
        return told[0]


def _counted(session: Session) -> Iterable[Recorded]:
    """Give what counts in the log's order, without holding a whole log in memory."""
    if session.as_of == EVERYTHING:
        return session.log.read()
    return session.knowledge.selection.as_learned()


def stored_line(recorded: Recorded) -> bytes:
    """Give the line of the log that `recorded` was read from."""
    envelope = Envelope(recorded.position, recorded.recorded_at, recorded.batch, recorded.synced)
    return encode_line(envelope, encode_entry(recorded.entry))


def _line(row: Row, look: Look) -> str:
    marks = []
    if row.is_late:
        marks.append(f"learned late, at {look.moment(row.recorded_at)}")
    if row.contradicts:
        marks.append("contradicts what was known")
    mark = "  " + look.paint(f"({'; '.join(marks)})", "warn") if marks else ""
    return told_line(look, row.position, row.occurred_at, row.text) + mark
