"""Every scenario of the catalogue."""

from tests.catalogue.scenarios import hands, hosts, lookalikes, orphans, others, trees

SCENARIOS = (
    *trees.SCENARIOS,
    *orphans.SCENARIOS,
    *others.SCENARIOS,
    *hands.SCENARIOS,
    *hosts.SCENARIOS,
    *lookalikes.SCENARIOS,
)
