"""Scenario files: lines of UTF-8, one command each, errors with file and line."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from eventstore.errors import BadInput
from eventstore.simulate.grammar import Deed, parse
from eventstore.simulate.words import words

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Line(Struct, frozen=True):
    """A command of a scenario and the number of its line, counted from 1."""

    number: int
    deed: Deed


def read_scenario(lines: Iterable[bytes], name: str) -> Iterator[Line]:
    """Give the commands in `lines` of the file `name`, one by one, as far as they are right.

    Raises BadInput at the first line that cannot be understood; those before it were given.
    """
    for number, raw in enumerate(lines, start=1):
        try:
            if found := words(_text(raw.removeprefix(_UTF8_MARK) if number == 1 else raw)):
                yield Line(number, parse(found))
        except BadInput as error:
            raise BadInput(f"{name}:{number}: {error}") from error


def _text(raw: bytes) -> str:
    if raw.startswith(_UTF16_MARKS):
        raise BadInput("the text is UTF-16; expected UTF-8 (save it again as UTF-8)")
    try:
        return raw.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        found = raw[error.start]
        raise BadInput(
            f"byte 0x{found:02X} at column {error.start + 1} is no UTF-8; expected a text in UTF-8"
        ) from None
