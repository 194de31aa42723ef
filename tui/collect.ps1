# Snapledger collector: asks a Hyper-V host about its VMs and writes one JSON file.
#
# It only reads: documented cmdlets and WMI classes, in Windows PowerShell 5.1 and in PowerShell 7,
# as administrator of the host. In a cluster run it on every node, for each knows its own VMs only.
# NOT RUN BY ITS AUTHORS, who had no Windows: it is short, so read it before you run it.
#
#   .\collect.ps1                     writes snapledger-HOST.json into the current folder
#   .\collect.ps1 -Path D:\out.json   writes there
#   snapledger record out.json        on any machine
#
# A part that cannot be asked for is null, never empty, and stands in Failed with its error.
[CmdletBinding()]
param([string] $Path = "snapledger-$env:COMPUTERNAME.json")
$ErrorActionPreference = 'Stop'
$failed = New-Object -TypeName 'System.Collections.Generic.List[object]'

function Add-Failed([string] $Part, $What) {
    $failed.Add([ordered]@{ Part = $Part; Error = "$($What.Exception.Message)" })
}

function Read-Part([string] $Part, [scriptblock] $Ask) {
    try { $found = @(& $Ask) } catch { Add-Failed $Part $_; return $null }
    return , $found
}

function Format-Time($Time) {
    if ($null -eq $Time) { return $null }
    return $Time.ToUniversalTime().ToString('o')
}

function Format-Id($Id) {
    if ($null -eq $Id -or "$Id" -eq "$([guid]::Empty)") { return $null }
    return "$Id"
}

function Format-Drive($Drive) {
    return [ordered]@{
        Path = $Drive.Path
        ControllerType = "$($Drive.ControllerType)"
        ControllerNumber = $Drive.ControllerNumber
        ControllerLocation = $Drive.ControllerLocation
        DiskNumber = $Drive.DiskNumber
    }
}

function Format-Snapshot($Snapshot) {
    return [ordered]@{
        Id = Format-Id $Snapshot.Id
        Name = $Snapshot.Name
        SnapshotType = "$($Snapshot.SnapshotType)"
        IsAutomaticCheckpoint = $Snapshot.IsAutomaticCheckpoint
        State = "$($Snapshot.State)"
        CreationTime = Format-Time $Snapshot.CreationTime
        ParentSnapshotId = Format-Id $Snapshot.ParentSnapshotId
        ParentSnapshotName = $Snapshot.ParentSnapshotName
        HardDrives = Read-Part "drives of snapshot $($Snapshot.Name) of $($Snapshot.VMName)" {
            Get-VMHardDiskDrive -VMSnapshot $Snapshot -ErrorAction Stop |
                ForEach-Object { Format-Drive $_ }
        }
    }
}

function Format-Vm($Vm) {
    return [ordered]@{
        Id = Format-Id $Vm.Id
        Name = $Vm.Name
        ComputerName = $Vm.ComputerName
        State = "$($Vm.State)"
        Version = "$($Vm.Version)"
        Generation = $Vm.Generation
        CheckpointType = "$($Vm.CheckpointType)"
        ConfigurationLocation = $Vm.ConfigurationLocation
        SnapshotFileLocation = $Vm.SnapshotFileLocation
        ParentSnapshotId = Format-Id $Vm.ParentSnapshotId
        ParentSnapshotName = $Vm.ParentSnapshotName
        HardDrives = Read-Part "drives of $($Vm.Name)" {
            Get-VMHardDiskDrive -VM $Vm -ErrorAction Stop | ForEach-Object { Format-Drive $_ }
        }
        Snapshots = Read-Part "snapshots of $($Vm.Name)" {
            Get-VMSnapshot -VM $Vm -ErrorAction Stop | ForEach-Object { Format-Snapshot $_ }
        }
    }
}

function Format-Disk($Disk) {
    return [ordered]@{
        Path = $Disk.Path
        ParentPath = $Disk.ParentPath
        VhdFormat = "$($Disk.VhdFormat)"
        VhdType = "$($Disk.VhdType)"
        DiskIdentifier = "$($Disk.DiskIdentifier)"
        Attached = $Disk.Attached
    }
}

$askedAt = Get-Date
$vms = Read-Part 'virtual machines' {
    Get-VM -ErrorAction SilentlyContinue -ErrorVariable troubles | ForEach-Object { Format-Vm $_ }
    foreach ($trouble in $troubles) { Add-Failed 'a virtual machine' $trouble }
}
$nodes = Read-Part 'nodes of its cluster' {
    if (Get-Command Get-ClusterNode -ErrorAction SilentlyContinue) { (Get-ClusterNode).Name }
}
$answer = [ordered]@{
    SnapledgerCollector = 1
    AskedAt = $askedAt.ToString('o')
    Computer = $env:COMPUTERNAME
    HostId = "$(Read-Part 'host' { (Get-CimInstance Win32_ComputerSystemProduct).UUID })"
    System = "$(Read-Part 'system' { (Get-CimInstance Win32_OperatingSystem).Version })"
    Module = "$(Read-Part 'module' { (Get-Command Get-VM -ErrorAction Stop).Version })"
    Nodes = "$nodes"
    VMs = $vms
    Mounted = Read-Part 'mounted disks' {
        Get-Disk -ErrorAction Stop | Where-Object { "$($_.BusType)" -eq 'File Backed Virtual' } |
            ForEach-Object { Get-VHD -DiskNumber $_.Number -ErrorAction Stop } |
            ForEach-Object { Format-Disk $_ }
    }
    Merging = Read-Part 'whether merges may run' {
        Get-CimInstance -Namespace root/virtualization/v2 -ClassName Msvm_DiskMergeSettingData |
            ForEach-Object { [ordered]@{ ElementName = $_.ElementName
                InstanceID = $_.InstanceID; EnabledState = $_.EnabledState } }
    }
    Failed = $failed
}
$file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
$json = ConvertTo-Json -InputObject $answer -Depth 8 -Compress
[System.IO.File]::WriteAllText($file, $json, (New-Object -TypeName System.Text.UTF8Encoding $false))
"${file}: $(@($vms).Count) VMs, $($failed.Count) parts failed"
