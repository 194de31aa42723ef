"""VHD and AVHD headers: both footers, the dynamic header, the parent locators, all verified."""

from typing import NamedTuple
from uuid import UUID

from eventstore.errors import DamagedDisk
from eventstore.evidence.block_tables import vhd_blocks
from eventstore.evidence.header_bytes import HeaderBytes
from eventstore.evidence.observations import Check, DiskFacts, DiskKind, ParentLink
from eventstore.evidence.vhd_layout import (
    ABSOLUTE_PATH,
    DIFFERENCING,
    DYNAMIC,
    DYNAMIC_HEADER,
    FIXED,
    FOOTER,
    FOOTER_BYTES,
    FOOTER_CHECKSUM_AT,
    FOOTER_COOKIE,
    FORMAT_VERSION,
    HEADER_BYTES,
    HEADER_CHECKSUM_AT,
    HEADER_COOKIE,
    LOCATOR,
    LOCATORS,
    LOCATORS_AT,
    NAME_AT,
    NAME_BYTES,
    RELATIVE_PATH,
    DynamicHeader,
    Footer,
    Locator,
    checksum,
    moment_of_seconds,
)
from eventstore.text import storable

KINDS: dict[int, DiskKind] = {FIXED: "fixed", DYNAMIC: "dynamic", DIFFERENCING: "differencing"}

LITTLE_ENDIAN_CREATORS = frozenset({b"win ", b"d2v\0"})
"""Windows and Disk2vhd store a GUID as it lies in memory; Virtual PC, qemu and others do not."""

OLD_FOOTER_BYTES = 511
OLD_FOOTER_CREATOR = b"vpc "
"""Virtual PC before 2004 left out the footer's last byte, which is zero; nobody else did."""

PATH_BYTES_MAX = 1 << 16
"""A Windows path has at most 32,767 UTF-16 units."""

SIZE_BYTES_MAX = (1 << 63) - 1


class _Copy(NamedTuple):
    """A footer as found; `problem` is empty when its checksum and its fields hold."""

    where: str
    raw: bytes
    footer: Footer
    problem: str


def read_vhd(source: HeaderBytes) -> DiskFacts:
    """Give what the headers of a VHD say; raise `DamagedDisk` when it is nothing usable."""
    tail, head = _footer_at_end(source), _footer_at_start(source)
    if tail is None and head is None:
        raise DamagedDisk(
            f"{source.size_bytes} bytes that begin like a VHD, which has at least 512"
        )
    used = _choose(tail, head, source.size_bytes)
    footer, kind = used.footer, KINDS[used.footer.disk_type]
    checks = _footer_checks(tail, head, used)
    block_size_bytes = parent = None
    if kind == "fixed":
        checks += (_data_check(footer, source.size_bytes),)
    else:
        raw, header, problem = _read_dynamic_header(source, footer.header_offset)
        checks += (_check("dynamic header", problem),)
        if header is not None:
            block_size_bytes = header.block_size_bytes
            checks += vhd_blocks(source, header, footer.current_size_bytes)
            if kind == "differencing":
                parent, parent_check = _read_parent(source, header, raw)
                checks += (parent_check,)
    return DiskFacts(
        format="vhd",
        kind=kind,
        creator=_creator(footer),
        virtual_size_bytes=footer.current_size_bytes,
        identity=footer.unique_id.hex(),
        disk_id=_disk_id(footer),
        block_size_bytes=block_size_bytes,
        written_at=moment_of_seconds(footer.seconds),
        parent=parent,
        checks=checks,
    )


def has_footer(source: HeaderBytes) -> bool:
    """Tell whether the file ends in a VHD footer: all there is of a fixed disk's signature."""
    return _footer_at_end(source) is not None


def dynamic_header(source: HeaderBytes) -> DynamicHeader | None:
    """Give what tells where the blocks lie, None of a fixed disk; raise `DamagedDisk`."""
    footer = _choose(_footer_at_end(source), _footer_at_start(source), source.size_bytes).footer
    if footer.disk_type == FIXED:
        return None
    _, header, problem = _read_dynamic_header(source, footer.header_offset)
    if header is None or problem:
        raise DamagedDisk(f"dynamic header: {problem}")
    return header


