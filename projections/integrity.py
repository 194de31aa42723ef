"""Verdicts that the headers give: whether a parent is still the one its child was made from."""

from collections.abc import Iterable, Iterator

from eventstore.evidence.hresults import hresult
from eventstore.evidence.linkage import LinkVerdict, compare_parent
from eventstore.evidence.observations import DiskFacts
from eventstore.paths import suffix_of
from eventstore.sightings import Sighting
from projections.case import Case, because, chain_told, sentence
from projections.deletable import careful
from projections.disk_node import DiskNode
from projections.finding import Finding, Reason
from projections.manual_merge import left_by_manual_merge
from projections.phrases import listed
from projections.strays import back_step, strays_of, strays_told

WRITTEN_STEP = (
    "Stop writing to the parent. Copy the whole chain before anything else: this disk may hold the "
    "only copy of what it holds, and merging would mix two times."
)
MISMATCH_STEP = (
    "Do not start and do not merge. Look for the disk that this one was made from; reconnecting it "
    "with its id ignored is for copies only."
)
RESIZED_STEP = (
    "Do not start and do not merge. Copy the whole chain; a copy of the parent from before it was "
    "resized, or a copy resized back, may make this disk readable again."
)


def integrity_findings(case: Case) -> Iterator[Finding]:
    """Hold every file's header against its parent's, and against what history did to them."""
    for node in case.graph.nodes.values():
        if not node.exists:
            continue
        yield from _unreadable(case, node)
        yield from _headless(case, node)
        if node.parent and (parent := case.graph.nodes[node.parent]).exists:
            yield from _linked(case, node, parent)


def _unreadable(case: Case, node: DiskNode) -> Iterator[Finding]:
    sighting = case.sighting(node)
    if sighting is None:
        return
    facts = sighting.seen.facts
    problems = [f"{each.name}: {each.text}" for each in facts.failed_checks] if facts else []
    if facts is None:
        problems = [sighting.seen.problem or "nothing in its headers can be used"]
    if problems:
        yield case.finding(
            node,
            "unverified",
            [because(f"Its headers do not hold: {each}.", sighting.when) for each in problems],
            deletable=careful(node),
            next_step="Copy the file before anything opens it, and inspect the copy.",
        )


def _headless(case: Case, node: DiskNode) -> Iterator[Finding]:
    """A differencing disk without any parent that could be named."""
    sighting = case.sighting(node)
    facts = sighting.seen.facts if sighting else None
    if sighting and facts and facts.kind == "differencing" and node.parent is None:
        text = "It is a differencing disk; its header names no parent, and none seen fits it."
        yield case.finding(
            node,
            "parent_missing",
            (because(text, sighting.when),),
            deletable=careful(node),
            next_step="Look for its parent by identity: record the folders of the other disks.",
        )


def _linked(case: Case, node: DiskNode, parent: DiskNode) -> Iterator[Finding]:
    link = _compared(case, node, parent)
    others = _other_parents(case, node, parent)
    strays = strays_of(case, parent, node)
    is_another = link.verdict == "parent_mismatch" if link else _was_replaced(case, parent, strays)
    if others or is_another:
        yield _mismatch(case, node, parent, link, others)
    elif link and link.verdict == "parent_written":
        reasons = _link_reasons(case, node, parent, link)
        told = strays_told(case, parent, strays, "The disk as it was when this one was made")
        yield _written(case, node, (*reasons, *told, *_written_past_hyper_v(case, node, parent)))
    elif (reasons := tuple(_written_past_hyper_v(case, node, parent))) and not (
        link and link.verdict == "matches" and _is_vhdx(case, node)
    ):
        yield _written(case, node, (*reasons, because(_refusal(node))))


def _was_replaced(case: Case, parent: DiskNode, strays: Iterable[DiskNode]) -> bool:
    """Tell whether history says that the parent was moved, and another disk took its place."""
    arrivals = (case.fleet.arrivals.get(stray.key) for stray in strays)
    return any(arrival and parent.key in arrival.homes for arrival in arrivals)


def _other_parents(case: Case, node: DiskNode, parent: DiskNode) -> tuple[str, ...]:
    """Give the parents by another witness's word that stand at their places too."""
    others = (case.graph.nodes[key] for key in node.other_parents if key not in parent.strays)
    return tuple(other.path for other in others if other.exists)


