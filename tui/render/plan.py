"""Plans as lines: numbered steps to follow from the top, or the reasons why there are none."""

from collections.abc import Iterable, Iterator

from projections.phrases import counted
from projections.plan_objections import Objection
from projections.plan_shape import Look, Plan, PlanStep
from tui.render.fields import sentence
from tui.render.forecast import merge_size, volume_text
from tui.render.look import Look as Appearance

_IN = "    "
_COMMAND = "  "
"""So the longest that holds a GUID fits eighty columns."""


def plan_lines(told: Plan, look: Appearance) -> Iterator[str]:
    name = look.text(told.vm.name)
    if told.objections:
        yield look.paint(f"no plan for {name}: first settle what speaks against it", "strong")
        for objection in told.objections:
            yield from _objection(objection, look)
    elif told.is_done:
        yield look.paint(f"{name} needs no AVHD and has no snapshot: nothing to do", "good")
    else:
        yield look.paint(f"{name}: {counted(len(told.steps), 'step')} to no AVHDs", "strong")
        yield from sentence("  ", _promise(told, look), look)
        for step in told.steps:
            yield from _step(step, look)
    if told.by_hand:
        yield ""
        text = "only where Hyper-V itself cannot merge, and on copies alone:"
        yield from sentence("", text, look, "strong")
        for step in told.by_hand:
            yield from _step(step, look)
    yield from _gaps(told, look)
    for path in told.leftovers:
        yield ""
        text = f"no merge takes {look.text(path)} away; `snapledger explain` says what it is"
        yield from sentence("left over: ", text, look, "warn")


def _gaps(told: Plan, look: Appearance) -> Iterator[str]:
    """What nobody looked at may hold a VM that needs these disks as they are."""
    if told.gaps and told.steps:
        yield ""
    for gap in told.gaps if told.steps else ():
        text = f"{look.told(gap)}; be sure that no VM there needs these disks"
        yield from sentence("not looked at: ", text, look, "warn")


def _promise(told: Plan, look: Appearance) -> str:
    names = ", ".join(f'"{look.text(each.name)}"' for each in told.loses)
    lost = f" Nobody can go back to {names} afterwards." if names else ""
    return (
        "Nothing here was done, or will be: somebody does each step, looks at what is told below "
        f"it, and stops where it differs.{lost}"
    )


def _objection(objection: Objection, look: Appearance) -> Iterator[str]:
    positions = ", ".join(f"#{position}" for position in objection.positions)
    text = f"{look.told(objection.text)} ({positions})".removesuffix(" ()")
    yield ""
    yield from sentence("! ", text, look, "bad")
    yield from sentence("  first: ", look.told(objection.next_step), look)


def _step(step: PlanStep, look: Appearance) -> Iterator[str]:
    yield ""
    yield from sentence(f"{step.number:>2}. ", look.told(step.text), look, "strong")
    yield from _commands(step.commands, look)
    for merge in step.merges:
        text = f"{look.file(merge.child)} {look.glyphs.arrow} {look.file(merge.into)}"
        yield from sentence(f"{_IN}~ merge  ", f"{text}{merge_size(merge)}", look, "warn")
    merged = {merge.child for merge in step.merges}
    for path in step.deleted_files:
        if path not in merged:
            yield from sentence(f"{_IN}- file   ", look.text(path), look, "bad")
    for volume in step.volumes:
        is_short = volume.is_enough is False
        head = f"{_IN}space on {look.text(volume.volume)} "
        yield from sentence(head, volume_text(volume), look, "bad" if is_short else "plain")
        if is_short:
            text = "free more first: a merge that finds the volume full fails, and a VM is paused"
            yield from sentence(f"{_IN}stop: ", text, look, "bad")
    for each in step.look_at:
        yield from _look_at(each, look)
    if step.otherwise:
        yield from sentence(f"{_IN}otherwise: ", look.told(step.otherwise), look, "dim")


def _look_at(each: Look, look: Appearance) -> Iterator[str]:
    yield from sentence(f"{_IN}see that: ", look.told(each.expect), look)
    yield from _commands((each.command,) if each.command else (), look)


def _commands(commands: Iterable[str], look: Appearance) -> Iterator[str]:
    """Print what is to be typed as it is, on one line each: what is broken cannot be pasted."""
    for command in commands:
        if look.text(command) == command:
            yield f"{_COMMAND}{look.paint(command, 'good')}"
        else:
            text = "this terminal cannot show the command as it is; `--json` has it"
            yield from sentence(_COMMAND, text, look, "warn")
