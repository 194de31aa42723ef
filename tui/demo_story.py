r"""The story that `snapledger demo` tells: the article's, and the riddle of its comments.

The article is «Hyper-V 2.0 のスナップショットを一から勉強» by Masayuki Ozawa (SE の雑記,
2010-09-26); the riddle was set in its comments. The words and the scenario are ours.
Hyper-V gives an AVHD a GUID for a name; here each is called after the snapshot that will keep it.
"""

from msgspec import Struct


class Scene(Struct, frozen=True):
    """A step of the story: what is to be seen, and the lines that are played."""

    title: str
    about: str
    lines: str
    vm: str
    refused: str = ""
    """A line that the host must refuse, tried at the scene's end."""


SCENES = (
    Scene(
        title="The article: five snapshots",
        about=(
            "Taking a snapshot freezes the disk and lets Now write to a new AVHD on top of it. "
            "Applying one throws Now's AVHD away and branches off."
        ),
        vm="web01",
        lines=r"""
at 2010-09-26T15:03:00+09:00
vm web01 C:\VMs\web01.vhd
start web01
take web01 "スナップショット 1" as="IDE 0:0"=C:\VMs\web01_1-1.avhd
take web01 1-1 as="IDE 0:0"=C:\VMs\web01_x.avhd
apply web01 "スナップショット 1" as="IDE 0:0"=C:\VMs\web01_1-2.avhd
start web01
take web01 1-2 as="IDE 0:0"=C:\VMs\web01_y.avhd
apply web01 "スナップショット 1" as="IDE 0:0"=C:\VMs\web01_1-3.avhd
start web01
take web01 1-3 as="IDE 0:0"=C:\VMs\web01_1-3-1.avhd
take web01 1-3-1 as="IDE 0:0"=C:\VMs\web01_now.avhd
""",
    ),
    Scene(
        title="Delete 1-3-1 while the VM runs",
        about=(
            "The tree forgets it at once, its memory files go. Its disk cannot go: Now is written "
            "on top of it. Hyper-V Manager shows nothing of this."
        ),
        vm="web01",
        lines="delete web01 1-3-1",
    ),
    Scene(
        title="Restart and reset change nothing",
        about="To its disks the VM never stopped: the merge goes on waiting.",
        vm="web01",
        lines="restart web01\nreset web01",
    ),
    Scene(
        title="Shut it down: now the merge runs",
        about=(
            "The content goes into the parent file and the parent's name survives: the file called "
            "after 1-3-1 now holds Now's data. Whoever deletes it by its name loses the machine."
        ),
        vm="web01",
        lines="shutdown web01",
    ),
    Scene(
        title="The riddle of the comments: two branches on one root",
        about="R has the branches A1-A2 and B1-B2, and Now hangs under B2.",
        vm="riddle",
        lines=r"""
vm riddle C:\VMs\base.vhd
start riddle
take riddle R as="IDE 0:0"=C:\VMs\base_A1.avhd
take riddle A1 as="IDE 0:0"=C:\VMs\base_A2.avhd
take riddle A2 as="IDE 0:0"=C:\VMs\base_x.avhd
apply riddle R as="IDE 0:0"=C:\VMs\base_B1.avhd
start riddle
take riddle B1 as="IDE 0:0"=C:\VMs\base_B2.avhd
take riddle B2 as="IDE 0:0"=C:\VMs\base_now.avhd
""",
    ),
    Scene(
        title="Delete the root, then everything above Now",
        about=(
            "Now is left under no snapshot at all. base.vhd cannot take anything in while two "
            "files build on it: it is held, and it is no orphan."
        ),
        vm="riddle",
        lines="delete riddle R\ndelete riddle B1\ndelete riddle B2",
    ),
    Scene(
        title="Shut it down: what merges, and what cannot",
        about=(
            "B1's file takes in the two above it, and Now runs on that AVHD as long as the A "
            "branch stands. Deleting it, or attaching base.vhd instead, would lose the current "
            "state."
        ),
        vm="riddle",
        lines="shutdown riddle",
        refused="revert riddle",
    ),
    Scene(
        title="The answer: let the other branch go",
        about="With one file left on it, base.vhd takes that in at once: the VM is off.",
        vm="riddle",
        lines="delete-subtree riddle A1",
    ),
)