# --- footers --------------------------------------------------------------------------------


def _footer_at_end(source: HeaderBytes) -> _Copy | None:
    for length in (FOOTER_BYTES, OLD_FOOTER_BYTES):
        raw = source.read(source.size_bytes - length, length)
        if raw.startswith(FOOTER_COOKIE):
            copy = _copy("at the end", raw.ljust(FOOTER_BYTES, b"\0"))
            is_cut = length < FOOTER_BYTES and copy.footer.creator_app != OLD_FOOTER_CREATOR
            return copy._replace(problem="its last byte is missing") if is_cut else copy
    return None


def _footer_at_start(source: HeaderBytes) -> _Copy | None:
    raw = source.read(0, FOOTER_BYTES)
    is_copy = raw.startswith(FOOTER_COOKIE) and len(raw) == FOOTER_BYTES
    return _copy("at the start", raw) if is_copy else None


def _copy(where: str, raw: bytes) -> _Copy:
    footer = Footer._make(FOOTER.unpack_from(raw))
    found = checksum(raw, FOOTER_CHECKSUM_AT)
    if found != footer.checksum:
        problem = f"checksum {footer.checksum:08X} stored, {found:08X} calculated"
    elif footer.format_version != FORMAT_VERSION:
        problem = f"format version {footer.format_version:08X}, expected {FORMAT_VERSION:08X}"
    else:
        problem = _unusable(footer)
    return _Copy(where, raw, footer, problem)


def _unusable(footer: Footer) -> str:
    """Say why nothing can be told from this footer, whatever its checksum."""
    if footer.disk_type not in KINDS:
        return f"disk type {footer.disk_type}, expected 2, 3 or 4"
    if footer.current_size_bytes > SIZE_BYTES_MAX:
        return f"virtual size {footer.current_size_bytes}, expected less than 2**63"
    return ""


def _choose(tail: _Copy | None, head: _Copy | None, size_bytes: int) -> _Copy:
    """Give the copy to believe: an intact one before any other, the end's before the start's.

    A fixed disk begins with the guest's data, so a footer of that type at the start is no copy.
    """
    copies = [copy for copy in (tail, head) if copy and not _unusable(copy.footer)]
    copies = [copy for copy in copies if copy is tail or copy.footer.disk_type != FIXED]
    intact = [copy for copy in copies if not copy.problem]
    for copy in intact or copies:
        return copy
    found = "; ".join(
        f"{copy.where}: {copy.problem or 'a fixed disk'}" for copy in (tail, head) if copy
    )
    raise DamagedDisk(f"no usable VHD footer in {size_bytes} bytes ({found})")


def _footer_checks(tail: _Copy | None, head: _Copy | None, used: _Copy) -> tuple[Check, ...]:
    checks = [_footer_check("footer at the end", tail)]
    if used.footer.disk_type != FIXED:
        checks.append(_footer_check("footer at the start", head))
        if tail and head:
            checks.append(_check("footer copies agree", _difference(tail.raw, head.raw)))
    return (*checks, Check("footer in use", passed=True, text=f"the one {used.where}"))


def _footer_check(name: str, copy: _Copy | None) -> Check:
    return _check(name, copy.problem if copy else "no footer there, expected 'conectix'")


def _difference(tail: bytes, head: bytes) -> str:
    if tail == head:
        return ""
    ours, theirs = (Footer._make(FOOTER.unpack_from(raw)) for raw in (tail, head))
    names = [name for name, a, b in zip(Footer._fields, ours, theirs, strict=True) if a != b]
    return f"they differ in {', '.join(names) or 'their reserved bytes'}"


