"""The XML carrier: what Windows writes, what git makes of it, and what attackers send."""

import os
import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.errors import NotAConfiguration
from eventstore.evidence.keytree import (
    DEPTH_MAX,
    KEYS_MAX,
    SIZE_MAX_BYTES,
    is_xml_carrier,
    parse_xml,
)

DECLARED = '<?xml version="1.0" encoding="UTF-16" standalone="yes"?>\r\n'
SMALL = (
    DECLARED
    + """<configuration>
  <properties>
    <name type="string">仮想マシン &amp; 1</name>
    <version type="integer">512</version>
    <running type="bool">True</running>
    <created type="bytes">AQID
</created>
    <mystery type="double">1.5</mystery>
  </properties>
</configuration>"""
)
MUTATIONS = int(os.environ.get("SNAPLEDGER_FUZZ", "500"))


def configuration(inside: str) -> bytes:
    return f"<configuration>{inside}</configuration>".encode()


ENCODED = {
    "as Windows writes it": b"\xff\xfe" + SMALL.encode("utf-16-le"),
    "without its mark": SMALL.encode("utf-16-le"),
    "big-endian": b"\xfe\xff" + SMALL.encode("utf-16-be"),
    "through git": SMALL.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + SMALL.encode(),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED.keys())
def test_the_bytes_decide_the_encoding_not_the_declaration(data: bytes) -> None:
    tree = parse_xml(data)

    assert is_xml_carrier(data)
    assert tree.text("properties/name") == "仮想マシン & 1"
    assert tree.integer("properties/version") == 512
    assert tree.flag("properties/running") is True


def test_bytes_are_base64_and_unknown_types_are_kept() -> None:
    tree = parse_xml(ENCODED["through git"])

    created, mystery = tree.at("properties/created"), tree.at("properties/mystery")
    assert created is not None
    assert created.value == b"\x01\x02\x03"
    assert mystery is not None
    assert (mystery.declared, mystery.value) == ("double", "1.5")


def test_a_missing_key_is_none_at_any_depth() -> None:
    tree = parse_xml(ENCODED["through git"])

    assert tree.text("properties/notes") is None
    assert tree.integer("nowhere/at/all") is None
    assert tree.flag("properties/name/deeper") is None


def test_a_name_with_an_unpaired_surrogate_is_kept_reversibly() -> None:
    text = '<configuration><name type="string">a\ud800b</name></configuration>'

    tree = parse_xml(b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass"))

    assert tree.text("name") == "a\N{REPLACEMENT CHARACTER}D800b"


@pytest.mark.parametrize(
    ("leaf", "message"),
    [
        ('<x type="integer">many</x>', "x: expected an integer, got integer 'many'"),
        ('<x type="string">7</x>', "x: expected an integer, got string '7'"),
        ('<x type="bool">True</x>', "x: expected an integer, got bool True"),
        ('<x type="integer">1_0</x>', "x: expected an integer, got integer '1_0'"),
        (f'<x type="integer">{"9" * 5000}</x>', "x: expected an integer, got integer '999"),
        ("<x><y/></x>", "x: expected an integer, got no type None"),
    ],
)
def test_a_value_of_another_type_is_told_with_its_place(leaf: str, message: str) -> None:
    tree = parse_xml(configuration(leaf))

    with pytest.raises(NotAConfiguration) as caught:
        tree.integer("x")
    assert str(caught.value).startswith(message)


def test_strings_and_flags_are_as_strict_as_numbers() -> None:
    tree = parse_xml(configuration('<s type="integer">1</s><f type="bool">perhaps</f>'))

    with pytest.raises(NotAConfiguration, match="s: expected a string, got integer 1"):
        tree.text("s")
    with pytest.raises(NotAConfiguration, match="f: expected a bool, got bool 'perhaps'"):
        tree.flag("f")


def test_bytes_that_are_not_base64_stay_as_they_stand() -> None:
    leaf = parse_xml(configuration('<x type="bytes">???</x>')).at("x")

    assert leaf is not None
    assert leaf.value == "???"


LAUGHS = """<!DOCTYPE c [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>
<configuration>&c;</configuration>"""
OUTSIDE = """<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<configuration><name type="string">&x;</name></configuration>"""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "well-formed XML"),
        (b"just text", "well-formed XML"),
        (b"<vm/>", "expected the root <configuration>, got <vm>"),
        (configuration("<a>"), "well-formed XML"),
        (configuration("</configuration><configuration>"), "well-formed XML"),
        (configuration("\x01"), "well-formed XML"),
        (b"<!DOCTYPE c><configuration/>", "no document type declaration"),
        (LAUGHS.encode(), "no document type declaration"),
        (OUTSIDE.encode(), "no document type declaration"),
        (configuration("&undeclared;"), "well-formed XML"),
        (b"\x93\xfa\x96\x7b", "expected UTF-8 text, got other bytes at offset 0"),
        (b"\xff\xfe<\x00c", "expected UTF-16-LE text, got other bytes at offset 4"),
        (configuration("<a>" * DEPTH_MAX), "at most 64 deep"),
        (configuration("<a/>" * KEYS_MAX), "at most 100000 keys"),
        (b" " * (SIZE_MAX_BYTES + 1), "at most 16777216 bytes, got 16777217"),
    ],
)
def test_what_is_no_configuration_is_refused_with_a_reason(data: bytes, message: str) -> None:
    with pytest.raises(NotAConfiguration, match=message):
        parse_xml(data)


def test_a_file_cut_anywhere_is_refused() -> None:
    whole = ENCODED["as Windows writes it"]

    for length in range(len(whole)):
        with pytest.raises(NotAConfiguration):
            parse_xml(whole[:length])


def test_mutated_bytes_are_read_or_refused_never_a_crash() -> None:
    chance = random.Random(20100926)
    for _ in range(MUTATIONS):
        data = bytearray(chance.choice(list(ENCODED.values())))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(NotAConfiguration):
            parse_xml(bytes(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(NotAConfiguration):
        parse_xml(data)


@pytest.mark.parametrize(
    "text",
    [
        "<project/>",
        "<configuration/>",
        '<configuration><section type="System.Xml"/>',
        "",
        "\0" * 99,
    ],
)
def test_other_xml_is_told_apart_by_its_beginning(text: str) -> None:
    assert not is_xml_carrier(text.encode())
    assert not is_xml_carrier(b"\xff\xfe" + text.encode("utf-16-le"))


def test_a_beginning_cut_inside_a_character_is_recognised() -> None:
    assert is_xml_carrier(ENCODED["as Windows writes it"][:301])
