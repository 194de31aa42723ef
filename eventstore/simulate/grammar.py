"""The commands of the scenario language and their operands, as one table to read."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import PurePosixPath, PureWindowsPath
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from eventstore.errors import BadInput
from eventstore.events import Policy
from eventstore.ids import guid
from eventstore.new_disks import AUTOMATIC_SUFFIX
from eventstore.paths import is_posix, plain, suffix_of

NAME_UNITS_MAX = 255
"""The longest name of a file or folder that NTFS keeps, in UTF-16 units."""


class Shape(Struct, frozen=True):
    """What follows a verb: `operands` in this order, then `options`, and `rest` any number of."""

    operands: tuple[str, ...]
    options: tuple[str, ...] = ()
    rest: str = ""


_VM = Shape(("VM",))
_SNAPSHOT = Shape(("VM", "SNAPSHOT"))

SHAPES: Mapping[str, Shape] = {
    "at": Shape(("TIME",)),
    "vm": Shape(("NAME",), ("policy", "merge-on-save", "id"), rest="DISK"),
    "start": _VM,
    "shutdown": _VM,
    "turn-off": _VM,
    "save": _VM,
    "restart": _VM,
    "reset": _VM,
    "pause": _VM,
    "resume": _VM,
    "take": Shape(("VM", "NAME"), ("production", "id", "as")),
    "apply": Shape(("VM", "SNAPSHOT"), ("as",)),
    "take-and-apply": Shape(("VM", "NAME", "SNAPSHOT"), ("id",)),
    "revert": Shape(("VM",), ("as",)),
    "rename": Shape(("VM", "SNAPSHOT", "NAME")),
    "delete": _SNAPSHOT,
    "delete-subtree": _SNAPSHOT,
    "remove": _VM,
    "attach": Shape(("VM", "SLOT", "DISK")),
    "detach": Shape(("VM", "SLOT")),
    "hold-merges": _VM,
    "finish-merges": _VM,
    "fail-merge": Shape(("VM", "CODE")),
    "clone-disk": Shape(("CHILD", "PARENT")),
    "merge-vhd": Shape(("CHILD", "INTO")),
    "lose": Shape(("FILE",)),
    "write": Shape(("FILE",)),
    "move": Shape(("FILE", "TO")),
    "copy": Shape(("FILE", "TO")),
    "free": Shape(("VOLUME", "BYTES")),
}

_OPTION_SHAPES: Mapping[str, str] = {
    "policy": "policy=offline|live",
    "merge-on-save": "merge-on-save=yes|no",
    "id": "id=GUID",
    "as": "as=SLOT=PATH",
    "production": "production",
}
_PATH_OPERANDS = frozenset({"DISK", "CHILD", "PARENT", "INTO", "FILE", "TO"})
_UNFIT = re.compile(r'[<>:"|?*\x00-\x1f]')
_CODE = re.compile(r"0x[0-9a-f]{8}", re.IGNORECASE)
_OPTION = re.compile(r"[A-Za-z][A-Za-z-]*=")


class Deed(Struct, frozen=True):
    """One line of a scenario, understood; names in `operands` are still as they were typed."""

    verb: str
    operands: tuple[str, ...]
    disks: tuple[str, ...] = ()
    policy: Policy = "offline"
    merge_on_save: bool = True
    id: str | None = None
    production: bool = False
    paths: Mapping[str, str] = {}


def parse(found: tuple[str, ...]) -> Deed:
    """Understand the words of a line; raise BadInput with what came and what was expected."""
    verb, *rest = found
    shape = SHAPES.get(verb)
    if shape is None:
        raise BadInput(f"'{verb}' is no command{did_you_mean(verb, SHAPES)}")
    count = len(shape.operands)
    if len(rest) < count:
        raise BadInput(f"{verb} needs {shape.operands[len(rest)]}; expected: {usage(verb)}")
    for operand, word in zip(shape.operands, rest, strict=False):
        _check_operand(operand, word)
    deed = Deed(verb, tuple(rest[:count]))
    for word in rest[count:]:
        deed = _with_option(deed, shape, word)
    return deed


def usage(verb: str) -> str:
    """Give the shape of a command as a line."""
    shape = SHAPES[verb]
    options = (f"[{_OPTION_SHAPES[option]}]" for option in shape.options)
    rest = (f"[{shape.rest}…]",) if shape.rest else ()
    return " ".join((verb, *shape.operands, *options, *rest))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'take'?` when something known is close to `word`, else nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def slot_of(text: str) -> str:
    """Give a slot in its usual spelling; whether it exists is for the machine to say."""
    return " ".join(text.upper().split())


def _with_option(deed: Deed, shape: Shape, word: str) -> Deed:
    name, equals, value = word.partition("=")
    if word == "production" and "production" in shape.options:
        return replace(deed, production=True)
    if equals and name != "production" and name in shape.options:
        return _with_value(deed, name, value)
    if _OPTION.match(word) and shape.options:
        raise BadInput(
            f"{deed.verb} has no option '{name}'{did_you_mean(name, shape.options)}; "
            f"expected: {usage(deed.verb)}"
        )
    if shape.rest:
        _check_operand(shape.rest, word)
        return replace(deed, disks=(*deed.disks, word))
    raise BadInput(f"'{word}' is too much; expected: {usage(deed.verb)}")


def _with_value(deed: Deed, name: str, value: str) -> Deed:
    match name:
        case "policy":
            return replace(deed, policy=cast("Policy", _one_of(name, value, ("offline", "live"))))
        case "merge-on-save":
            return replace(deed, merge_on_save=_one_of(name, value, ("yes", "no")) == "yes")
        case "id":
            if (chosen := guid(value)) is None:
                raise BadInput(f"'{value}' is no GUID; expected 8-4-4-4-12 hexadecimal digits")
            return replace(deed, id=chosen)
        case _:
            slot, equals, path = value.partition("=")
            if not equals:
                raise BadInput(f"'as={value}' names no path; expected as=SLOT=PATH")
            _check_operand("DISK", path)
            return replace(deed, paths={**deed.paths, slot_of(slot): path})


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadInput(f"{name}={value}: expected {' or '.join(allowed)}")
    return value


def _check_operand(operand: str, word: str) -> None:
    if operand == "DISK" and is_posix(word):
        raise BadInput(rf"'{word}' is no Windows path; expected one like C:\VMs\web01.vhd")
    if operand in _PATH_OPERANDS:
        _check_path(word)
    elif operand == "BYTES" and not (word.isascii() and word.isdigit()):
        raise BadInput(f"'{word}' is no number of bytes")
    elif operand == "CODE" and not _CODE.fullmatch(word):
        raise BadInput(f"'{word}' is no HRESULT; expected one like 0x80070070")


def _check_path(word: str) -> None:
    pure = PurePosixPath(word) if is_posix(word) else PureWindowsPath(plain(word))
    if not pure.is_absolute() or ".." in pure.parts:
        raise BadInput(rf"'{word}' is no full path; expected one like C:\VMs\web01.vhd")
    for part in pure.parts[1:]:
        if unfit := _UNFIT.search(part):
            raise BadInput(f"'{word}' is no path: no Windows name holds '{unfit[0]}'")
        if len(part.encode("utf-16-le", "surrogatepass")) > 2 * NAME_UNITS_MAX:
            raise BadInput(f"a name in '{word}' has more than {NAME_UNITS_MAX} characters")
    if suffix_of(word) not in AUTOMATIC_SUFFIX:
        raise BadInput(f"'{word}' is no disk; expected a name in {', '.join(AUTOMATIC_SUFFIX)}")
