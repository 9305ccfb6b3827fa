"""Four hours of a show on two overlays, one with a widget of every kind and one upright, in a fraction of the time.

A key every four seconds, a simulated audience that writes one and a half messages a second, and whoever follows and
gives among them as an alert of a second; a change of some widget's settings every four minutes, one kind hidden for
two, everything hidden, boxes moved, the source out of every scene for a while, and two breaks an hour (the network of
both pages, or the server killed with ``kill -9``, in turn). All of it as much faster as ``SOAK_MINUTES`` (20) asks for.

Each page is measured twice: with everything on it, and while all is hidden, where what is left of hours of widgets can
be nothing but what somebody holds.
Fails when a page grows by more than ``growth.py`` allows, when it complains, when it shows another product than the
journal's head says, when an alert is drawn twice, or when the server's log holds a traceback.
"""

import random
import time
from typing import TYPE_CHECKING, Any

import psycopg
from arena import Arena
from growth import Growing, find_renderer, table
from overlay_pages import LANDSCAPE, UPRIGHT, apart, boxes, crew, make_overlay, open_console
from overlay_screen import COUNT_ALERTS, DRAWN_NODES, SHOWN, Screen
from witness import Witness

if TYPE_CHECKING:
    from soak import Server

HOURS = 4
EVENTS = HOURS * 3600 // 4
MEASURED_AT = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0]
#: Messages a second of the show's own time.
RATE = 1.5
BREAK_EVERY, SETTINGS_EVERY, HIDE_EVERY, PANIC_EVERY, LAYOUT_EVERY, SCENE_EVERY = 450, 60, 97, 331, 211, 151
QUESTION_EVERY, HIDDEN_FOR, UNSEEN_FOR = 40, 30, 40
PATIENCE_S, CUT_S = 20.0, 3.0
#: What is shown has more or fewer nodes: messages with roles and emotes, longer lines in the ticker. And what moves has
#: listeners of its own.
NODES_OF_CONTENT, LISTENERS_OF_CONTENT = 300, 100

SCENE = "visible => dispatchEvent(new CustomEvent('obsSourceVisibleChanged', { detail: { visible } }))"
HEAD = """
SELECT i.position, (h.state->'live'->>'card_shown')::bool
FROM live_aggregate h JOIN live_sessions_lineupitem i ON i.id = (h.state->'live'->>'item_id')::bigint WHERE h.id = %s
"""


