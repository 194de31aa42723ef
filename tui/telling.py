"""Events told as they are stored: a line each, with the names that things had then."""

from eventstore.events import Event
from eventstore.fleet import Fleet
from eventstore.ids import VmId, vm_stream
from eventstore.moments import Moment
from projections.narrate import NO_NAMES, Names, names_of, narrate
from tui.render.look import Look


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


def told_line(look: Look, position: int, when: Moment, text: str) -> str:
    """Lay out one event: its position, its time, its sentence."""
    number = look.paint(f"#{position}".rjust(5), "dim")
    return f"{number}  {look.paint(look.moment(when), 'dim')}  {look.text(text)}"
