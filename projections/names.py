"""Finding a VM or a snapshot by what somebody typed: its GUID or its name, as of a moment."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from eventstore.errors import BadInput
from eventstore.fleet import Fleet, fold
from eventstore.ids import SnapshotId, VmId, guid
from eventstore.machine import Machine, Snapshot
from eventstore.moments import Moment
from projections.as_of import Selection, when_of
from projections.lives import Named, lives

SUGGESTIONS_MAX = 3


class _Words(Struct, frozen=True):
    """How to speak of a kind of thing: what it is, how it begins, how it ends."""

    kind: str
    began: str
    ended: str


_VM = _Words("VM", "registered", "removed")
_SNAPSHOT = _Words("snapshot", "taken", "deleted")


def find_vm(text: str, fleet: Fleet, selection: Selection) -> Machine:
    """Give the VM that `text` names in `fleet`, the fold of `selection`.

    A removed VM is found by its GUID alone: its name may be another's by now. `BadInput` says
    why there is none: several, removed since, not there yet, or unknown.
    """
    machines = [machine for machine in fleet.machines.values() if machine.is_known]
    present = [_named_vm(machine) for machine in machines if machine.is_present]
    matches = _matching(text, present) or _by_guid(text, map(_named_vm, machines))
    if len(matches) == 1:
        return fleet.machines[VmId(matches[0].id)]
    if matches:
        raise _several(_VM, text, matches)
    if removed := _matching(text, [_named_vm(machine) for machine in machines]):
        raise _ended(_VM, removed[-1], "; its GUID still shows what it was")
    ever = [_named_vm(each) for each in fold(selection.log).machines.values() if each.is_known]
    if later := _matching(text, ever):
        raise _not_yet(_VM, later[0], selection)
    raise _unknown(_VM, text, present or ever)


def find_snapshot(text: str, machine: Machine, selection: Selection) -> Snapshot:
    """Give the snapshot of `machine`, as of `selection`, that `text` names; errors as `find_vm`."""
    present = [
        Named(each.id, each.name, each.taken.at)
        for each in sorted(machine.snapshots.values(), key=lambda each: each.taken)
    ]
    matches = _matching(text, present)
    if len(matches) == 1:
        return machine.snapshots[SnapshotId(matches[0].id)]
    if matches:
        raise _several(_SNAPSHOT, text, matches)
    if gone := [
        each for each in _matching(text, lives(selection.entries, machine.id)) if each.until
    ]:
        raise _ended(_SNAPSHOT, gone[-1])
    whole = sorted(selection.log, key=when_of)
    if later := _matching(text, lives(whole, machine.id)):
        raise _not_yet(_SNAPSHOT, later[0], selection)
    raise _unknown(_SNAPSHOT, text, present)


def _named_vm(machine: Machine) -> Named:
    since = machine.registered.at if machine.registered else Moment("")
    return Named(machine.id, machine.name, since, machine.removed.at if machine.removed else None)


def _matching(text: str, among: Sequence[Named]) -> list[Named]:
    """Exact matches come first; only without any does case no longer matter."""
    exact = [each for each in among if text == each.name] + _by_guid(text, among)
    if exact:
        return list({each.id: each for each in exact}.values())
    folded = text.casefold()
    return [each for each in among if folded == each.name.casefold()]


def _by_guid(text: str, among: Iterable[Named]) -> list[Named]:
    wanted = {text, guid(text)}
    return [each for each in among if each.id in wanted]


def _several(words: _Words, text: str, matches: Iterable[Named]) -> BadInput:
    listed = "; ".join(
        f"{each.name!r}, GUID {each.id}, {words.began} {each.since}" for each in matches
    )
    return BadInput(f"several {words.kind}s are called {text!r}; ask by GUID: {listed}")


def _ended(words: _Words, gone: Named, hint: str = "") -> BadInput:
    return BadInput(
        f"{words.kind} {gone.name!r} (GUID {gone.id}) was {words.ended} at {gone.until}{hint}"
    )


def _not_yet(words: _Words, later: Named, selection: Selection) -> BadInput:
    return BadInput(
        f"{words.kind} {later.name!r} did not exist yet {selection.as_of}; "
        f"first known at {later.since}"
    )


def _unknown(words: _Words, text: str, present: Iterable[Named]) -> BadInput:
    by_folded: Mapping[str, str] = {each.name.casefold(): each.name for each in present}
    close = get_close_matches(text.casefold(), by_folded, n=SUGGESTIONS_MAX)
    hint = (
        f"; did you mean {' or '.join(repr(by_folded[name]) for name in close)}?" if close else ""
    )
    return BadInput(f"no {words.kind} is called {text!r}{hint}")
