"""What monitoring reads: states with their exit codes, and text that stays on its line.

By the Monitoring Plugins development guidelines an answer is `SERVICE STATE: text | figures`.
Names of VMs and files are foreign: none may end the line, or begin the figures with a `|`.
"""

from enum import IntEnum

from tui.render.look import Look

SERVICE = "SNAPLEDGER"


class PluginState(IntEnum):
    """Exit codes of a plugin, by the guidelines."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


def unknown_line(why: str, look: Look) -> str:
    """Give the line of a plugin that could not look."""
    return f"{SERVICE} {PluginState.UNKNOWN.name}: {one_line(why, look)}"


def one_line(foreign: str, look: Look) -> str:
    """Give foreign text that can neither end the line nor be taken for figures."""
    return look.text(foreign.replace("|", "¦"))
