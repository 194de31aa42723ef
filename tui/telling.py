"""Events told as they are stored: a line each, with the names that things had then."""

from eventstore.events import Event
from eventstore.fleet import Fleet
from eventstore.ids import VmId, vm_stream
from eventstore.moments import Moment
from projections.narrate import NO_NAMES, Names, names_of, narrate
from tui.render.look import Look
from tui.render.tables import GAP
from tui.render.text import wrapped

_NUMBER_WIDTH = 5
_SENTENCE_MIN = 30
"""A terminal too narrow for this may as well break lines itself."""


class Teller:
    """Tells the events of one run; it knows the names as they were before the next event."""

    def __init__(self, fleet: Fleet, look: Look) -> None:
        self._look = look
        self._names: dict[str, Names] = {
            vm_stream(VmId(vm)): names_of(machine) for vm, machine in fleet.machines.items()
        }

    def told(self, stream: str, event: Event, position: int, when: Moment) -> str:
        before = self._names.get(stream, NO_NAMES)
        self._names[stream] = before.after(event)
        return told_line(self._look, position, when, narrate(event, before))


def told_line(look: Look, position: int | None, when: Moment, text: str) -> str:
    """Lay out one event: its position, its time, its sentence; a long one goes on below itself."""
    number = (f"#{position}" if position else "").rjust(_NUMBER_WIDTH)
    at = look.moment(when)
    indent = len(number) + len(at) + 2 * len(GAP)
    width = max(look.width - indent, _SENTENCE_MIN) if look.width else None
    first, *more = wrapped(look.told(text), width)
    head = f"{look.paint(number, 'dim')}{GAP}{look.paint(at, 'dim')}{GAP}{first}"
    return "\n".join((head, *(" " * indent + line for line in more)))
