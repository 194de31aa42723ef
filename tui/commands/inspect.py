"""Read disk files and check them, as Hyper-V's Inspect Disk does and further; needs no store.

Format, identity, parent, whether the parent is still the one it was made from, and every check of
the headers. Exit code 1 when a check failed, 2 for what is no disk, 3 for what cannot be read.
"""

from argparse import ArgumentParser
from pathlib import Path

from eventstore.errors import DamagedDisk, NotADisk
from eventstore.evidence.disk import read_disk
from eventstore.evidence.file_tree import shown
from tui.call import Call, Exit
from tui.inspection import Inspection, inspected
from tui.render.inspection import inspection_lines


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="VHD, AVHD, VHDX or AVHDX")


def run(call: Call) -> Exit:
    code = Exit.FINE
    found: list[Inspection] = []
    for name in call.words.files:
        try:
            found.append(inspected(Path(name), shown(name), read_disk(Path(name))))
        except DamagedDisk as error:
            found.append(Inspection(shown(name), problem=str(error)))
        except NotADisk as error:
            call.out.note(f"snapledger: {name} is no disk: {error}")
            code = max(code, Exit.USAGE)
        except FileNotFoundError:
            call.out.note(f"snapledger: there is no file {name}")
            code = max(code, Exit.USAGE)
        except OSError as error:
            call.out.note(f"snapledger: {name} cannot be read: {error.strerror or error}")
            code = max(code, Exit.UNFINISHED)
    if call.wants_json:
        call.out.json(found)
    else:
        for index, each in enumerate(found):
            call.out.lines(["", *inspection_lines(each, call.out.look)][0 if index else 1 :])
    return max(code, Exit.FINE if all(each.is_sound for each in found) else Exit.FOUND)
