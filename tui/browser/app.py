"""The browser itself: one store, one moment, and the screens that show it."""

from datetime import UTC
from typing import ClassVar

from msgspec.structs import replace
from textual import work
from textual.binding import Binding, BindingType

from eventstore.errors import BadInput, SnapledgerError
from eventstore.ids import VmId
from eventstore.log.embedded import EmbeddedLog
from eventstore.moments import now
from projections.as_of import parse_as_of
from projections.names import find_vm
from projections.shapes import vm_ref
from tui.browser.ask import Ask
from tui.browser.choose import Choice, Choose
from tui.browser.diff_screen import DiffScreen
from tui.browser.exporting import Export, write
from tui.browser.findings_at import Found, findings_at
from tui.browser.findings_screen import FindingsScreen
from tui.browser.help import help_on
from tui.browser.journey import Instant, Journey
from tui.browser.moment import Cursor
from tui.browser.palette import Names
from tui.browser.screen import BrowserScreen
from tui.browser.stage import Stage
from tui.browser.themes import COLOUR_BLIND, NO_COLOUR, THEMES
from tui.browser.time_screen import TimeScreen
from tui.browser.typed import SHAPES, obey
from tui.browser.whatif_screen import WhatIfScreen
from tui.render.glyphs import ASCII, UNICODE
from tui.render.look import Look
from tui.render.text import clip_end
from tui.time_zone import time_zone

FOLLOW_SECONDS = 1.0
"""How often the log is asked for what others recorded meanwhile."""
_VERIFY = "`snapledger verify` looks at every byte of the log"


