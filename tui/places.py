"""What `[VM|FOLDER|FILE]` means: what the store knows first, then what stands here."""

import os
from pathlib import Path

from msgspec import Struct

from eventstore.entry import Entry, Recorded
from eventstore.errors import BadInput
from eventstore.evidence.file_tree import shown
from eventstore.evidence.folder import walk
from eventstore.evidence.host import host_id
from eventstore.evidence.path_map import path_map
from eventstore.known import NOTHING_KNOWN
from eventstore.machine import Machine
from eventstore.moments import now
from eventstore.observe import Observer, observe
from eventstore.observe_exports import observe_exports
from eventstore.observe_logs import observe_logs
from eventstore.paths import is_posix, name_of, path_key, volume_of
from eventstore.text import original, storable
from projections.as_of import EVERYTHING, Selection
from projections.disk_node import DiskNode
from projections.walks import lies_below
from tui.call import Call
from tui.knowledge import Knowledge
from tui.output import Output
from tui.sources import InMemory


class Meant(Struct, frozen=True):
    """What an argument names, and what is known of it. Without any of the three: everything."""

    known: Knowledge
    machine: Machine | None = None
    folder: str | None = None
    file: str | None = None


def meant(call: Call, word: str | None) -> Meant:
    """Find what `word` names; BadInput when it names nothing.

    A folder or file that the store does not know is read on the spot, and not stored.
    """
    session = call.session
    if word is None:
        return Meant(session.knowledge)
    if not word:
        raise BadInput("an empty word came; expected a VM, a folder or a file")
    names = (storable(word), here(word))
    if session.has_store and (stored := _stored(session.knowledge, names)):
        return stored
    place = Path(word)
    if session.has_store and place.exists() and (machine := _vm_called(session.knowledge, word)):
        call.out.note(f"{word} is taken for the VM; what stands here by that name is ./{word}")
        return Meant(session.knowledge, machine=machine)
    if place.is_dir():
        return Meant(_on_the_spot(call, place), folder=names[1])
    if place.is_file():
        return Meant(_on_the_spot(call, place.parent), file=names[1])
    if place.parent.name or volume_of(word) or is_posix(word):
        raise BadInput(f"there is no folder or file {word} here, and the store knows none")
    return Meant(session.knowledge, machine=session.knowledge.vm(names[0]))


def _vm_called(known: Knowledge, word: str) -> Machine | None:
    """Give the VM of a bare name, None where there is none or several."""
    if name_of(word) != word:
        return None
    try:
        return known.vm(storable(word))
    except BadInput:
        return None


def here(word: str) -> str:
    """Give a place on this machine in full, as readings name it."""
    return shown(os.path.abspath(word))  # noqa: PTH100 - resolve() follows links


def path_of(known: Knowledge, word: str) -> str | None:
    """Give the path of the one known file with the bare name `word`; BadInput for several."""
    if name_of(word) != word:
        return None
    asked = path_key(word)
    found = [node.path for node in known.graph.nodes.values() if _name(node.path) == asked]
    if len(found) > 1:
        raise BadInput(
            f"{len(found)} files are called {word}: {', '.join(found)}; name one in full"
        )
    return found[0] if found else None


def _name(path: str) -> str:
    return path_key(name_of(path))


def _stored(known: Knowledge, names: tuple[str, ...]) -> Meant | None:
    for name in names:
        if known.graph.at(name) is not None:
            return Meant(known, file=name)
    for name in names:
        if any(_is_below(node, name) for node in known.graph.nodes.values()):
            return Meant(known, folder=name)
    if path := path_of(known, names[0]):
        return Meant(known, file=path)
    for folder in known.fleet.folders.values():
        if lies_below(names[1], folder.read.root) and Path(original(names[1])).is_dir():
            return Meant(known, folder=names[1])
    return None


def _is_below(node: DiskNode, folder: str) -> bool:
    return lies_below(node.path, folder) or (
        node.found_at is not None and lies_below(node.found_at, folder)
    )


def _on_the_spot(call: Call, folder: Path) -> Knowledge:
    if call.session.is_past:
        raise BadInput(f"{folder} was not recorded by then, and a folder can only be read now")
    call.out.note(f"{folder} is not recorded: read on the spot, nothing is stored")
    return read_on_the_spot(folder, call.out)


def read_on_the_spot(folder: Path, out: Output) -> Knowledge:
    """Read a folder as `record` would, and keep what was seen in memory only."""
    mapping = path_map(folder)
    reading = walk(folder, mapping, lambda files: out.progress(f"{files:,} files"))
    by = Observer(host_id(), now())
    logs = observe_logs(reading.logs, NOTHING_KNOWN.logged, by)
    exported = observe_exports(reading.exports, NOTHING_KNOWN.exported, by)
    news = (*logs, *exported, *observe(reading, NOTHING_KNOWN, by))
    entries = []
    for position, each in enumerate(news, start=1):
        new = each.entry()
        entry = Entry(
            origin="",
            stream=each.stream,
            revision=position,
            id=new.id,
            type=new.type,
            occurred_at=new.occurred_at,
            actor=None,
            source=new.source,
            data=new.data,
            prev="",
        )
        batch = (position, position)
        entries.append(Recorded(position, new.occurred_at, batch, 0, entry, ""))
    recorded = tuple(entries)
    selection = Selection(EVERYTHING, recorded, recorded)
    return Knowledge(InMemory(selection), is_stored=False)
