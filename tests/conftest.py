"""What the whole run tells at its end: how much each sweep looked at, how long, by which seed."""

from pytest import TerminalReporter  # noqa: PT013  (the type's only public name)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", [])
    told = [text for report in reports for name, text in report.user_properties if name == "sweep"]
    if told:
        terminalreporter.section("sweeps")
    for text in sorted(told):
        terminalreporter.write_line(text)
