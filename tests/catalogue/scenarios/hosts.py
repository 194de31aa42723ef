r"""Files that several hosts can use, of which one was recorded, and hosts that were left out.

`C:\ClusterStorage` is the same from every node of a cluster; `\\HV02\D$` is drive D of HV02.
"""

from tests.catalogue.scenario import Scenario

SCENARIOS = (
    Scenario(
        "a linked clone on a cluster's volume, of a VM that another node has",
        r"""
        vm web01 policy=live C:\ClusterStorage\V1\base.vhdx
        take web01 S1 -> C:\ClusterStorage\V1\L1.avhdx
        take web01 S2 -> C:\ClusterStorage\V1\L2.avhdx
        clone-disk \\HV02\D$\clones\test.vhdx C:\ClusterStorage\V1\L1.avhdx
        vm test policy=live \\HV02\D$\clones\test.vhdx
        apply web01 S1 -> C:\ClusterStorage\V1\L3.avhdx
        delete web01 S2
        ! hide \\HV02\D$\clones
        """,
    ),
    Scenario(
        "two VMs of two nodes on one golden image, one node left out",
        r"""
        vm gold policy=live C:\ClusterStorage\V1\golden.vhdx
        clone-disk C:\ClusterStorage\V1\desk1.vhdx C:\ClusterStorage\V1\golden.vhdx
        clone-disk C:\ClusterStorage\V1\desk2.vhdx C:\ClusterStorage\V1\golden.vhdx
        remove gold
        vm desk1 policy=live C:\ClusterStorage\V1\desk1.vhdx
        vm desk2 policy=live C:\ClusterStorage\V1\desk2.vhdx
        take desk1 S1 -> C:\ClusterStorage\V1\L1.avhdx
        take desk2 S1 -> C:\ClusterStorage\V1\L2.avhdx
        ! hide desk2
        ! hide desk2/S1
        """,
    ),
    Scenario(
        "what Hyper-V failed to delete on a share",
        r"""
        vm web01 policy=live \\FS01\vms\base.vhdx
        take web01 S1 -> \\FS01\vms\L1.avhdx
        ! guest web01
        ! record
        ! keep \\FS01\vms\L1.avhdx
        apply web01 S1 -> \\FS01\vms\L2.avhdx
        ! put-back \\FS01\vms\L1.avhdx
        """,
        orphans=r"\\FS01\vms\L1.avhdx",
    ),
    Scenario(
        "a server that is named with its domain and without",
        r"""
        vm web01 policy=live \\FS01\vms\base.vhdx
        take web01 S1 -> \\FS01\vms\L1.avhdx
        take web01 S2 -> \\FS01\vms\L2.avhdx
        ! spell web01 \\FS01\ \\fs01.corp.local\
        ! spell web01/S1 \\FS01\ \\FS01.CORP.local\
        """,
    ),
    Scenario(
        "the same local paths on two hosts",
        r"""
        vm web01 policy=live D:\VMs\base.vhdx
        vm web02 policy=live \\HV02\D$\VMs\base.vhdx
        take web01 S1 -> D:\VMs\L1.avhdx
        take web02 S1 -> \\HV02\D$\VMs\L1.avhdx
        delete web01 S1
        """,
    ),
    Scenario(
        "the same local paths on two hosts, one of which nobody asked",
        r"""
        vm web01 policy=live D:\VMs\base.vhdx
        vm web02 policy=live \\HV02\D$\VMs\base.vhdx
        take web01 S1 -> D:\VMs\L1.avhdx
        take web02 S1 -> \\HV02\D$\VMs\L1.avhdx
        ! hide web02
        ! hide web02/S1
        """,
    ),
)
