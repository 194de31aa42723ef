"""The key tree of a VM configuration, and its XML carrier.

Hyper-V keeps a configuration as a tree of named, typed values. Up to 2012 R2 a file of XML
carries it: root `configuration`, every leaf with `type=` string, integer, bool or bytes (base64),
UTF-16LE with BOM. Whatever reads another carrier gives the same `Key`.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from xml.parsers import expat

from msgspec import Struct

from eventstore.errors import NotAConfiguration
from eventstore.text import storable

SIZE_MAX_BYTES = 16 << 20
"""Real files hold 10 to 80 KB; what is larger is something else, or meant to harm."""

DEPTH_MAX = 64
"""Real files are 7 deep."""

KEYS_MAX = 100_000
"""Real files hold 200 to 400 keys."""

ROOT = "configuration"

HEAD_BYTES = 4096
"""So much of a file's beginning is enough for `is_xml_carrier`."""

Value = str | int | bool | bytes

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_BEGINNING = re.compile(rf'<{ROOT}\b.* type="(string|integer|bool|bytes)"', re.DOTALL)
_BOOL = {"true": True, "false": False}


class Key(Struct, frozen=True):
    """A named key: a leaf has a type and a value, a node has children, in the file's order.

    A value that is not of its declared type is kept as the text that stands there.
    """

    name: str
    declared: str = ""
    value: Value | None = None
    children: tuple["Key", ...] = ()

    def at(self, path: str) -> "Key | None":
        """Give the first key below this one at `path` (`properties/name`)."""
        key = self
        for name in path.split("/"):
            for child in key.children:
                if child.name == name:
                    key = child
                    break
            else:
                return None
        return key

    def text(self, path: str) -> str | None:
        """Give the string at `path`, None when there is no such key.

        Like `integer` and `flag` it raises NotAConfiguration when another type stands there.
        """
        match self.at(path):
            case None:
                return None
            case Key(declared="string", value=str() as text):
                return text
            case other:
                raise _mistyped(path, "a string", other)

    def integer(self, path: str) -> int | None:
        match self.at(path):
            case None:
                return None
            case Key(declared="integer", value=int() as number):
                return number
            case other:
                raise _mistyped(path, "an integer", other)

    def flag(self, path: str) -> bool | None:
        match self.at(path):
            case None:
                return None
            case Key(declared="bool", value=bool() as flag):
                return flag
            case other:
                raise _mistyped(path, "a bool", other)


def is_xml_carrier(head: bytes) -> bool:
    """Tell whether the first bytes of a file are those of a configuration's XML."""
    encoding, start = encoding_of(head)
    return _BEGINNING.search(head[start:].decode(encoding, "replace")) is not None


def parse_xml(data: bytes) -> Key:
    """Give the key tree that `data` carries; raises NotAConfiguration and nothing else."""
    if len(data) > SIZE_MAX_BYTES:
        raise NotAConfiguration(
            f"expected a configuration of at most {SIZE_MAX_BYTES} bytes, got {len(data)}"
        )
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.CharacterDataHandler = builder.data
    parser.EndElementHandler = builder.end
    try:
        # As text: the declaration says UTF-16 even in copies that are ASCII, and is ignored here.
        parser.Parse(_text(data), True)
    except expat.ExpatError as error:
        raise NotAConfiguration(f"expected well-formed XML: {error!s:.200}") from None
    return builder.root()


def _refuse_doctype(name: str, *_: object) -> None:
    """Without a document type there are no entities to expand and nothing to fetch."""
    raise NotAConfiguration(f"expected no document type declaration, got {name:.80}")


class _Builder:
    """Makes the tree from the parser's calls, and stops at what no configuration would be."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str, list[str], list[Key]]] = []
        self._keys = 0
        self._root: Key | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._keys += 1
        if not self._open and tag != ROOT:
            raise NotAConfiguration(f"expected the root <{ROOT}>, got <{tag:.80}>")
        if len(self._open) >= DEPTH_MAX:
            raise NotAConfiguration(
                f"expected keys at most {DEPTH_MAX} deep, got more at <{tag:.80}>"
            )
        if self._keys > KEYS_MAX:
            raise NotAConfiguration(f"expected at most {KEYS_MAX} keys, got more at <{tag:.80}>")
        self._open.append((tag, attributes.get("type", ""), [], []))

    def data(self, text: str) -> None:
        self._open[-1][2].append(text)

    def end(self, _tag: str) -> None:
        name, declared, texts, children = self._open.pop()
        value = _typed(declared, "".join(texts)) if declared else None
        key = Key(name=name, declared=declared, value=value, children=tuple(children))
        if self._open:
            self._open[-1][3].append(key)
        else:
            self._root = key

    def root(self) -> Key:
        if self._root is None:
            raise NotAConfiguration(f"expected a <{ROOT}>, got no element")
        return self._root


def _mistyped(path: str, expected: str, got: Key) -> NotAConfiguration:
    kind = got.declared or "no type"
    return NotAConfiguration(f"{path}: expected {expected}, got {kind} {got.value!r:.80}")


def _typed(declared: str, text: str) -> Value:
    match declared:
        case "integer" if _INTEGER.fullmatch(text.strip()):
            return int(text)
        case "bool":
            return _BOOL.get(text.strip().lower(), text)
        case "bytes":
            try:
                return b64decode("".join(text.split()), validate=True)
            except (NotBase64, ValueError):
                return text
        case _:
            return text


def _text(data: bytes) -> str:
    encoding, start = encoding_of(data)
    errors = "strict" if encoding == "utf-8" else "surrogatepass"
    try:
        return storable(data[start:].decode(encoding, errors))
    except UnicodeDecodeError as error:
        raise NotAConfiguration(
            f"expected {encoding.upper()} text, got other bytes at offset {start + error.start}"
        ) from None


def encoding_of(data: bytes) -> tuple[str, int]:
    """Give the encoding and the length of the byte order mark; a missing mark is guessed."""
    for encoding, mark, bare in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
        if data.startswith(bare):
            return encoding, 0
    return "utf-8", 0


_MARKS = (
    ("utf-8", b"\xef\xbb\xbf", b"<?"),
    ("utf-16-le", b"\xff\xfe", b"<\0"),
    ("utf-16-be", b"\xfe\xff", b"\0<"),
)
