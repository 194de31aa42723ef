"""What event logs say, held against what the log knows: every record once, every file once.

A record is the same whatever file carried it: its id follows from the computer, the channel, its
number and time, the provider and the event id. One whose part of the file does not match its
checksum is another one, stored only while nothing better is known.
"""

from collections.abc import Iterable, Iterator

from eventstore.entry import Source
from eventstore.events import HostLogEvent, LogCovered, LogRecordSeen
from eventstore.evidence.found_log import FoundLog
from eventstore.evidence.log_meanings import meaning_of
from eventstore.evidence.log_records import LogRecord, Span
from eventstore.ids import derive, log_stream
from eventstore.moments import Moment
from eventstore.observe import Observed, Observer


def observe_logs(
    logs: Iterable[FoundLog], logged: frozenset[str], by: Observer
) -> tuple[Observed, ...]:
    """Give what `logs` add to `logged`, the ids that the log has, stream by stream.

    What was covered of a log comes after its records.
    """
    told = set(logged)
    return tuple(
        each
        for found in logs
        for span in found.reading.spans
        for each in _of_span(found, span, told, by)
    )


def _of_span(found: FoundLog, span: Span, told: set[str], by: Observer) -> Iterator[Observed]:
    stream = log_stream(span.computer, span.channel)
    # Intact ones first: a doubtful copy of a record that is known for certain says nothing.
    for record in sorted(found.reading.records, key=lambda each: each.is_doubtful):
        if log_stream(record.computer, record.channel) != stream:
            continue
        certain = _record_id(stream, record)
        event_id = derive(certain, "doubtful") if record.is_doubtful else certain
        if not told & {certain, event_id}:
            told.add(event_id)
            yield _observed(found, by, stream, _record_seen(record), event_id, record.at)
    event_id = derive("LogCovered", stream, found.sha256)
    if event_id not in told:
        told.add(event_id)
        yield _observed(found, by, stream, _covered(found, span), event_id, by.now)


def _record_id(stream: str, record: LogRecord) -> str:
    return derive(
        "LogRecordSeen", stream, record.number, record.at, record.provider, record.event_id
    )


def _observed(
    found: FoundLog,
    by: Observer,
    stream: str,
    event: HostLogEvent,
    event_id: str,
    when: Moment,
) -> Observed:
    source = Source(
        kind="evidence",
        name=found.found_at,
        place=f"record {event.record}" if isinstance(event, LogRecordSeen) else "",
        sha256=found.sha256,
        recorder=by.recorder,
        certainty=_certainty(event),
        host=by.host,
    )
    return Observed(stream, event, event_id, when, source)


def _certainty(event: HostLogEvent) -> str:
    """A record is what it is; what it means may be known from memory alone."""
    if isinstance(event, LogCovered):
        return "observed"
    meaning = meaning_of(event.provider, event.channel, event.event_id)
    is_inferred = event.is_doubtful or (meaning and meaning.confidence == "from memory")
    return "inferred" if is_inferred else "observed"


def _record_seen(record: LogRecord) -> LogRecordSeen:
    return LogRecordSeen(
        computer=record.computer,
        channel=record.channel,
        record=record.number,
        provider=record.provider,
        event_id=record.event_id,
        level=record.level,
        user=record.user,
        vm=record.vm,
        vm_name=record.vm_name,
        data=record.data,
        code=record.code,
        is_doubtful=record.is_doubtful,
    )


def _covered(found: FoundLog, span: Span) -> LogCovered:
    return LogCovered(
        computer=span.computer,
        channel=span.channel,
        path=found.path,
        found_at=found.found_at,
        first_record=span.first,
        last_record=span.last,
        first_at=span.first_at,
        last_at=span.last_at,
        records=span.records,
        passed_over=found.reading.passed_over,
        gaps=span.gaps,
        damage=found.reading.damage,
        sha256=found.sha256,
    )
