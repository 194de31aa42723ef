"""Sentences about records of hosts' event logs: what they say, and what we make of it."""

from collections import defaultdict
from typing import assert_never

from eventstore.events import HostLogEvent, LogCovered, LogRecordSeen
from eventstore.evidence.hresults import hresult
from eventstore.evidence.log_meanings import meaning_of
from eventstore.paths import name_of
from projections.phrases import counted, listed

FIELDS_TOLD_MAX = 300
"""So many characters of a record that nobody can explain are told."""

_OF_THE_VM = frozenset({"VmName", "VmId"})
"""Fields that the sentence has told already."""

_FAMILIES = ("Microsoft-Windows-Hyper-V-", "Microsoft-Windows-")


def host_log(event: HostLogEvent) -> str:
    match event:
        case LogRecordSeen():
            return _record(event)
        case LogCovered():
            return _covered(event)
        case _:
            assert_never(event)


def channel_told(channel: str) -> str:
    """Give the name of a channel without what all of its kind begin with."""
    for family in _FAMILIES:
        if channel.startswith(family) and channel != family:
            return channel.removeprefix(family)
    return channel


def _record(event: LogRecordSeen) -> str:
    where = (
        f"event {event.event_id} of {channel_told(event.channel)} on {event.computer}, "
        f"record {event.record}"
    )
    doubt = "; the log's checksum does not match" if event.is_doubtful else ""
    meaning = meaning_of(event.provider, event.channel, event.event_id)
    if meaning is None:
        whose = f" about {_vm(event)}" if event.vm or event.vm_name else ""
        return f"A record{whose} whose meaning is not known{_fields(event)} ({where}{doubt})."
    said = _said(event, meaning.words)
    inferred = "; inferred, as this id is known from memory alone"
    sure = inferred if meaning.confidence == "from memory" else ""
    return f"{said}{_code(event)} ({where}{sure}{doubt})."


def _said(event: LogRecordSeen, words: str) -> str:
    """Fill in names as they are; only what begins with a word of ours begins with a capital."""
    told: defaultdict[str, str] = defaultdict(lambda: "something")
    told.update((name, _file(text)) for name, text in reversed(event.data) if text)
    told["vm"] = _vm(event)
    said = words.format_map(told)
    return said if words.startswith("{") else said[:1].upper() + said[1:]


def _vm(event: LogRecordSeen) -> str:
    return event.vm_name or event.vm or "a VM"


def _file(text: str) -> str:
    """Give a file by its name; what a record says otherwise stays as it is."""
    return name_of(text) if "\\" in text and ":" in text else text


def _code(event: LogRecordSeen) -> str:
    return f": {hresult(event.code)}" if event.code else ""


def _fields(event: LogRecordSeen) -> str:
    told = ", ".join(
        f"{name or 'text'} {text}" for name, text in event.data if text and name not in _OF_THE_VM
    )
    if len(told) > FIELDS_TOLD_MAX:
        told = told[:FIELDS_TOLD_MAX] + "…"
    return f": {told}" if told else ""


def _covered(event: LogCovered) -> str:
    missing = sum(last - first + 1 for first, last in event.gaps)
    notes = [
        f"{counted(missing, 'record')} missing in between" if missing else "",
        f"{counted(event.passed_over, 'record')} of others passed over"
        if event.passed_over
        else "",
        f"damaged: {listed(event.damage)}" if event.damage else "",
    ]
    said = "".join(f"; {note}" for note in notes if note)
    return (
        f"The log {channel_told(event.channel)} of {event.computer} was read: "
        f"{counted(event.records, 'record')} of Hyper-V, {_range(event)}{said}."
    )


def _range(event: LogCovered) -> str:
    if event.first_record == event.last_record:
        return f"number {event.first_record}, of {event.first_at}"
    numbers = f"{event.first_record} to {event.last_record}"
    return f"numbers {numbers}, from {event.first_at} to {event.last_at}"