class Browser(Stage):
    """Shows the log of one store and never changes it."""

    TITLE = "snapledger"
    CSS_PATH = "browser.tcss"
    MODES: ClassVar = {
        "time": TimeScreen,
        "findings": FindingsScreen,
        "diff": DiffScreen,
        "whatif": WhatIfScreen,
    }
    COMMANDS: ClassVar = {Names}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Keys", key_display="?"),
        Binding("f2", "switch_mode('time')", "Time", show=False),
        Binding("f4", "switch_mode('findings')", "Findings", show=False),
        Binding("f6,d", "switch_mode('diff')", "Diff", key_display="d"),
        Binding("f7,w", "switch_mode('whatif')", "What if", key_display="w"),
        Binding("m", "mark", "Mark A"),
        Binding("v,f3", "choose_vm", "VM"),
        Binding("t,ctrl+g", "ask_moment", "Go to"),
        Binding("slash,ctrl+f", "ask_filter", "Filter", key_display="/"),
        Binding("K", "known", "As known then", show=False),
        Binding("colon", "type", "Command", key_display=":"),
        Binding("y", "copy", "Copy"),
        Binding("e,ctrl+s", "export", "Export", key_display="e"),
        Binding("Z", "zone", "Time zone", show=False),
        Binding("T", "theme", "Next theme", show=False),
        Binding("backslash", "glyphs", "ASCII signs", show=False),
        Binding("f5", "read_again", "Read again", show=False),
        Binding("ctrl+p,f10", "command_palette", "Palette", key_display="^p", system=True),
        Binding("q,ctrl+q", "quit", "Quit", key_display="q"),
    ]

    def __init__(
        self, log: EmbeddedLog, look: Look, *, vm: str | None = None, banner: str = ""
    ) -> None:
        super().__init__(look, banner)
        self._store, self._vm_word, self._zone = log, vm, look.zone
        self._head = 0

    def on_mount(self) -> None:
        self.register_theme(COLOUR_BLIND)
        self.theme = THEMES[0] if self.drawn.has_colour else NO_COLOUR
        self._draw_frames()
        self.switch_mode("time")
        self.call_after_refresh(self._read)  # the frame comes first
        self.set_interval(FOLLOW_SECONDS, self._follow)

    # --- asking -------------------------------------------------------------------------------

    def action_choose_vm(self) -> None:
        look = self.look_for(None)
        machines = self.cursor.journey.fleet.machines.values()
        choices = [
            Choice(f"{look.text(vm_ref(each).name)}  {each.id}", each.id) for each in machines
        ]
        choices.sort(key=lambda each: each.text.casefold())
        self.push_screen(Choose("Which VM?", [Choice("all VMs", ""), *choices]), self._vm_chosen)

    def _vm_chosen(self, vm: str | None) -> None:
        if vm is not None:
            self.look_at(VmId(vm) if vm else None)

    def action_ask_moment(self) -> None:
        hint = "2010-09-26 15:03, 2010-09-26T15:03+09:00, -2h, #7"
        self.push_screen(Ask("Go to a time or an entry", hint, self.go_to_words))

    def go_to_words(self, words: str) -> str | None:
        try:
            found = parse_as_of(words, None, tz=self.drawn.zone, clock=now())
        except BadInput as error:
            return str(error)
        if found.position is not None:
            if not self.cursor.jump_to_position(found.position):
                return f"there is no entry #{found.position}"
        elif found.at is not None:
            self.cursor.jump_to_time(found.at)
        self.moved()
        return None

    def action_ask_filter(self) -> None:
        title = "Only events with these words; with a ! before them, those without"
        ask = Ask(
            title, "deleted, !started, MergeCompleted", self._filter, text=self.cursor.place.words
        )
        self.push_screen(ask)

    def _filter(self, words: str) -> str | None:
        if not self.cursor.filter(words):
            return f"no event here has {words!r}"
        self.moved()
        return None

    def action_help(self) -> None:
        self.push_screen(help_on(self.screen), lambda key: self.simulate_key(key) if key else None)

    def action_copy(self) -> None:
        if self.cursor.row is None or not isinstance(self.screen, BrowserScreen):
            return
        choices = [
            Choice(f"{what:<10} {clip_end(text, 60)}  ({len(text.encode())} bytes)", text)
            for what, text in self.screen.copyable()
        ]
        self.push_screen(Choose("Copy what?", choices), self._copied)

    def _copied(self, text: str | None) -> None:
        if text is not None:
            self.copy_to_clipboard(text)
            self.notify(f"copied {len(text.encode()):,} bytes", markup=False)

    def action_type(self) -> None:
        self.push_screen(Ask("Command", SHAPES, lambda line: obey(self, line)))

    def action_export(self) -> None:
        if not (self.is_ready and isinstance(self.screen, BrowserScreen)):
            return
        found = list(self.screen.exportable())
        screen = Export("SVG of the screen", "screen.svg", self.export_screenshot().encode())
        found.append(screen)
        choices = [Choice(each.word, str(index)) for index, each in enumerate(found)]

        def chosen(index: str | None) -> None:
            if index is not None:
                self._ask_file(found[int(index)])

        self.push_screen(Choose("Export what?", choices), chosen)

    def _ask_file(self, export: Export) -> None:
        confirmed = ""

        def accept(words: str) -> str | None:
            nonlocal confirmed
            may_replace, confirmed = words == confirmed, words
            folder = self._store.folder
            problem = write(words, export.data, store=folder, may_replace=may_replace)
            if problem is None:
                told = f"{len(export.data):,} bytes written to {self.look_for(None).text(words)}"
                self.notify(told, markup=False)
            return problem

        self.push_screen(Ask("Into which file?", export.name, accept, text=export.name))

    # --- how it looks -------------------------------------------------------------------------

    def action_theme(self) -> None:
        if not self.drawn.has_colour:
            self.notify("colours are switched off (NO_COLOR or --no-color)", markup=False)
            return
        at = THEMES.index(self.theme) if self.theme in THEMES else -1
        self.theme = THEMES[(at + 1) % len(THEMES)]
        self.moved()

    def action_zone(self) -> None:
        """Show times in the zone asked for, in UTC, in the local one."""
        zones = list(dict.fromkeys((self._zone, UTC, time_zone("local", {}))))
        at = zones.index(self.drawn.zone) if self.drawn.zone in zones else -1
        self.drawn = replace(self.drawn, zone=zones[(at + 1) % len(zones)])
        self.notify(f"times are those of {self.drawn.zone}", markup=False)
        self.moved()

    def action_glyphs(self) -> None:
        glyphs = UNICODE if self.drawn.glyphs is ASCII else ASCII
        self.drawn = replace(self.drawn, glyphs=glyphs)
        self._draw_frames()
        self.moved()

    def _draw_frames(self) -> None:
        """Draw frames and scroll bars with the signs that everything else is drawn with."""
        self.set_class(self.drawn.glyphs is ASCII, "-ascii")
        self.set_class(not self.drawn.has_colour, "-colourless")

    # --- reading the log ----------------------------------------------------------------------

    def action_read_again(self) -> None:
        self._head = 0
        self._read()

    @work(thread=True, exclusive=True, group="read")
    def _read(self) -> None:
        """Read what is new, aside; a log that cannot be read ends the browser with its reason."""
        try:
            if self._cursor is None or not self._head:
                journey = Journey(self._store.read())
            else:
                journey = self._cursor.journey.extended(self._store.read(after=self._head))
            journey.rows(self._cursor.place.vm if self._cursor else self._first_vm(journey))
        except BadInput as error:
            self.call_from_thread(self.exit, return_code=2, message=str(error))
            return
        except SnapledgerError as error:
            self.call_from_thread(self.exit, return_code=1, message=f"{error}; {_VERIFY}")
            return
        self.call_from_thread(self._arrived, journey)

    def _arrived(self, journey: Journey) -> None:
        self._head = journey.head
        if self._cursor is None:
            self._cursor = Cursor(journey, self._first_vm(journey))
        else:
            self._cursor.go_on(journey)
        self.found = None
        self.judge(None)
        self.moved()

    def _first_vm(self, journey: Journey) -> VmId | None:
        """The VM asked for; without one, the only one there is."""
        if self._vm_word is not None:
            return find_vm(self._vm_word, journey.fleet, lambda: journey.fleet).id
        known = [each.id for each in journey.fleet.machines.values() if each.is_known]
        return known[0] if len(known) == 1 else None

    def _follow(self) -> None:
        """Look whether another process recorded something; asking costs next to nothing."""
        if self.is_ready and self._store.head() > self._head:
            self._read()

    def judge(self, instant: Instant | None) -> None:
        self._judge(self.cursor.journey, instant)

    @work(thread=True, exclusive=True, group="judge")
    def _judge(self, journey: Journey, instant: Instant | None) -> None:
        found = findings_at(journey, instant)
        self.call_from_thread(self._judged, journey, found)

    def _judged(self, journey: Journey, found: Found) -> None:
        if journey is not self.cursor.journey:
            return  # the log went on meanwhile, and was judged anew
        self.found = found
        if found.instant is None:
            self.found_now = found
        self.moved()