def _compared(case: Case, node: DiskNode, parent: DiskNode) -> LinkVerdict | None:
    """Compare two headers, if both were read after history last changed either file."""
    ours, theirs = case.sighting(node), case.sighting(parent)
    child_facts, parent_facts = _facts(ours), _facts(theirs)
    if not (ours and theirs and child_facts and parent_facts):
        return None
    if child_facts.kind != "differencing":
        return None
    changes = [past.changed for each in (node, parent) if (past := case.past(each))]
    if any(change and change > min(ours.when, theirs.when) for change in changes):
        return None
    return compare_parent(child_facts, parent_facts)


def _link_reasons(
    case: Case, node: DiskNode, parent: DiskNode, link: LinkVerdict
) -> tuple[Reason, ...]:
    whens = [found.when for each in (node, parent) if (found := case.sighting(each))]
    return tuple(because(f"{sentence(text)}.", *whens) for text in link.reasons)


def _mismatch(
    case: Case, node: DiskNode, parent: DiskNode, link: LinkVerdict | None, others: tuple[str, ...]
) -> Finding:
    sighting = case.sighting(node)
    is_resized = _is_resized(_facts(sighting), _facts(case.sighting(parent)))
    if others:
        text = f"By one witness its parent is {parent.path}, by another {listed(others)}."
    elif is_resized:
        text = f"{parent.path} is its parent still, and was resized after this disk was made."
    else:
        text = f"{parent.path} stands where its parent should, and is another disk."
    reasons = [because(text, sighting.when if sighting else None)]
    if link and link.verdict != "matches":
        reasons.extend(_link_reasons(case, node, parent, link))
    strays = strays_of(case, parent, node)
    reasons.extend(strays_told(case, parent, strays, "The disk that this one was made from"))
    reasons.extend(chain_told(case, node))
    step = RESIZED_STEP if is_resized and not others else MISMATCH_STEP
    if strays:
        step = back_step(parent, strays)
    return case.finding(node, "parent_mismatch", reasons, deletable=careful(node), next_step=step)


def _written(case: Case, node: DiskNode, reasons: tuple[Reason, ...]) -> Finding:
    return case.finding(
        node,
        "parent_written",
        (*reasons, *chain_told(case, node)),
        deletable=careful(node),
        next_step=WRITTEN_STEP,
    )


def _written_past_hyper_v(case: Case, node: DiskNode, parent: DiskNode) -> Iterator[Reason]:
    """A parent is frozen from the moment it has a child: writing to it breaks the child."""
    yield from _merged_past_it(case, node, parent)
    written = case.written(parent)
    if written is None or left_by_manual_merge(case, node):
        return
    if node.since is None or written.at >= node.since:
        merges = [
            child
            for child, merge in case.fleet.merged_by_hand.items()
            if merge.into == parent.key and merge.when == written and child != node.key
        ]
        how = "somebody merged another disk into it" if merges else "somebody wrote to it"
        yield because(f"{parent.path} changed after this disk was made: {how}.", written)


def _merged_past_it(case: Case, node: DiskNode, parent: DiskNode) -> Iterator[Reason]:
    """Hyper-V merges without a look at what hands made of a disk, and mends only its own links."""
    past = case.past(parent)
    took_in = past.took_in if past else None
    arrival = case.fleet.arrivals.get(node.key)
    names = (node.key, *(arrival.homes if arrival else ()))
    pasts = [each for name in names if (each := case.ownership.past.get(name))]
    mended = max((each.relinked for each in pasts if each.relinked), default=None)
    if took_in is None or (mended and mended >= took_in):
        return
    if node.since is None or node.since < took_in.at:
        text = f"{parent.path} changed after this disk was made: Hyper-V merged another into it."
        yield because(text, took_in)


def _is_resized(child: DiskFacts | None, parent: DiskFacts | None) -> bool:
    """Tell whether a VHD is the right parent by its id and has another size than its child."""
    if child is None or parent is None or child.parent is None or child.format != "vhd":
        return False
    is_same = child.parent.identity == parent.identity
    return is_same and child.virtual_size_bytes != parent.virtual_size_bytes


def _refusal(node: DiskNode) -> str:
    """Say what Hyper-V will answer; a VHD's parent keeps its id, whoever writes to it."""
    if suffix_of(node.path).endswith("x"):
        return f"Hyper-V will refuse it with {hresult(0xC03A000E)}."
    return (
        f"Hyper-V may refuse it with {hresult(0xC03A000F)}, or open a mix of two times without a "
        "word."
    )


def _facts(sighting: Sighting | None) -> DiskFacts | None:
    return sighting.seen.facts if sighting else None


def _is_vhdx(case: Case, node: DiskNode) -> bool:
    facts = _facts(case.sighting(node))
    return facts is not None and facts.format == "vhdx"
