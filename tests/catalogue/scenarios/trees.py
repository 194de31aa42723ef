"""Trees and chains as Hyper-V itself makes them: who looks at one VM's Now sees half of it."""

from tests.catalogue.scenario import Scenario

SCENARIOS = (
    Scenario(
        "a chain in use, two snapshots and Now",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        """,
    ),
    Scenario(
        "a dormant branch that Now does not use",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        apply web01 S1 -> L3.avhdx
        take web01 S3 -> L4.avhdx
        apply web01 S2 -> L5.avhdx
        """,
    ),
    Scenario(
        "a hidden trunk under the live branch",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        take web01 Sa -> L3.avhdx
        apply web01 S2 -> L4.avhdx
        delete web01 S2
        """,
    ),
    Scenario(
        "a hidden trunk under dormant branches",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        take web01 Sa -> La.avhdx
        apply web01 S2 -> L3.avhdx
        take web01 Sb -> L4.avhdx
        delete web01 S2
        apply web01 S1 -> L9.avhdx
        """,
    ),
    Scenario(
        "the same on 2008 R2, with AVHD",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        take web01 S2 -> L2.avhd
        take web01 Sa -> La.avhd
        apply web01 S2 -> L3.avhd
        take web01 Sb -> L4.avhd
        delete web01 S2
        apply web01 S1 -> L9.avhd
        """,
    ),
    Scenario(
        "two stacked trunks under dormant branches",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        take web01 Sa -> La.avhdx
        apply web01 S2 -> Lx.avhdx
        take web01 T -> L3.avhdx
        take web01 Sb -> Lb.avhdx
        apply web01 T -> Ly.avhdx
        take web01 Sc -> Lc.avhdx
        delete web01 S2
        delete web01 T
        apply web01 S1 -> L9.avhdx
        """,
    ),
    Scenario(
        "the riddle: Now on an AVHD for ever, under no snapshot",
        r"""
        vm web01 base.vhd
        take web01 R -> A0.avhd
        take web01 A1 -> A1.avhd
        apply web01 R -> B0.avhd
        take web01 B1 -> B1.avhd
        take web01 B2 -> B2.avhd
        start web01
        delete web01 R
        delete web01 B1
        delete web01 B2
        shutdown web01
        """,
    ),
    Scenario(
        "two roots: the base is held by two branches and named by nobody",
        r"""
        vm web01 policy=live base.vhdx
        take web01 R -> L1.avhdx
        take web01 S1 -> L2.avhdx
        apply web01 R -> L3.avhdx
        take web01 S2 -> L4.avhdx
        delete web01 R
        """,
    ),
    Scenario(
        "a merge that waits for the next stop",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        take web01 S2 -> L2.avhd
        start web01
        delete web01 S2
        """,
    ),
    Scenario(
        "a merge that was interrupted by a start",
        r"""
        vm web01 base.vhd
        start web01
        take web01 S1 -> L1.avhd
        take web01 S2 -> L2.avhd
        hold-merges web01
        delete web01 S1
        shutdown web01
        start web01
        """,
    ),
    Scenario(
        "a merge that failed: no snapshot is left and the VM runs on an AVHDX",
        r"""
        vm web01 policy=live base.vhdx
        start web01
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        hold-merges web01
        delete web01 S1
        delete web01 S2
        fail-merge web01 0x80070070
        ! guest web01
        """,
    ),
    Scenario(
        "a lingering chain with a locked disk in the middle",
        r"""
        vm web01 policy=live base.vhdx
        start web01
        hold-merges web01
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        take web01 S3 -> L3.avhdx
        delete-subtree web01 S1
        ! lock L2.avhdx
        """,
    ),
    Scenario(
        "everything merged, nothing left",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        delete web01 S1
        delete web01 S2
        """,
    ),
    Scenario(
        "a second disk in another folder",
        r"""
        vm web01 policy=live base.vhdx D:\データ\data.vhdx
        take web01 S1 -> L1.avhdx, D:\データ\M1.avhdx
        take web01 S2 -> L2.avhdx, D:\データ\M2.avhdx
        apply web01 S1 -> L3.avhdx, D:\データ\M3.avhdx
        """,
    ),
    Scenario(
        "a second disk in the same folder",
        r"""
        vm web01 policy=live base.vhdx data.vhdx
        take web01 S1 -> L1.avhdx, M1.avhdx
        """,
    ),
    Scenario(
        "a snapshot that lists a disk that was detached later",
        r"""
        vm web01 policy=live base.vhdx data.vhdx
        take web01 S1 -> L1.avhdx, M1.avhdx
        ! guest web01
        detach web01 "IDE 0:1"
        """,
        newest="M1.avhdx",
    ),
    Scenario(
        "an apply with something pending",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        take web01 S2 -> L2.avhd
        start web01
        delete web01 S2
        apply web01 S1 -> L3.avhd
        """,
    ),
    Scenario(
        "spelled in another case, in Japanese",
        r"""
        vm 経理サーバー policy=live c:\vms\経理サーバー.VHDX
        take 経理サーバー "更新前" -> C:\vms\スナップ1.AVHDX
        take 経理サーバー "更新後" -> C:\VMS\スナップ2.avhdx
        ! spell 経理サーバー C:\VMS\スナップ2 c:\vMs\スナップ2
        """,
    ),
)
