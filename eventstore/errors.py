"""Everything that can go wrong, in one tree.

* SnapledgerError
  + LogError
    - WrongRevision       somebody else appended to this stream first
    - DuplicateId         the id is taken in this stream by another event
    - BatchTooLarge       more entries or bytes than one batch may hold
    - DiskFull            the batch had no room; nothing was stored
    - LogBusy             another process holds the writer's lock
    - OutcomeUnknown      the write may or may not be stored: repeat the same call
    - LogDamaged          bytes that were published do not read as they were written
    - LogUnreadable       the system does not give the bytes of a file; nothing is known of them
    - HandleDead          an earlier failure closed this handle for writing; open anew
    - NotAStore           the folder holds no store, or one of a newer format
  + EvidenceError
    - NotADisk            the file carries no VHD or VHDX signature
    - DamagedDisk         the signature is there, the structures behind it are not usable
    - DiskChanged         the file is not as it was when it was recorded
    - NotAConfiguration   the file is no Hyper-V configuration, or cannot be read as one
    - UnreadableLog       the file, or a record in it, cannot be read as a Windows event log
  + Refused               a command the machine cannot obey in its present state
  + BadInput              what was typed cannot be understood: what, where, what was expected
"""


class SnapledgerError(Exception):
    """Any failure that Snapledger itself reports; its text is a sentence for the user."""


class LogError(SnapledgerError):
    """The event log could not do what was asked."""


class WrongRevision(LogError):
    """The stream has moved on: `expected` was asked for, `actual` is its revision now."""

    def __init__(self, stream: str, *, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at revision {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class Overtaken(LogError):
    """Somebody else stored something since position `head`, and now the log ends at `actual`."""

    def __init__(self, *, head: int, actual: int) -> None:
        super().__init__(f"the log ends at position {actual}, not {head}")
        self.head = head
        self.actual = actual


class DuplicateId(LogError):
    """An event id already stands in its stream, with other content or in another place.

    `position` is where, 0 when the batch itself has the id twice.
    """

    def __init__(self, stream: str, event_id: str, *, position: int) -> None:
        super().__init__(
            f"stream {stream} has event {event_id} at position {position} already, "
            "and not as the repeat of this append"
            if position
            else f"event {event_id} for stream {stream} is given twice in one batch"
        )
        self.stream = stream
        self.event_id = event_id
        self.position = position


class BatchTooLarge(LogError):
    """One append was given more than a batch may hold; nothing was stored."""


class DiskFull(LogError):
    """The disk has no room for the batch; nothing was stored, and reading goes on."""


class LogBusy(LogError):
    """The writer's lock stayed taken for as long as we were told to wait."""

    def __init__(self, path: str, *, holder: str, waited_seconds: float) -> None:
        super().__init__(
            f"{path} is being written by {holder}; waited {waited_seconds:g} s for it. "
            "Nothing was stored: try again"
        )
        self.holder = holder
        self.waited_seconds = waited_seconds


class OutcomeUnknown(LogError):
    """A write or sync failed: open the log anew and repeat the same append to learn the outcome."""


class LogDamaged(LogError):
    """Published bytes are not as they were written; `position` is the first not to be trusted."""

    def __init__(self, position: int, kind: str, text: str) -> None:
        super().__init__(f"the log is damaged at position {position}: {text}")
        self.position = position
        self.kind = kind
        self.text = text


class LogUnreadable(LogError):
    """The system failed to read the file at `path`: the disk, the network, or a right to read."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} cannot be read: {reason}. Nothing is said about what stands in it: "
            "look at the disk, and copy the whole store to another while it can be read"
        )
        self.path = path


class HandleDead(LogError):
    """This handle failed once while writing and writes no more; reading goes on."""


class NotAStore(LogError):
    """The folder is not a store that this version can open."""


class EvidenceError(SnapledgerError):
    """A file could not be read as the evidence it was taken for."""


class NotADisk(EvidenceError):
    """The file carries no VHD or VHDX signature."""


class DamagedDisk(EvidenceError):
    """The file is a virtual disk, but too little of it is intact to say what it is."""


class DiskChanged(EvidenceError):
    """The disk file is not, or not any more, the one that was recorded."""


class NotAConfiguration(EvidenceError):
    """The file is not a Hyper-V configuration that we can read."""


class UnreadableLog(EvidenceError):
    """The file is not a Windows event log that we can read, or a record in it is damaged."""


class UnreadableExport(EvidenceError):
    """The file is not JSON of the Hyper-V cmdlets that we can read."""


class Refused(SnapledgerError):
    """The machine cannot obey this command in its present state."""


class BadInput(SnapledgerError):
    """What was given cannot be understood; the text says what came and what was expected."""
