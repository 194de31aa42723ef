"""Tell everything about one disk file: what it is and why, and its life entry by entry."""

from argparse import ArgumentParser
from pathlib import Path

from msgspec.structs import replace

from eventstore.errors import BadInput
from eventstore.text import storable
from projections.explain import Explanation, explain
from projections.namesakes import names_apart
from tui.call import Call, Exit
from tui.knowledge import without_positions
from tui.places import here, meant, path_of
from tui.render.findings import NO_NAMESAKES, finding_lines
from tui.telling import told_line


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="its Windows path, where it was found, or its name alone"
    )


def run(call: Call) -> Exit:
    explanation = _explanation(call, call.words.file)
    if call.wants_json:
        call.out.json(explanation)
        return Exit.FINE
    look = call.out.look
    stored = call.session.knowledge.fleet if call.session.has_store else None
    names = names_apart(stored) if stored else NO_NAMESAKES
    call.out.lines(finding_lines(explanation.finding, look, names=names))
    call.out.line()
    call.out.lines(told_line(look, each.position, each.at, each.text) for each in explanation.life)
    return Exit.FINE


def _as_read(told: Explanation) -> Explanation:
    """What was read on the spot stands nowhere in the log."""
    life = tuple(replace(each, position=None) for each in told.life)
    return Explanation(without_positions(told.finding), life)


def _explanation(call: Call, word: str) -> Explanation:
    if call.session.has_store or not Path(word).is_file():
        known = call.session.knowledge
        entries = known.selection.entries
        for name in (storable(word), here(word), path_of(known, storable(word))):
            if name and (found := explain(entries, name)):
                return found
    if Path(word).is_file():
        known = meant(call, word).known
        if found := explain(known.selection.entries, here(word)):
            return found if known.is_stored else _as_read(found)
    raise BadInput(f"no disk file {word} is known; `snapledger chain` lists those that are")
