"""Records of Windows event logs in one shape, whatever file carried them.

Sources of the facts: Microsoft's event schema; genuine records of VMMS, Worker and VHDMP; for
HyperVive, which logs who asked for a checkpoint, its own source.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from struct import pack
from uuid import UUID

from msgspec import Struct

from eventstore.evidence.hresults import code_of
from eventstore.ids import VmId, guid
from eventstore.moments import Moment

HYPERVIVE = "HyperVive"
VHDMP = "Microsoft-Windows-VHDMP"
HYPER_V = "Microsoft-Windows-Hyper-V-"

RECORDS_MAX = 200_000
"""Of one file; Windows makes the logs of Hyper-V one MiB long, with about 2,000 records."""

GAPS_MAX = 1_000
"""So many gaps are told one by one; what lies between the next one and the last is one gap."""

Pairs = tuple[tuple[str, str], ...]

_VM_SID = re.compile(r"S-1-5-83-1-(\d{1,10})-(\d{1,10})-(\d{1,10})-(\d{1,10})")
_DISK_PATH = re.compile(
    r"(?:[a-z]:|\\\\[^\\/:*?\"<>|\s]+)\\[^:*?\"<>|\r\n]*?\.(?:avhdx?|vhdx?|vhds)(?!\.?\w)",
    re.IGNORECASE,
)
_WORD_MAX = 0xFFFFFFFF
_HYPERVIVE_NAMES = ("Action", "VmName", "User", "VmId", "Job", "ErrorCode", "ErrorMessage")
_CODES = ("ErrorCode", "ErrorMessage", "Status")


class LogRecord(Struct, frozen=True):
    """What one record says; `data` is its own text, name by name, in its order.

    `user` is the SID of the account that wrote it, `code` its HRESULT as 0x and eight digits.
    `is_doubtful`: the part of the file that holds it does not match its checksum.
    """

    provider: str
    channel: str
    event_id: int
    number: int
    computer: str
    at: Moment
    user: str
    level: int | None
    data: Pairs
    vm: VmId | None
    vm_name: str | None
    code: str
    is_doubtful: bool = False


class Span(Struct, frozen=True):
    """What was read of one channel of one computer; `gaps` are numbers in between, from and to."""

    computer: str
    channel: str
    first: int
    last: int
    first_at: Moment
    last_at: Moment
    records: int
    gaps: tuple[tuple[int, int], ...] = ()


class LogReading(Struct, frozen=True):
    """What one file gave: Hyper-V's records, what was read of which log, and what was wrong.

    `passed_over` counts records of others.
    """

    records: tuple[LogRecord, ...]
    spans: tuple[Span, ...]
    passed_over: int
    damage: tuple[str, ...]


def is_hyper_v(provider: str) -> bool:
    return provider.startswith(HYPER_V) or provider in {VHDMP, HYPERVIVE}


def named(provider: str, data: Pairs) -> Pairs:
    """Give nameless fields the names that their place gives them."""
    if provider == HYPERVIVE and len(data) <= len(_HYPERVIVE_NAMES) and not any(n for n, _ in data):
        return tuple((_HYPERVIVE_NAMES[place], text) for place, (_, text) in enumerate(data))
    return data


def vm_of(data: Pairs, user: str) -> tuple[VmId | None, str | None]:
    """Give the VM that a record is about, and its name, where its text or its SID tells them.

    Records of the 2012 R2 era call VmName and VmId Parameter0 and Parameter1.
    """
    said = dict(reversed(data))
    name, own = said.get("VmName"), guid(said.get("VmId", ""))
    if own is None and (own := guid(said.get("Parameter1", ""))):
        name = name or said.get("Parameter0")
    own = own or _guid_of_sid(user)
    return (VmId(own) if own else None), (name or None)


def code_told(data: Pairs) -> str:
    """Give the HRESULT that a record names, nothing where it names none or success."""
    said = dict(reversed(data))
    told = [said[name] for name in _CODES if name in said]
    told.extend(text for name, text in data if name.startswith("Parameter"))
    return next((code for text in told if (code := code_of(text))), "")


def disk_paths(data: Pairs) -> tuple[str, ...]:
    """Give the disk files that a record names, alone in a field or within its text."""
    return tuple(dict.fromkeys(path for _, text in data for path in _DISK_PATH.findall(text)))


def runs_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Give the runs that `numbers` form, the first and the last of each."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def gaps_between(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Give what lies between the least and the greatest of `numbers` and is not among them."""
    runs = runs_of(numbers)
    found = [(last + 1, first - 1) for (_, last), (first, _) in pairwise(runs)]
    if len(found) > GAPS_MAX:
        found[GAPS_MAX:] = [(found[GAPS_MAX][0], found[-1][1])]
    return tuple(found)


def spans_of(records: Iterable[LogRecord], numbers: Iterable[int] = ()) -> tuple[Span, ...]:
    """Give what `records` cover of each log.

    `numbers` are those of all records of the file, which counts where it is one log's file.
    """
    logs: defaultdict[tuple[str, str], list[LogRecord]] = defaultdict(list)
    for record in records:
        logs[record.computer.casefold(), record.channel.casefold()].append(record)
    others = tuple(numbers) if len(logs) == 1 else ()
    return tuple(_span(of_log, others) for of_log in logs.values())


def _span(records: list[LogRecord], others: Iterable[int]) -> Span:
    numbers = {record.number for record in records}.union(others)
    return Span(
        computer=records[0].computer,
        channel=records[0].channel,
        first=min(numbers),
        last=max(numbers),
        first_at=min(record.at for record in records),
        last_at=max(record.at for record in records),
        records=len(records),
        gaps=gaps_between(numbers),
    )


def _guid_of_sid(sid: str) -> str | None:
    """A worker process runs as its VM: the SID holds the GUID as four little-endian words."""
    found = _VM_SID.fullmatch(sid)
    words = [int(word) for word in found.groups()] if found else []
    if not words or max(words) > _WORD_MAX:
        return None
    return str(UUID(bytes_le=pack("<4I", *words))).upper()
