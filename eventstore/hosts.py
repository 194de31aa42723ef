r"""Which host a path is of: a file is known by its host and its path.

The home is the first host recorded into a store, and what was played is the home's: its local
paths stay plain. A local path of another host is called as Windows names it from outside, by its
administrative share: `D:\VMs` on HV02 is `\\HV02\D$\VMs`. What several hosts share, as UNC paths
and those of a cluster, is the same file from each of them.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from eventstore.ids import derive, guid
from eventstore.paths import is_posix, plain, server_label

_LOCAL = re.compile(r"([A-Za-z]):(?:\\(.*))?", re.DOTALL)
_SHARE = re.compile(r"\\\\([^\\?.][^\\]*)\\([^\\]+)(?:\\(.*))?", re.DOTALL)
_DRIVE_SHARE = re.compile(r"([A-Za-z])\$")
_CLUSTER = re.compile(r"[A-Za-z]:\\ClusterStorage(?:\\|$)", re.IGNORECASE)
_CLUSTER_SHARE = "clusterstorage$"
"""Every node of a cluster shares its volumes under this name, too."""


def is_local(path: str) -> bool:
    """Tell whether `path` begins with a drive of one host."""
    text = plain(path)
    return _LOCAL.fullmatch(text) is not None and not _CLUSTER.match(text)


def is_of_cluster(path: str) -> bool:
    r"""Tell whether `path` is on a volume that the nodes of a cluster share."""
    return _CLUSTER.match(plain(path)) is not None


def is_shared(path: str) -> bool:
    """Tell whether hosts that nobody knows of may use the file as their own."""
    return not is_posix(path) and (is_of_cluster(path) or (bool(server_of(path)) and not of(path)))


def server_of(path: str) -> str:
    """Give the server that a UNC path names, as it is spelled; else nothing."""
    found = None if path[1:2] == ":" or is_posix(path) else _SHARE.fullmatch(plain(path))
    return found[1] if found else ""


def of(path: str) -> str:
    r"""Give the label of the host that `path` is local on: nothing for plain and shared paths."""
    if is_posix(path) or not (found := _drive_share(path)):
        return ""
    return server_label(found[0])


def _drive_share(path: str) -> tuple[str, str] | None:
    r"""Give the server, and what `\\HV02\D$\VMs` is there: `D:\VMs`."""
    found = None if path[1:2] == ":" else _SHARE.fullmatch(plain(path))
    if not found:
        return None
    server, share, rest = found.groups()
    if share.lower() == _CLUSTER_SHARE:
        return server, rf"C:\ClusterStorage\{rest or ''}".rstrip("\\")
    drive = _DRIVE_SHARE.fullmatch(share)
    return (server, rf"{drive[1].upper()}:\{rest or ''}") if drive else None


def is_same_host(one: str, other: str) -> bool:
    """Tell whether two names are of one computer; a GUID is the one made of its name."""
    if guid(one) is None and guid(other) is None:
        return server_label(one) == server_label(other)
    made, name = (one, other) if guid(one) else (other, one)
    spellings = (name.casefold(), server_label(name))
    return guid(made) in {guid(name), *(derive("host", each) for each in spellings)}


def spelled_before(known: Iterable[str], name: str) -> str:
    """Give `name` as it was spelled when the host was heard of first."""
    return next((each for each in known if each and is_same_host(each, name)), name)


def renamed(before: str, called: str) -> str:
    """Give the name of a host that somebody `called` so now, or did not; a spelling is no name."""
    return called if called and not is_same_host(before, called) else before


class Naming(Struct, frozen=True):
    """How what one host calls its files is called here: by `server`, or as they are at `home`.

    `home` are the labels of the home's names: its administrative shares are its own volumes.
    """

    server: str = ""
    home: frozenset[str] = frozenset()

    def at(self, place: str) -> "Naming":
        """Say how what a file at `place` calls others is called here: it is its host's word.

        A file that was reached through an administrative share speaks of the host that has it.
        """
        if not (host := of(place)):
            return self
        return Naming("" if host in self.home else host.upper(), self.home)

    def path(self, told: str) -> str:
        """Give the path by which a file is known that the host calls `told`."""
        if is_posix(told):
            return told
        text = plain(told)
        if found := _drive_share(text):
            server, local = found
            is_ours = _CLUSTER.match(local) or server_label(server) in self.home
            return local if is_ours else told
        if not self.server:
            return told
        found_here = None if _CLUSTER.match(text) else _LOCAL.fullmatch(text)
        if not found_here:
            return told
        drive, rest = found_here.groups()
        root = rf"\\{self.server}\{drive.upper()}$"
        return root if rest is None else rf"{root}\{rest}"


class Hosts(Struct, frozen=True):
    """The hosts heard of, each with the names that it came under; the first is the home.

    Whoever records without naming a host comes under a GUID made of the recording machine's name.
    `is_named` when somebody said whose files were read.
    """

    names: tuple[tuple[str, ...], ...] = ()
    is_named: bool = False

    def known(self, name: str) -> tuple[str, ...]:
        """Give all names of the host called `name`; none where it was never heard of."""
        exact = (each for each in self.names if name in each)
        alike = (each for each in self.names if any(is_same_host(name, one) for one in each))
        return next(exact, None) or next(alike, ())

    def heard(self, name: str, *, answered: bool = False) -> "Hosts":
        """Give the hosts after evidence of `name`; `answered` when the host itself says its name.

        A home without a name has that of the first that answers. What was read without naming a
        host is the home's, as long as nobody named one.
        """
        is_named = self.is_named or not (answered or guid(name))
        own = self.known(name) or self._home_for(name, answered=answered)
        if not own:
            return Hosts((*self.names, (name,)), is_named)
        if name in own:
            return self if is_named == self.is_named else Hosts(self.names, is_named)
        names = ((*each, name) if each == own else each for each in self.names)
        return Hosts(tuple(names), is_named)

    def spelled(self, name: str) -> str:
        """Give the name under which the evidence of a host is kept, whichever it comes under now.

        That of whoever read its files first without naming it, else the first heard.
        """
        known = self.known(name)
        if not known or (name in known and guid(name)):
            return name
        return next(filter(guid, known), known[0])

    def called(self) -> tuple[str, ...]:
        """Give a name for each host, as people say it where somebody did."""
        return tuple(_called(each) for each in self.names)

    def is_doubtful(self, name: str) -> bool:
        """Tell whether local files read under `name`, a GUID, may be of any of the hosts."""
        return guid(name) is not None and self.known(name) != self.names[0]

    def naming(self, name: str) -> Naming:
        """Say how paths of a host that was heard are called."""
        own = self.known(name) or (name,)
        home = self.names[0] if self.names else ()
        labels = frozenset(server_label(each) for each in home if guid(each) is None)
        if own == home or not self.names:
            return Naming("", labels)
        server = _called(own)
        is_address = server_label(server) == server.casefold()
        return Naming(server if is_address else server.partition(".")[0], labels)

    def _home_for(self, name: str, *, answered: bool) -> tuple[str, ...]:
        """Give the names of the home if a host never heard of may be it, else none."""
        if len(self.names) != 1:
            return ()
        home = self.names[0]
        may_be = not self.is_named if guid(name) else answered and all(map(guid, home))
        return home if may_be else ()


def _called(names: tuple[str, ...]) -> str:
    return next((each for each in names if guid(each) is None), names[0]).strip()
