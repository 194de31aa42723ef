"""What looks like one thing and is another: names, places and times that mislead."""

from tests.catalogue.scenario import Scenario

SCENARIOS = (
    Scenario(
        "Now and a dormant snapshot's disk changed places, and both were read before",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        apply web01 S1 -> L3.avhdx
        ! record
        ! move L1.avhdx C:\VMs\swap.avhdx
        ! move L3.avhdx L1.avhdx
        ! move C:\VMs\swap.avhdx L3.avhdx
        """,
    ),
    Scenario(
        "an AVHDX that Hyper-V failed to delete changed places with Now's, and both were read",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! guest web01
        ! record
        ! keep L1.avhdx
        apply web01 S1 -> L2.avhdx
        ! put-back L1.avhdx
        ! record
        ! move L1.avhdx C:\VMs\swap.avhdx
        ! move L2.avhdx L1.avhdx
        ! move C:\VMs\swap.avhdx L2.avhdx
        """,
        own="L2.avhdx",
    ),
    Scenario(
        "the same, and nobody had read them",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! guest web01
        ! keep L1.avhdx
        apply web01 S1 -> L2.avhdx
        ! guest web01
        ! put-back L1.avhdx
        ! move L1.avhdx C:\VMs\swap.avhdx
        ! move L2.avhdx L1.avhdx
        ! move C:\VMs\swap.avhdx L2.avhdx
        """,
        own="L2.avhdx",
    ),
    Scenario(
        "a backup runs: Now writes to its AutoRecovery disk",
        r"""
        vm web01 policy=live base.vhdx
        start web01
        take web01 "web01 - Backup" -> base-AutoRecovery.avhdx
        ! guest web01
        """,
    ),
    Scenario(
        "a backup broke off after its checkpoint was deleted: its disk waits for a merge",
        r"""
        vm web01 policy=live base.vhdx
        start web01
        take web01 "web01 - Backup" -> base-AutoRecovery.avhdx
        hold-merges web01
        delete web01 "web01 - Backup"
        ! guest web01
        """,
    ),
    Scenario(
        "a backup's disk that stayed when it was merged",
        r"""
        vm web01 policy=live base.vhdx
        start web01
        take web01 "web01 - Backup" -> base-AutoRecovery.avhdx
        ! guest web01
        ! keep base-AutoRecovery.avhdx
        delete web01 "web01 - Backup"
        ! put-back base-AutoRecovery.avhdx
        """,
        orphans="base-AutoRecovery.avhdx",
    ),
    Scenario(
        "a VHD set with a chain of its own, of which only the set is named",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        vm cluster policy=live set_1A2B.avhdx
        take cluster C1 -> set_3C4D.avhdx
        delete-subtree cluster C1
        hold-merges cluster
        take cluster C2 -> set_5E6F.avhdx
        delete cluster C2
        ! other set.vhds
        ! spell cluster set_5E6F.avhdx set.vhds
        """,
    ),
    Scenario(
        "two VMs of one name in one folder, one of them removed",
        r"""
        vm web01 id=5A0D1F6E-0000-4000-8000-000000000001 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        remove web01
        vm web01 id=6B1E2A7F-0000-4000-8000-000000000002 policy=live other.vhdx
        take web01 S1 -> M1.avhdx
        """,
        own="base.vhdx L1.avhdx",
    ),
    Scenario(
        "a merge broken off three times, and a dormant branch beside it",
        r"""
        vm web01 base.vhd
        start web01
        take web01 S1 -> L1.avhd
        take web01 S2 -> L2.avhd
        apply web01 S1 -> L3.avhd
        start web01
        take web01 S3 -> L4.avhd
        hold-merges web01
        delete web01 S3
        shutdown web01
        start web01
        shutdown web01
        start web01
        shutdown web01
        start web01
        ! guest web01
        """,
    ),
    Scenario(
        "rollback in waiting two deep: every snapshot was deleted, no merge came to its end",
        r"""
        vm web01 policy=live base.vhdx
        start web01
        ! keep web01
        hold-merges web01
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        delete web01 S1
        delete web01 S2
        ! guest web01
        ! put-back web01
        """,
    ),
    Scenario(
        "the riddle twice: two disks, each held by a branch of its own",
        r"""
        vm web01 base.vhd other.vhd
        take web01 R -> A0.avhd, M0.avhd
        take web01 A1 -> A1.avhd, M1.avhd
        apply web01 R -> B0.avhd, N0.avhd
        delete web01 R
        """,
    ),
    Scenario(
        "a linked clone with snapshots of its own, on a disk of a VM in the riddle",
        r"""
        vm web01 policy=live base.vhdx
        take web01 R -> L1.avhdx
        take web01 A1 -> L2.avhdx
        apply web01 R -> L3.avhdx
        delete web01 R
        clone-disk desk.vhdx base.vhdx
        vm desk policy=live desk.vhdx
        take desk S1 -> D1.avhdx
        delete-subtree web01 A1
        """,
    ),
)
