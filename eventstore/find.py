"""VMs and snapshots by the words people call them: a GUID, or a name, exactly or in any case."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from msgspec import Struct

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.errors import BadInput
from eventstore.events import (
    ConfigurationGone,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    SubtreeDeleted,
    VmExportSeen,
)
from eventstore.ids import SnapshotId, VmId, guid
from eventstore.machine import Machine, Snapshot
from eventstore.moments import Moment

LISTED_MAX = 10
"""More names than this do not help whoever mistyped one."""


class Candidate(Struct, frozen=True):
    """Something with an id and a name; `when` it came (registered, taken) or went."""

    id: str
    name: str
    when: Moment


def find_vm(machines: Iterable[Machine], word: str, coming: Iterable[Candidate] = ()) -> Machine:
    """Give the one present VM called `word`; raise BadInput when there is none, or several.

    `coming` are VMs that come later than the moment that is looked at; asked for only at need.
    """
    known = {machine.id: machine for machine in machines}
    present, gone = [], []
    for machine in known.values():
        if machine.removed:
            gone.append(Candidate(machine.id, machine.name, machine.removed.at))
        elif machine.registered:
            present.append(Candidate(machine.id, machine.name, machine.registered.at))
    found = pick(word, present, gone, what="VM", ended="removed", coming=coming)
    return known[VmId(found.id)]


def find_snapshot(machine: Machine, word: str, gone: Iterable[Candidate] = ()) -> Snapshot:
    """Give the one snapshot of `machine` called `word`; `gone` are those deleted before."""
    present = [
        Candidate(snapshot.id, snapshot.name, snapshot.taken.at)
        for snapshot in sorted(machine.snapshots.values(), key=lambda snapshot: snapshot.taken)
    ]
    found = pick(word, present, gone, what=f"snapshot of {machine.name}", ended="deleted")
    return machine.snapshots[SnapshotId(found.id)]


def pick(
    word: str,
    present: Sequence[Candidate],
    gone: Iterable[Candidate],
    *,
    what: str,
    ended: str,
    coming: Iterable[Candidate] = (),
) -> Candidate:
    """Give the one candidate called `word`; raise BadInput that helps to find the right one."""
    matches = _matches(word, present)
    if len(matches) == 1:
        return matches[0]
    if matches:
        listed = ", ".join(f"{each.name} {each.id} (since {each.when})" for each in matches)
        several = what.replace(" ", "s ", 1) if " " in what else f"{what}s"
        raise BadInput(f"{len(matches)} {several} match '{word}': {listed}; name one by its GUID")
    if past := _matches(word, tuple(gone)):
        last = max(past, key=lambda each: each.when)
        raise BadInput(f"the {what} '{last.name}' was {ended} at {last.when}")
    if future := _matches(word, tuple(coming)):
        first = min(future, key=lambda each: each.when)
        raise BadInput(
            f"the {what} '{first.name}' did not exist yet; it is first known at {first.when}"
        )
    raise BadInput(f"no {what} is called '{word}'{_hint(word, present)}")


def deleted_snapshots(entries: Iterable[Recorded]) -> Iterator[Candidate]:
    """Give the snapshots that `entries` of one VM saw deleted, each by its last name."""
    names: dict[SnapshotId, str] = {}
    for recorded in entries:
        ended: tuple[SnapshotId, ...] = ()
        match decode(recorded.entry):
            case SnapshotTaken(snapshot, name) | SnapshotRenamed(snapshot, name):
                names[snapshot] = name
            case SnapshotConfigurationSeen(snapshot=snapshot, name=seen):
                names[snapshot] = seen or snapshot
            case VmExportSeen(snapshots=told, has_all_snapshots=has_all):
                seen_now = {each.snapshot: each.name or each.snapshot for each in told}
                ended = tuple(each for each in names if has_all and each not in seen_now)
                names.update(seen_now)
            case SnapshotDeleted(snapshot) | ConfigurationGone(snapshot=str() as snapshot):
                ended = (snapshot,)
            case SubtreeDeleted(snapshots=ended):
                pass
        for gone in ended:
            yield Candidate(gone, names.pop(gone, gone), recorded.entry.occurred_at)


def _matches(word: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Ids before names, and a name as it is before the same in another case."""
    as_id = guid(word)
    folded = word.casefold()
    return (
        [each for each in candidates if each.id == as_id]
        or [each for each in candidates if each.name == word]
        or [each for each in candidates if each.name.casefold() == folded]
    )


def _hint(word: str, present: Sequence[Candidate]) -> str:
    names = list(dict.fromkeys(each.name for each in present))
    if close := get_close_matches(word, names, n=1):
        return f"; did you mean '{close[0]}'?"
    if not names:
        return "; there is none"
    more = f" and {len(names) - LISTED_MAX} more" if len(names) > LISTED_MAX else ""
    return f"; there are: {', '.join(names[:LISTED_MAX])}{more}"
