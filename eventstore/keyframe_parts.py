"""States in bytes: whole, or what changed since they were last written.

A state is made of parts, dataclasses of dictionaries, lists and small values. Dictionaries keep
what has a key; a value that is still the same object did not change. Lists only grow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from sys import modules
from typing import TYPE_CHECKING, Protocol, TypeVar, get_type_hints

import msgspec
from msgspec import Struct

from eventstore.entry import Recorded

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_MUTABLE = (dict, list, set)
_HERE = Path(__file__).parent

Key = str | tuple[str, ...]


class State(Protocol):
    """A fold of the log that can be saved and gone on from."""

    def take(self, recorded: Recorded) -> None:
        """Take in the entry that happened next."""

    def parts(self) -> "Mapping[str, DataclassInstance]":
        """Give what it consists of, by name; what is loaded is put into these objects."""


AnyState = TypeVar("AnyState", bound=State)

Mark = Mapping[str, Mapping[str, dict[Key, object] | int]]
"""What a state held when it was last written, by part and field: a dictionary, a list's length."""

NOTHING: Mark = {}


class _Change(Struct, frozen=True, array_like=True):
    """What a part gained: a part with that alone, keys that went, what was added to lists.

    Lists are JSON: events that could not be read are, and they may stand in one.
    """

    gained: bytes
    gone: dict[str, tuple[Key, ...]]
    added: dict[str, bytes]


def mark(state: State) -> Mark:
    """Remember what `state` holds, so that changes can be told later."""
    return {name: dict(_held(part)) for name, part in state.parts().items()}


def written(state: State, since: Mark) -> Iterator[tuple[str, str, bytes]]:
    """Give each part's name, its program and what changed in it `since`."""
    parts = state.parts()
    for name, part in parts.items():
        yield name, program(type(part)), _written(part, parts, since.get(name, {}))


def load(state: State, name: str, change: bytes) -> None:
    """Put what was written into the part `name` of `state`; MsgspecError when it cannot be."""
    part = state.parts()[name]
    found = msgspec.msgpack.decode(change, type=_Change)
    gained = msgspec.msgpack.decode(found.gained, type=type(part))
    for each in _own_fields(part, state.parts()):
        mine, new = getattr(part, each.name), getattr(gained, each.name)
        if isinstance(mine, dict):
            for key in found.gone.get(each.name, ()):
                mine.pop(key, None)
            mine.update(new)
        elif isinstance(mine, list):
            if news := found.added.get(each.name):
                hint = get_type_hints(type(part))[each.name]
                mine.extend(msgspec.json.decode(news, type=hint))
        else:
            setattr(part, each.name, new)


@cache
def program(part: type) -> str:
    """Name the program that folds a part, by its text; empty when that cannot be read."""
    digest = sha256(msgspec.__version__.encode())
    here = Path(modules[part.__module__].__file__ or "").parent
    try:
        sources = sorted(
            {*_HERE.glob("*.py"), *(_HERE / "evidence").glob("*.py"), *here.glob("*.py")}
        )
        for source in sources:
            digest.update(source.read_bytes())
    except OSError:
        return ""
    return digest.hexdigest() if sources else ""


def _own_fields(
    part: "DataclassInstance", parts: "Mapping[str, DataclassInstance]"
) -> "list[Field[object]]":
    """Give the fields of a part that are no parts themselves."""
    return [
        each
        for each in fields(part)
        if not any(getattr(part, each.name) is other for other in parts.values())
    ]


def _held(part: "DataclassInstance") -> Iterator[tuple[str, dict[Key, object] | int]]:
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(value, dict):
            yield each.name, dict(value)
        elif isinstance(value, list):
            yield each.name, len(value)


def _written(
    part: "DataclassInstance",
    parts: "Mapping[str, DataclassInstance]",
    since: Mapping[str, dict[Key, object] | int],
) -> bytes:
    gained: dict[str, object] = {}
    gone: dict[str, tuple[Key, ...]] = {}
    added: dict[str, bytes] = {}
    for each in _own_fields(part, parts):
        value, before = getattr(part, each.name), since.get(each.name)
        if isinstance(value, dict):
            gone[each.name], gained[each.name] = _changed(
                before if isinstance(before, dict) else {}, value
            )
        elif isinstance(value, list):
            if news := value[before if isinstance(before, int) else 0 :]:
                added[each.name] = msgspec.json.encode(news)
        else:
            gained[each.name] = value
    change = _Change(
        msgspec.msgpack.encode(type(part)(**gained)),
        {name: keys for name, keys in gone.items() if keys},
        added,
    )
    return msgspec.msgpack.encode(change)


def _changed(
    before: dict[Key, object], now: dict[Key, object]
) -> tuple[tuple[Key, ...], dict[Key, object]]:
    """Give the keys that went, and what came or changed; what came back to another place did both.

    The order of a dictionary says in which order things became known.
    """
    gone = [key for key in before if key not in now]
    kept = [key for key in before if key in now]
    if list(now) != [*kept, *(key for key in now if key not in before)]:
        return tuple(before), now
    changed = {
        key: value
        for key, value in now.items()
        if isinstance(value, _MUTABLE) or is_dataclass(value) or before.get(key) is not value
    }
    return tuple(gone), changed