def play_overlays(ready: Arena, server: "Server", session_id: int, chromium: str, seconds: float) -> list[str]:
    """Plays it and prints what came of it; returns the bars that were missed, as sentences."""
    from playwright.sync_api import sync_playwright

    prepare(seconds)
    paths = [
        (*make_overlay("Everything", boxes(LANDSCAPE)), 1920, 1080, LANDSCAPE),
        (*make_overlay("Upright", boxes(UPRIGHT), 1080, 1920), 1080, 1920, UPRIGHT),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        show = OverlayShow(browser, ready, server, session_id, paths)
        show.open()
        begun = time.monotonic()
        due = [round(EVENTS * share) for share in MEASURED_AT]
        for event in range(1, EVENTS + 1):
            show.play(event)
            if event in due:
                show.measure()
                print(f"{event} of {EVENTS} events after {(time.monotonic() - begun) / 60:.1f} minutes", flush=True)
            show.wait(begun + seconds * event / EVENTS - time.monotonic())
        show.agree("at the end")
        took = time.monotonic() - begun
        missed = show.missed()
        browser.close()
    for line in table([one for screen in show.screens for one in (screen.full, screen.emptied)], percents()):
        print(line)
    for screen in show.screens:
        print(f"{screen.name + ' drawn nodes':26}" + "".join(f"{nodes:10}" for nodes in screen.nodes))
    print(
        f"{EVENTS:,} events of {HOURS} hours in {took / 60:.1f} minutes: {show.keys:,} keys, {show.said():,} messages, "
        f"{', '.join(f'{len(one.told)} alerts told and {one.drawn} drawn on {one.name}' for one in show.screens)}; "
        f"{show.settings} changes of settings, {show.hidden} hidden and shown, {show.scenes} scenes, {show.breaks} "
        f"breaks, the server killed {server.kills} times, back after {max(show.back_s, default=0):.1f} s at most; "
        f"{show.witness.excused} network errors of the breaks"
    )
    traces = [f"the server's log holds {count} tracebacks"] if (count := server.tracebacks()) else []
    return [*missed, *show.witness.complaints, *show.lost, *traces]


def percents() -> list[str]:
    return [f"{share:.0%}" for share in MEASURED_AT]


def prepare(seconds: float) -> None:
    """An audience as fast as the show, alerts of a second, and widgets that have something to say."""
    from cuelight.streams import accounts, alert_actions, alert_rules
    from cuelight.widgets import actions

    access = crew()
    rate = min(100.0, RATE * HOURS * 3600 / seconds)
    accounts.switch(access.studio_id, "simulator", on=True, rate=rate, seed=4)
    kinds = {
        name: alert_rules.KindRule(seconds=1, priority=rule.priority) for name, rule in alert_rules.DEFAULTS.items()
    }
    alert_actions.save_rules(access.studio_id, alert_rules.Rules(kinds=kinds), by=None)
    actions.change_settings("timer", {"mode": "up", "label": "On air"}, access=access)
    goal = {"counts": "follows", "title": "New friends", "target": 100_000, "since": "all"}
    actions.change_settings("goal", goal, access=access)


class OverlayShow:
    """The crew of it, and what breaks."""

    def __init__(self, browser: Any, ready: Arena, server: "Server", session_id: int, paths: list[Any]) -> None:
        self.browser, self.ready, self.server, self.session_id, self.paths = browser, ready, server, session_id, paths
        self.base = f"http://localhost:{server.port}"
        self.witness = Witness(f"session:{session_id}:")
        self.chance = random.Random(4)
        self.access = apart(crew)
        self.screens: list[Screen] = []
        self.lost: list[str] = []
        self.back_s: list[float] = []
        self.keys = self.settings = self.hidden = self.scenes = self.breaks = 0
        self.kind_hidden = ""
        self.question = self.panic = False

    def open(self) -> None:
        self.console = open_console(self.browser, self.ready, self.base, self.session_id)
        for _, path, width, height, _ in self.paths:
            context = self.browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
            page = context.new_page()
            name = f"{width}×{height}"
            screen = Screen(name, page, Growing(f"{name}, all", page), Growing(f"{name}, hidden", page))
            page.on("websocket", screen.listen)
            self.witness.watch(name, page)
            page.goto(self.base + path)
            page.locator("#overlay[data-ready]").wait_for(state="attached")
            page.evaluate(COUNT_ALERTS)
            screen.full.renderer = find_renderer(self.browser, page)
            self.screens.append(screen)
        self.agree("at the beginning")

    def play(self, event: int) -> None:
        """Four seconds of the show."""
        if event % BREAK_EVERY == BREAK_EVERY // 2:
            self._break(event)
        else:
            self._press(event)
        if event % SETTINGS_EVERY == 0:
            self._change_settings(event // SETTINGS_EVERY)
        if event % HIDE_EVERY == 0:
            self._hide_a_kind(event // HIDE_EVERY)
        elif self.kind_hidden and event % HIDE_EVERY == HIDDEN_FOR:
            self._show_the_kind()
        if event % PANIC_EVERY == 0:
            self._panic(True)
        elif event % PANIC_EVERY == HIDDEN_FOR and event > PANIC_EVERY:
            self._panic(False)
        if event % LAYOUT_EVERY == 0:
            self._move(event // LAYOUT_EVERY)
        if event % SCENE_EVERY == 0:
            self._scene(False)
        elif event % SCENE_EVERY == UNSEEN_FOR and event > SCENE_EVERY:
            self._scene(True)

    def wait(self, seconds: float) -> None:
        self.console.wait_for_timeout(max(seconds, 0.02) * 1000)

    def measure(self) -> None:
        """With everything on it, and while all is hidden."""
        self._whole()
        self.console.keyboard.press("Home")
        self.agree("before a measurement")
        for screen in self.screens:
            screen.full.measure()
            screen.nodes.append(screen.page.evaluate(DRAWN_NODES))
        self._panic(True)
        for screen in self.screens:
            screen.page.wait_for_function("() => document.querySelectorAll('.box').length === 0", timeout=20_000)
        self.wait(1)
        for screen in self.screens:
            screen.emptied.measure()
        self._panic(False)
        self.agree("after a measurement")

    def agree(self, when: str) -> None:
        """Waits until both pages show the product of the journal's head, and all of their widgets."""
        give_up, wrong = time.monotonic() + PATIENCE_S, [""]
        while wrong and time.monotonic() < give_up:
            self.wait(0.05)
            number, is_shown = self._head()
            due = number if is_shown else None
            shown = {screen.name: screen.page.evaluate(SHOWN)["number"] for screen in self.screens}
            wrong = [f"{name} shows {one}, not {due}" for name, one in shown.items() if one != due]
        self.lost += [f"{when}, {sentence}" for sentence in wrong]

    def missed(self) -> list[str]:
        sentences = []
        for screen in self.screens:
            screen.drawn = screen.page.evaluate("window.alertsDrawn")
            sentences += [
                *screen.full.missed(0, content=(NODES_OF_CONTENT, LISTENERS_OF_CONTENT)),
                *screen.emptied.missed(0),
            ]
            if screen.nodes[-1] > screen.nodes[0] + NODES_OF_CONTENT:
                sentences.append(f"{screen.name}: widgets went from {screen.nodes[0]} to {screen.nodes[-1]} nodes")
            if screen.drawn > len(screen.told) + screen.again:
                sentences.append(f"{screen.name}: {screen.drawn} alerts drawn of {len(screen.told)} that were told")
            if screen.drawn < len(screen.told) * 0.8:
                sentences.append(f"{screen.name}: only {screen.drawn} alerts drawn of {len(screen.told)}")
        return sentences

    def said(self) -> int:
        return int(self._ask("SELECT count(*) FROM streams_event WHERE kind IN ('chat', 'question')")[0][0])

    # What people do

    def _press(self, event: int) -> None:
        if event % QUESTION_EVERY == 0:
            self.console.keyboard.press("w" if self.question else "q")
            self.question = not self.question
            return
        self.console.keyboard.press(
            self.chance.choices(["ArrowDown", "ArrowUp", "ArrowRight", "v"], [50, 10, 15, 4])[0]
        )
        self.keys += 1

    def _change_settings(self, number: int) -> None:
        """Sizes and colours of each kind in turn, and another motion or number of lines where it has one."""
        from cuelight.widgets import actions
        from cuelight.widgets.kinds import KINDS

        kind = list(KINDS)[number % len(KINDS)]
        changes: dict[str, Any] = {"accent": self.chance.choice(["#ffb224", "#5bd1b7"]), "radius": number % 20}
        changes |= {"chat": {"leave_after_s": number % 2 * 60}, "ticker": {"speed": 90 + number % 3 * 40}}.get(kind, {})
        apart(actions.change_settings, kind, changes, access=self.access)
        self.settings += 1

    def _hide_a_kind(self, number: int) -> None:
        from cuelight.widgets.kinds import KINDS
        from cuelight.widgets.state import HideWidget

        self.kind_hidden = list(KINDS)[number % len(KINDS)]
        if self.kind_hidden == "product_card":
            self.kind_hidden = "chat"
        self._submit(HideWidget(self.kind_hidden))
        self._again()

    def _show_the_kind(self) -> None:
        from cuelight.widgets.state import ShowWidget

        self._submit(ShowWidget(self.kind_hidden))
        self.kind_hidden = ""

    def _panic(self, on: bool) -> None:
        from cuelight.streams import alert_actions
        from cuelight.widgets.state import EndPanic, StartPanic

        tell = alert_actions.hold if on else alert_actions.release
        studio_id = self.access.studio_id
        self._submit(StartPanic() if on else EndPanic())
        apart(tell, studio_id, by=None, source="panic")
        self.panic = on
        self._again()

    def _move(self, number: int) -> None:
        """All boxes a little aside, and back with the next one."""
        from cuelight.widgets import actions

        for overlay_id, _, _, _, places in self.paths:
            moved = boxes((kind, x + number % 2 * 8, y, wide, high) for kind, x, y, wide, high in places)
            apart(actions.save_layout, overlay_id, moved, access=self.access)

    def _scene(self, visible: bool) -> None:
        for screen in self.screens:
            screen.page.evaluate(SCENE, visible)
        self.scenes += visible

    def _whole(self) -> None:
        """Everything is there and seen."""
        if self.kind_hidden:
            self._show_the_kind()
        self._panic(False)
        self._scene(True)
        if self.console.get_by_role("button", name="Card hidden").count():
            self.console.keyboard.press("v")

    def _again(self) -> None:
        self.hidden += 1
        for screen in self.screens:
            screen.again += 1

    def _break(self, event: int) -> None:
        """Keys pressed meanwhile count once when it is over."""
        self.witness.breaks()
        by_network = self.breaks % 2 == 0
        contexts = [screen.page.context for screen in self.screens]
        if by_network:
            for context in contexts:
                context.set_offline(True)
        else:
            self.server.kill()
        for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
            self.console.keyboard.press(key)
        self.wait(CUT_S if by_network else 0.5)
        if by_network:
            for context in contexts:
                context.set_offline(False)
        else:
            self.server.start()
        whole = time.monotonic()
        if not self.panic:
            self.agree(f"after the break of event {event}")
            self.back_s.append(time.monotonic() - whole)
        self.witness.is_whole()
        self.breaks += 1

    # What the database says

    def _submit(self, command: Any) -> None:
        apart(submit, self.access.studio_id, command)

    def _head(self) -> Any:
        return self._ask(HEAD, f"session:{self.session_id}")[0]

    def _ask(self, query: str, *values: object) -> Any:
        with psycopg.connect(self.ready.url) as connection:
            return connection.execute(query, values or None).fetchall()


def submit(studio_id: int, command: Any) -> None:
    from django.db import connection, transaction

    from cuelight.live.transactional import submit_in

    with transaction.atomic():
        submit_in(connection, f"overlays:{studio_id}", command, actor_id=None, source="page")
