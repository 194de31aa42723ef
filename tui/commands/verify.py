"""Check every byte of the log: form, digests, links, numbers, and the published mark.

What a check of the file alone cannot show: a cut at the border of a batch, or a rewriting of
everything by somebody who can write it. Only a copy kept elsewhere shows those.
"""

import os
from argparse import ArgumentParser

from eventstore.log.protocol import CheckResult
from tui.call import Call, Exit


def add_arguments(parser: ArgumentParser) -> None:
    del parser  # the store is all it needs


def run(call: Call) -> Exit:
    result = call.session.log.check(processes=os.cpu_count() or 1)
    if call.wants_json:
        call.out.json(
            {
                "entries": result.entries,
                "ok": result.is_ok,
                "sealed_through": result.sealed_through,
                "violations": result.violations,
                "tails_set_aside": result.tails_set_aside,
                "notes": result.notes,
            }
        )
    else:
        _print(call, result)
    return Exit.FINE if result.is_ok else Exit.FOUND


def _print(call: Call, result: CheckResult) -> None:
    out = call.out
    for violation in result.violations:
        kind = out.look.paint(violation.kind, "bad")
        out.line(f"#{violation.position}  {kind}  {out.look.text(violation.text)}")
    if result.is_ok:
        out.line(f"ok: {result.entries:,} entries, each as it was written", "good")
    else:
        count = len(result.violations)
        out.line(
            f"DAMAGED: {count} violation{'' if count == 1 else 's'}, "
            f"{result.entries:,} intact entries. Keep the store as it is, and put a copy of the "
            "whole folder back in its place",
            "bad",
        )
    for note in result.notes:
        where = f"#{note.position}  " if note.position else ""
        out.line(f"{where}{note.kind}  {out.look.text(note.text)}", "dim")
    if result.tails_set_aside:
        out.line(f"{result.tails_set_aside} torn tails were set aside in quarantine/ by recovery")
