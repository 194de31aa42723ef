"""Objects of Hyper-V's WMI classes made up for tests, in the form of either namespace."""

from eventstore.ids import SnapshotId
from tests.eventstore.evidence.exports import NAMES, VM, Object, disk

IDE = "83F8638B-8DCA-4152-9EDA-2CA8B33039B4"
SCSI = "D33D01D8-8F56-450E-A8B0-030249E07B6E"
OTHER_SCSI = "AA4B08D9-E0F7-4ADD-B08C-3259AC8BD05D"
REALIZED = "Microsoft:Hyper-V:System:Realized"


def path_of(settings: str | None) -> str | None:
    """Give the object path that `Parent` holds."""
    if settings is None:
        return None
    return (
        r"\\HV01\root\virtualization\v2:Msvm_VirtualSystemSettingData.InstanceID="
        f'"Microsoft:{settings}"'
    )


def system(state: int | None = 2, **more: object) -> Object:
    return {
        "CreationClassName": "Msvm_ComputerSystem",
        "Name": VM,
        "ElementName": "web01",
        "EnabledState": state,
        **more,
    }


def vm_settings(under: str | None, **more: object) -> Object:
    return {
        "InstanceID": f"Microsoft:{VM}",
        "VirtualSystemIdentifier": VM,
        "VirtualSystemType": REALIZED,
        "ElementName": "web01",
        "Parent": path_of(under),
        "ConfigurationDataRoot": disk("web01"),
        "PSComputerName": "HV01",
        **more,
    }


def snapshot_settings(own: SnapshotId, under: str | None, **more: object) -> Object:
    return {
        "InstanceID": f"Microsoft:{own}",
        "VirtualSystemIdentifier": VM,
        "VirtualSystemType": "Microsoft:Hyper-V:Snapshot:Realized",
        "ElementName": NAMES[own],
        "Parent": path_of(under),
        "CreationTime": "20100926150300.000000+540",
        "IsSaved": False,
        **more,
    }


def allocation(
    of: str, name: str, controller: str = IDE, number: int = 0, place: int = 0, **more: object
) -> Object:
    return {
        "InstanceID": f"Microsoft:{of}\\{controller}\\{number}\\{place}\\L",
        "ResourceSubType": "Microsoft:Hyper-V:Virtual Hard Disk",
        "HostResource": [disk(name)],
        **more,
    }


def first_namespace(settings: Object, kind: int) -> Object:
    """Give settings as 2008 R2 tells them: by SystemName and SettingType."""
    told = {
        name: value
        for name, value in settings.items()
        if not name.startswith("VirtualSystem") and name != "IsSaved"
    }
    return {**told, "SystemName": VM, "SettingType": kind}


def first_allocation(of: str, name: str) -> Object:
    told = allocation(of, name)
    del told["HostResource"]
    return {
        **told,
        "ResourceSubType": "Microsoft Virtual Hard Disk",
        "Connection": [disk(name)],
    }