def _data_check(footer: Footer, size_bytes: int) -> Check:
    room = size_bytes - OLD_FOOTER_BYTES
    short = footer.current_size_bytes > room
    text = f"{footer.current_size_bytes} bytes of data expected, the file has {size_bytes}"
    return _check("data inside the file", text if short else "")


def _creator(footer: Footer) -> str:
    app = footer.creator_app.rstrip(b" \0").decode("ascii", "backslashreplace")
    return f"{app} {footer.creator_major}.{footer.creator_minor}"


def _disk_id(footer: Footer) -> str:
    raw = footer.unique_id
    is_little = footer.creator_app in LITTLE_ENDIAN_CREATORS
    return str(UUID(bytes_le=raw) if is_little else UUID(bytes=raw)).upper()


# --- dynamic header and parent --------------------------------------------------------------


def _read_dynamic_header(
    source: HeaderBytes, offset: int
) -> tuple[bytes, DynamicHeader | None, str]:
    """Give the header's bytes, the header if there is one to speak of, and its problem."""
    raw = source.read(offset, HEADER_BYTES)
    if len(raw) < HEADER_BYTES:
        return raw, None, f"{len(raw)} bytes at offset {offset}, expected {HEADER_BYTES}"
    if not raw.startswith(HEADER_COOKIE):
        return raw, None, f"{raw[:8]!r} at offset {offset}, expected {HEADER_COOKIE!r}"
    header = DynamicHeader._make(DYNAMIC_HEADER.unpack_from(raw))
    found = checksum(raw, HEADER_CHECKSUM_AT)
    if found != header.checksum:
        return raw, header, f"checksum {header.checksum:08X} stored, {found:08X} calculated"
    if header.header_version != FORMAT_VERSION:
        return raw, header, f"version {header.header_version:08X}, expected {FORMAT_VERSION:08X}"
    return raw, header, ""


def _read_parent(
    source: HeaderBytes, header: DynamicHeader, raw: bytes
) -> tuple[ParentLink, Check]:
    paths: dict[bytes, str] = {}
    problems: list[str] = []
    for at in range(LOCATORS_AT, LOCATORS_AT + LOCATORS * LOCATOR.size, LOCATOR.size):
        locator = Locator._make(LOCATOR.unpack_from(raw, at))
        if locator.platform not in (RELATIVE_PATH, ABSOLUTE_PATH) or locator.platform in paths:
            continue
        path, problem = _read_path(source, locator)
        paths[locator.platform] = path
        problems += [problem] if problem else []
    link = ParentLink(
        identity=header.parent_id.hex() if any(header.parent_id) else None,
        written_at=moment_of_seconds(header.parent_seconds),
        name=_text(raw[NAME_AT : NAME_AT + NAME_BYTES], "utf-16-be") or None,
        relative_path=paths.get(RELATIVE_PATH) or None,
        absolute_path=paths.get(ABSOLUTE_PATH) or None,
    )
    if link.identity is None:
        problems.append("the parent's unique id is all zeros")
    return link, _check("parent locators", "; ".join(problems))


def _read_path(source: HeaderBytes, locator: Locator) -> tuple[str, str]:
    """Give the path a locator points to, and what is wrong with it."""
    name = locator.platform.decode("ascii")
    if locator.length_bytes > PATH_BYTES_MAX:
        return (
            "",
            f"{name} claims {locator.length_bytes} bytes, a path has at most {PATH_BYTES_MAX}",
        )
    raw = source.read(locator.offset, locator.length_bytes)
    if len(raw) < locator.length_bytes:
        where = f"offset {locator.offset}"
        return "", f"{name}: {len(raw)} bytes at {where}, expected {locator.length_bytes}"
    return _text(raw, "utf-16-le"), ""


def _text(raw: bytes, encoding: str) -> str:
    """Decode UTF-16 up to its first NUL; an odd last byte is no character."""
    even = raw[: len(raw) // 2 * 2]
    return storable(even.decode(encoding, "surrogatepass").split("\0", 1)[0])


def _check(name: str, problem: str) -> Check:
    return Check(name, passed=not problem, text=problem)
