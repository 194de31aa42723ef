"""Browse snapshots, disks and events in the terminal, at any moment; nothing is changed.

Moving in the events moves the moment, and everything follows: the snapshot tree, the disk chain,
the details. F1 or ? lists the keys, Ctrl+P finds VMs, snapshots and files, q leaves.
"""

import os
import sys
from argparse import ArgumentParser

from eventstore.errors import BadInput
from tui.call import Call, Exit

_WITHOUT = "`tree`, `chain`, `log` and `orphans` say the same as text"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", nargs="?", help="begin with this VM")


def run(call: Call) -> Exit:
    if call.wants_json:
        raise BadInput(f"browse is a screen and has no JSON; {_WITHOUT} or JSON")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput(f"browse needs a terminal to draw on; {_WITHOUT}")
    try:
        from tui.browser.app import Browser  # noqa: PLC0415 - half a second that no other command pays
        from tui.browser.welcome import chosen_demo, how_to_begin  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        raise BadInput(
            f"browse needs Textual, and {error.name} is not installed: "
            f'python -m pip install "snapledger[browser]"; {_WITHOUT}'
        ) from None
    # Textual takes an empty NO_COLOR for a yes and knows no --no-color; `look` has decided both.
    os.environ.pop("NO_COLOR", None)
    if not call.out.look.has_colour:
        os.environ["NO_COLOR"] = "1"
    if call.session.has_store:
        browser = Browser(call.session.log, call.out.look, vm=call.words.vm)
        browser.run()
        return Exit(browser.return_code or Exit.FINE)
    with chosen_demo(call.store, call.out.look) as demo:
        if demo is None:
            call.out.lines(how_to_begin(call.store, call.out.look))
            return Exit.USAGE
        browser = Browser(demo.log, call.out.look, banner=demo.banner)
        browser.run()
    call.out.lines(demo.afterwards)
    return Exit(browser.return_code or Exit.FINE)
