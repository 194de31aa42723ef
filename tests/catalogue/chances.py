"""Random histories: what somebody with no plan does to a host, and bad luck after that."""

import random

from eventstore.errors import BadInput, EvidenceError, Refused
from eventstore.paths import PathKey, name_of, suffix_of
from tests.catalogue.stage import Stage
from tests.scenarios import VMS, registrations

VERBS = (
    *("take",) * 4,
    *("apply", "delete") * 3,
    *("start", "shutdown", "turn-off", "! guest", "! keep") * 2,
    *("delete-subtree", "revert", "save", "detach", "attach", "hold-merges", "finish-merges"),
    *("copy", "move", "clone-disk", "write", "merge-vhd", "remove", "vm", "! record"),
)
ENDING = frozenset({"apply", "revert", "delete", "delete-subtree"})
"""After these files are gone that somebody may have kept, or Hyper-V failed to delete."""

ACCIDENTS = (
    *("! put-back",) * 6,
    *("! move", "! copy", "! remove") * 3,
    *("! write", "! guest", "! record", "! damage", "! lock", "! hide", "! empty") * 2,
    *("! hide web01", "! hide 経理サーバー", "! hide D:\\データ", "! hide C:\\VMs\\1"),
)


FAILED_DELETIONS = 0.7
"""How many of the files that were kept and are gone stand there again at the end."""


class Chances:
    """Draws the lines of one history, and plays those that are possible on `stage`."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self.obeyed: list[str] = []
        self._stage = stage
        self._chance = chance
        self._snapshots: dict[str, list[str]] = {name: ["none"] for name in VMS}
        self._kept: list[str] = []

    def play(self, deeds: int, accidents: int) -> None:
        """Play about so many deeds, then accidents, and record what is left."""
        for line in registrations(self._chance):
            self._try(line)
        for number in range(deeds):
            verb = self._chance.choice(VERBS)
            if verb in ENDING:
                self._try(self._line("! keep", number))
            self._try(self._line(verb, number))
        for kept in dict.fromkeys(self._kept):
            is_gone = ":\\" in kept and kept not in self._files()
            if is_gone and self._chance.random() < FAILED_DELETIONS:
                self._try(f'! put-back "{kept}"')
        for number in range(accidents):
            self._try(self._line(self._chance.choice(ACCIDENTS), deeds + number))
        self._try("! record")

    def _try(self, line: str) -> None:
        try:
            self._stage.line(line)
        except (BadInput, Refused, EvidenceError):
            return
        self.obeyed.append(line)
        if line.startswith("! keep"):
            self._kept.append(line.removeprefix("! keep ").strip('"'))

    def _line(self, verb: str, number: int) -> str:
        vm = self._chance.choice(VMS)
        match verb:
            case "take":
                self._snapshots[vm].append(f"スナップ {number}")
                return f'take {vm} "スナップ {number}"'
            case "apply" | "delete" | "delete-subtree":
                return f'{verb} {vm} "{self._chance.choice(self._snapshots[vm])}"'
            case "detach":
                return f'detach {vm} "{self._chance.choice(("IDE 0:0", "IDE 0:1", "SCSI 0:0"))}"'
            case "attach":
                new = f"E:\\late{number}.vhd"
                return f'attach {vm} "SCSI 0:0" "{self._chance.choice((new, self._file()))}"'
            case "clone-disk":
                parent = self._file()
                suffix = suffix_of(parent).replace(".a", ".")
                return f'clone-disk "E:\\clone{number}{suffix}" "{parent}"'
            case "vm":
                return f'vm extra{number} policy=live "{self._file()}"'
            case "! put-back":
                return f'! put-back "{self._chance.choice(self._kept or ["none"])}"'
            case "merge-vhd" | "! move" | "! copy" | "move" | "copy":
                target = self._target(number) if verb != "merge-vhd" else self._file()
                return f'{verb} "{self._file()}" "{target}"'
            case "lose" | "write" | "! remove" | "! write" | "! damage" | "! lock" | "! empty":
                return f'{verb} "{self._file()}"'
            case "! keep" | "! hide":
                return f'{verb} "{self._config() if self._chance.random() < 0.2 else self._file()}"'
            case "! record" | "! hide D:\\データ" | "! hide C:\\VMs\\1":
                return verb
            case _ if verb.startswith("! hide"):
                return verb
            case _:
                return f"{verb} {vm}"

    def _files(self) -> list[str]:
        disks = [*(m.disks for m in self._stage.fleet.machines.values()), self._stage.fleet.loose]
        spelled: dict[PathKey, str] = {key: disk.path for of in disks for key, disk in of.items()}
        return [spelled.get(key, key) for key in sorted(self._stage.world.places)]

    def _file(self) -> str:
        return self._chance.choice(self._files() or ["C:\\none.vhd"])

    def _target(self, number: int) -> str:
        """Give a new place, one where another file stands, or one where one stood."""
        new = f"E:\\by hand {number}\\{name_of(self._file())}"
        gone = [*self._stage.fleet.gone_paths.values(), new]
        return self._chance.choice((new, self._file(), self._chance.choice(gone)))

    def _config(self) -> str:
        vm = self._chance.choice(VMS)
        return self._chance.choice((vm, f"{vm}/{self._chance.choice(self._snapshots[vm])}"))
