"""Amounts as people write them: `30d` of time, `100GB` of a disk."""

import re

from eventstore.errors import BadInput

_AMOUNT = re.compile(r"([0-9]{1,12})\s*([a-zA-Z]*)", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_BYTES = {
    unit: 1024**power
    for power, units in enumerate((("", "b"), ("kb",), ("mb",), ("gb",), ("tb",), ("pb",)))
    for unit in units
}
"""1 KB = 1024 bytes, as Windows counts them."""


def seconds(option: str, text: str) -> int:
    """Read a while like `30d`; BadInput says what was expected of `option`."""
    return _read(option, text, _SECONDS, "a while like 45m, 12h, 30d or 8w")


def size_bytes(option: str, text: str) -> int:
    """Read a size like `100GB`; BadInput says what was expected of `option`."""
    return _read(option, text, _BYTES, "a size like 500MB, 100GB or 2TB")


def _read(option: str, text: str, units: dict[str, int], expected: str) -> int:
    found = _AMOUNT.fullmatch(text)
    if found is None or found[2].lower() not in units:
        raise BadInput(f"{option} {text!r} is not understood; expected {expected}")
    return int(found[1]) * units[found[2].lower()]
