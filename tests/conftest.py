"""What holds for all tests, and what the run tells at its end: how much each sweep looked at."""

from hypothesis import HealthCheck, settings
from pytest import TerminalReporter  # noqa: PT013  (the type's only public name)

# How fast a busy machine is says nothing of the code; what is slow shows in the bench.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", [])
    told = [text for report in reports for name, text in report.user_properties if name == "sweep"]
    if told:
        terminalreporter.section("sweeps")
    for text in sorted(told):
        terminalreporter.write_line(text)
