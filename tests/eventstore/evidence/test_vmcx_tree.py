"""The key tree of VMCX: what goes in comes out, what is no configuration is refused."""

from collections.abc import Callable
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.errors import NotAConfiguration
from eventstore.evidence import vmcx_layout
from eventstore.evidence.keytree import DEPTH_MAX, KEYS_MAX, SIZE_MAX_BYTES, Key
from eventstore.evidence.vmcx import SLOTS_MAX
from eventstore.evidence.vmcx_tree import parse_vmcx
from tests.eventstore.evidence.vmcx_writer import (
    FIRST_KEY,
    FIRST_OBJECT,
    OBJECTS_A_TABLE,
    PAGE,
    integer,
    node,
    sealed,
    string,
    vmcx,
)
from tests.real_evidence import EVIDENCE, needs_real_evidence

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufffd"), min_size=1, max_size=40
)
TEXTS = st.text(max_size=1500).filter(lambda text: "\ufffd" not in text and text[-1:] != "\0")
LEAVES = st.one_of(
    st.builds(string, NAMES, TEXTS),
    st.builds(integer, NAMES, st.integers(-(1 << 63), (1 << 64) - 1)),
    st.builds(Key, NAMES, st.just("bool"), st.booleans()),
    st.builds(Key, NAMES, st.just("bytes"), st.binary(max_size=5000)),
    st.builds(Key, NAMES, st.just("double"), st.floats().map(repr)),
)
TREES = st.recursive(
    LEAVES,
    lambda below: st.builds(
        lambda name, keys: node(name, *keys), NAMES, st.lists(below, max_size=8)
    ),
    max_leaves=60,
)


@given(st.lists(TREES, max_size=4))
def test_any_key_tree_comes_back_as_it_was_written(keys: list[Key]) -> None:
    carried = parse_vmcx(vmcx(*keys))

    assert carried.root == Key("", children=tuple(keys))
    assert carried.doubts == ()


def test_keys_of_one_name_and_many_tables_keep_their_order() -> None:
    many = node("list", *(string("guid", f"{number:>1500}") for number in range(300)))

    assert parse_vmcx(vmcx(many)).root.children == (many,)


def test_values_apart_lead_through_chained_object_tables() -> None:
    many = [Key(f"k{n}", "bytes", bytes([n % 256]) * 2048) for n in range(OBJECTS_A_TABLE + 9)]

    assert parse_vmcx(vmcx(*many)).root.children == tuple(many)


@pytest.mark.parametrize(
    ("written", "told"),
    [("a\ud800b", "a\N{REPLACEMENT CHARACTER}D800b"), ("C:\\a.vhdx\0", "C:\\a.vhdx"), ("\0", "")],
)
def test_text_is_kept_reversibly_and_without_its_end_mark(written: str, told: str) -> None:
    assert parse_vmcx(vmcx(string("name", written))).root.text("name") == told


def one_key(key: Key, change: Callable[[bytearray], None]) -> bytes:
    """Give a file with one key, changed and sealed again."""
    data = bytearray(vmcx(key))
    size = int.from_bytes(data[FIRST_KEY + 2 : FIRST_KEY + 6], "little")
    entry = data[FIRST_KEY : FIRST_KEY + size]
    change(entry)
    data[FIRST_KEY : FIRST_KEY + size] = sealed(bytes(entry), 12)
    return bytes(data)


def put(at: int, new: bytes) -> Callable[[bytearray], None]:
    def change(entry: bytearray) -> None:
        entry[at : at + len(new)] = new

    return change


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (one_key(string("n", "ab"), put(23, b"\x03")), "expected checksum"),
        (one_key(Key("n", "bytes", b"abc"), put(0, b"\x06")), "expected UTF-16 text, got 3 bytes"),
        (one_key(string("n", ""), put(21, b"\xff")), "expected a name in UTF-8, got ff"),
        (one_key(Key("n", "bytes", b"x" * 2048), put(0, b"\x03")), "its number in place"),
        (one_key(Key("n", "bytes", b"x" * 2048), put(27, b"\x01")), "a file object of 2048 bytes"),
        (one_key(Key("n", "bytes", b"x" * 2048), put(24, b"\x20")), "a file object of 8192 bytes"),
    ],
)
def test_a_value_that_is_none_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotAConfiguration, match=message):
        parse_vmcx(data)


def nested(depth: int) -> Key:
    key = integer("x", 1)
    for _ in range(depth - 1):
        key = node("n", key)
    return key


def with_gaps(count: int) -> bytes:
    """Give a file whose only key table, at its end, is free room in the smallest pieces."""
    data = vmcx(node("configuration"))
    gap = pack("<BBIHIIIB", 1, 0, 21, 0, 0, 0, 0, 0)
    table = sealed(pack("<HHHI", 2, 1, 1, 0), 6) + gap * count
    listed = sealed(pack("<BIQIB", 2, 0, len(data), len(table), 1), 1)
    return data[:FIRST_OBJECT] + listed + data[FIRST_OBJECT + len(listed) :] + table


def test_trees_deeper_wider_or_larger_than_any_configuration_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert parse_vmcx(vmcx(nested(DEPTH_MAX))).doubts == ()
    with pytest.raises(NotAConfiguration, match="at most 64 deep, got more at offset"):
        parse_vmcx(vmcx(nested(DEPTH_MAX + 1)))
    with pytest.raises(NotAConfiguration, match="at most 100000 keys, got more at offset"):
        parse_vmcx(vmcx(*[integer("x", 1)] * (KEYS_MAX + 1)))
    with pytest.raises(NotAConfiguration, match="at most 16777216 bytes, got 16777217"):
        parse_vmcx(bytes(SIZE_MAX_BYTES + 1))
    with pytest.raises(NotAConfiguration, match="at most 262144 keys and gaps, got more"):
        parse_vmcx(with_gaps(SLOTS_MAX + 2))
    monkeypatch.setattr(vmcx_layout, "READ_BYTES_MAX", 3 * PAGE)
    with pytest.raises(NotAConfiguration, match="at most 12288 bytes of tables and values"):
        parse_vmcx(vmcx(*[string("x", "x" * 900)] * 9))


@needs_real_evidence
@pytest.mark.parametrize(
    ("name", "keys", "top"),
    [
        ("vmcx/993F7B33-6057-4D1E-A1FE-A1A1D77BE974.vmcx", 338, "configuration"),
        ("vmcx/test.vmcx", 409, "configuration"),
        ("vmcx/data.vmcx", 39, "Configurations"),
        ("vmrs/test.VMRS", 113, "configuration"),
    ],
)
def test_real_files_pass_every_check_without_a_doubt(name: str, keys: int, top: str) -> None:
    assert EVIDENCE is not None
    data = (EVIDENCE / name).read_bytes()

    carried = parse_vmcx(data)

    assert carried.doubts == ()
    assert [key.name for key in carried.root.children] == [top]
    assert count(carried.root) == keys + 1


def count(key: Key) -> int:
    return 1 + sum(count(child) for child in key.children)
