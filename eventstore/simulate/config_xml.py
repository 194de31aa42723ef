"""A key tree written as Hyper-V writes it: UTF-16LE with BOM, CRLF, two spaces a level."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from eventstore.evidence.keytree import ROOT, Key
from eventstore.text import original

_DECLARATION = '<?xml version="1.0" encoding="UTF-16" standalone="yes"?>'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def node(name: str, *children: Key) -> Key:
    return Key(name, children=children)


def text(name: str, value: str) -> Key:
    return Key(name, "string", value)


def number(name: str, value: int) -> Key:
    return Key(name, "integer", value)


def xml_file(*keys: Key, comment: str) -> bytes:
    """Give a configuration with these keys; characters that XML has no form for are lost."""
    lines = [_DECLARATION, f"<{ROOT}>", f"  <!-- {comment} -->"]
    for key in keys:
        lines += _lines(key, "  ")
    whole = "\r\n".join([*lines, f"</{ROOT}>"])
    return b"\xff\xfe" + whole.encode("utf-16-le", "surrogatepass")


def _lines(key: Key, indent: str) -> Iterator[str]:
    if key.declared:
        value = escape(_NOT_XML.sub(_REPLACEMENT, original(str(key.value))))
        yield f'{indent}<{key.name} type="{key.declared}">{value}</{key.name}>'
        return
    yield f"{indent}<{key.name}>"
    for child in key.children:
        yield from _lines(child, indent + "  ")
    yield f"{indent}</{key.name}>"
