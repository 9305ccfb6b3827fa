"""The simulator by the contract: what it tells its outlet, what its actions do. Features (c) 7, 22; B4.2."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from cuelight.streams.events import bounded
from cuelight.streams.platforms import contract
from cuelight.streams.platforms.contract import Account, Metadata, NeedsYou, Refused, Removal, Unsupported
from cuelight.streams.platforms.simulator import memory
from cuelight.streams.platforms.simulator.actions import Actions
from cuelight.streams.platforms.simulator.adapter import Adapter
from cuelight.streams.platforms.simulator.moments import OnAir
from cuelight.streams.platforms.simulator.platform import PLATFORM
from cuelight.streams.platforms.simulator.tests.conftest import Heard, Reading, StageClock
from cuelight.streams.platforms.simulator.tests.show import product

Accounts = Callable[..., Account]


class Screen:
    """What is on air, as a test sets it."""

    def __init__(self, shown: OnAir | None = None) -> None:
        self.shown = shown
        self.fails = False

    async def __call__(self) -> OnAir | None:
        if self.fails:
            raise ConnectionError("the database is away")
        return self.shown


def test_it_is_a_platform(account: Accounts) -> None:
    platform: contract.Platform = PLATFORM  # mypy holds the rest against the contract
    assert (platform.key, platform.name) == ("simulator", "Simulated audience")
    assert platform.abilities == platform.adapter(account()).abilities
    assert platform.abilities.send
    assert not platform.abilities.start
    assert isinstance(platform.actions(account()), Actions)


# Read


async def test_it_says_it_is_connected_and_live_and_counts_viewers_every_five_seconds(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    async with reading(Adapter(account(rate=4), Screen(product(0)), stage.clock)):
        await stage.until(60)
    assert [status for status, _ in heard.statuses] == ["connecting", "connected"]
    assert heard.lives == [True]
    assert heard.titles == [Metadata(title=memory.TITLE, category=memory.CATEGORY)]
    assert len(heard.viewers_) == 13
    assert all(viewers for viewers in heard.viewers_)
    follows = sum(event.kind == "follow" for event in heard.events_)
    assert 0 <= heard.followers_[-1] - heard.followers_[0] <= follows
    assert len(heard.events_) > 100
    assert max(heard.batches) < 30  # four times a second, not in one lump
    for event in heard.events_:
        assert bounded(event) == event
        assert (event.platform, event.channel, event.rehearsal) == ("simulator", "studio", True)


async def test_the_chat_follows_what_is_on_air(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    screen = Screen(product(0))
    async with reading(Adapter(account(rate=6), screen, stage.clock)):
        await stage.until(40)
        before = len(heard.events_)
        screen.shown = product(5)
        await stage.until(60)
    first, later = heard.events_[:before], heard.events_[before:]
    assert sum("lariat" in event.text.lower() for event in first) >= 5
    assert not any("pendant" in event.text.lower() and "drop" in event.text for event in first)
    assert sum("pendant" in event.text.lower() for event in later) >= 5


async def test_a_second_run_repeats_no_id_of_the_first(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    async with reading(Adapter(account(rate=4), Screen(), stage.clock)):
        await stage.until(20)
    first = {event.platform_id for event in heard.events_}
    heard.events_.clear()
    async with reading(Adapter(account(rate=4), Screen(), stage.clock)):
        await stage.until(40)
    assert first
    assert heard.events_
    assert not first & {event.platform_id for event in heard.events_}


async def test_it_goes_on_when_it_cannot_see_the_show(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    screen = Screen(product(0))
    async with reading(Adapter(account(rate=30), screen, stage.clock)):
        await stage.until(20)
        before, screen.fails = len(heard.events_), True
        await stage.until(40)
    assert [status for status, _ in heard.statuses] == ["connecting", "connected"]
    assert sum("lariat" in event.text.lower() for event in heard.events_[before:]) >= 10


async def test_what_could_not_be_stored_is_handed_over_again_and_nothing_twice(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    async with reading(Adapter(account(rate=8), Screen(product(0)), stage.clock)):
        await stage.until(10)
        heard.fails = 3
        await stage.until(60)
    numbers = sorted(int(event.platform_id.rpartition("-")[2]) for event in heard.events_)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 100
    statuses = [status for status, _ in heard.statuses]
    assert statuses.count("reconnecting") == 3
    assert statuses[-1] == "connected"
    waits = [seconds for seconds in stage.slept if seconds != 0.25]
    assert len(waits) == 3
    assert all(0.1 <= seconds <= 4 for seconds in waits)  # ever longer, never none


@pytest.mark.parametrize(
    "given",
    [{"rate": 0}, {"rate": "fast"}, {"rate": 1e9}, {"seed": -1}, {"seed": None}, {"speed": 21}, {"recording": 7}],
)
async def test_settings_that_cannot_be_used_want_a_person(
    account: Accounts, heard: Heard, given: dict[str, object]
) -> None:
    with pytest.raises(NeedsYou, match="settings of the simulated audience"):
        await Adapter(account(**given), Screen()).read(heard)


# Recordings


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    (own := tmp_path / "recordings" / "7").mkdir(parents=True)
    return own


async def test_a_recording_is_played_at_its_speed_and_ends(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading, folder: Path
) -> None:
    lines = [f'{{"t": {second}, "kind": "chat", "text": "{second}"}}' for second in range(0, 100, 10)]
    (folder / "show.jsonl").write_text("\n".join(lines))
    adapter = Adapter(account(recording="show.jsonl", speed=5), Screen(), stage.clock)
    async with reading(adapter):
        await stage.until(10)
        assert [event.text for event in heard.events_] == ["0", "10", "20", "30", "40", "50"]
        assert heard.lives == [True]
        await stage.until(30)
    came = [(event.at - stage.now()).total_seconds() + stage.second for event in heard.events_]
    assert came == [second / 5 for second in range(0, 100, 10)]
    assert heard.lives == [True, False]
    assert heard.statuses[-1] == ("connected", "The recording is over.")
    assert [sentence for _, sentence in heard.statuses[1:4]] == [
        f"At {far} of 0:01:30, played 5 times as fast: show. Nothing of it counts."
        for far in ("0:00:00", "0:00:25", "0:00:50")
    ]
    assert all(event.rehearsal for event in heard.events_)


async def test_the_sample_is_there_for_every_studio(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    adapter = Adapter(account(studio_id=99, recording="recorded-show.jsonl", speed=20), Screen(), stage.clock)
    async with reading(adapter):
        await stage.until(31)
    assert len(heard.events_) >= 300
    assert heard.lives == [True, False]


@pytest.mark.parametrize(
    "name", ["other.jsonl", "../8/show.jsonl", "/etc/passwd", "", ".jsonl", "show.txt", "a\n.jsonl"]
)
async def test_no_other_file_is_ever_read(account: Accounts, heard: Heard, folder: Path, name: str) -> None:
    (folder.parent / "8").mkdir()
    (folder.parent / "8" / "show.jsonl").write_text('{"t": 0, "kind": "chat"}')
    (folder / "show.txt").write_text('{"t": 0, "kind": "chat"}')
    with pytest.raises(NeedsYou, match="There is no such recording"):
        await Adapter(account(recording=name), Screen()).read(heard)


async def test_a_broken_recording_wants_a_person_before_it_begins(
    account: Accounts, heard: Heard, folder: Path
) -> None:
    (folder / "show.jsonl").write_text('{"t": 0, "kind": "chat"}\n{"t": 1}')
    with pytest.raises(NeedsYou, match="Line 2 of the recording cannot be read"):
        await Adapter(account(recording="show.jsonl"), Screen()).read(heard)
    assert heard.events_ == []


# Acted upon


async def test_a_message_is_sent_comes_back_as_a_repeat_and_is_answered(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    async with reading(Adapter(account(rate=3), Screen(product(0)), stage.clock)):
        await stage.until(10)
        sent = await Actions(account(), stage.clock).send("  Gold or silver? ", reply_to="sim-1-1")
        await stage.until(25)
    assert (sent.text, sent.kind, sent.rehearsal, sent.detail) == (
        "Gold or silver?",
        "chat",
        True,
        {"reply_to": "sim-1-1"},
    )
    assert sent.user is not None
    assert (sent.user.name, sent.user.roles) == ("Pavoi Live", ("broadcaster", "own"))
    assert bounded(sent) == sent
    assert [event for event in heard.events_ if event.platform_id == sent.platform_id] == [sent]
    assert any(event.detail.get("reply_to") == sent.platform_id for event in heard.events_)


@pytest.mark.parametrize(("text", "sentence"), [("  ", "nothing to send"), ("x" * 501, "at most 500 characters")])
async def test_no_message_is_refused_with_a_sentence(account: Accounts, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        await Actions(account()).send(text)


async def test_a_banned_viewer_says_nothing_more_until_freed(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    actions = Actions(account(), stage.clock)
    async with reading(Adapter(account(rate=60), Screen(product(0)), stage.clock)):
        await stage.until(20)
        talker = max({event.user.id for event in heard.events_ if event.user}, key=lambda one: len(heard.said_by(one)))
        before = len(heard.said_by(talker))
        await actions.ban(talker)
        await stage.until(80)
        assert len(heard.said_by(talker)) == before > 3
        assert heard.removals == [Removal("ban", user_id=talker)]
        await actions.unban(talker)
        await stage.until(140)
        assert len(heard.said_by(talker)) > before


async def test_a_time_out_ends_by_itself(account: Accounts, stage: StageClock, heard: Heard, reading: Reading) -> None:
    actions = Actions(account(), stage.clock)
    async with reading(Adapter(account(rate=60), Screen(product(0)), stage.clock)):
        await stage.until(20)
        talker = max({event.user.id for event in heard.events_ if event.user}, key=lambda one: len(heard.said_by(one)))
        before = len(heard.said_by(talker))
        await actions.time_out(talker, 30)
        await stage.until(49)
        assert len(heard.said_by(talker)) == before > 3
        await stage.until(120)
        assert len(heard.said_by(talker)) > before
    assert heard.removals == [Removal("timeout", user_id=talker)]
    with pytest.raises(Refused, match="a second at least"):
        await actions.time_out(talker, 0)
    await actions.time_out(talker, 10**18)


async def test_a_ban_of_one_studio_is_none_of_anothers(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    for place in range(1, 160):
        await Actions(account(studio_id=8), stage.clock).ban(f"sim-viewer-{place}")
    async with reading(Adapter(account(studio_id=7, rate=5), Screen(), stage.clock)):
        await stage.until(20)
    assert len({event.user.id for event in heard.events_ if event.user}) > 10
    assert heard.removals == []


async def test_a_message_is_deleted_and_the_stream_renamed(
    account: Accounts, stage: StageClock, heard: Heard, reading: Reading
) -> None:
    actions = Actions(account(), stage.clock)
    async with reading(Adapter(account(), Screen(), stage.clock)):
        await stage.until(5)
        await actions.delete("sim-1-2")
        await actions.set_metadata(Metadata(title="Holiday Vault", tags=("gold",)))
        await stage.until(10)
    assert heard.removals == [Removal("deleted", ("sim-1-2",))]
    assert heard.titles[-1] == Metadata(title="Holiday Vault", category=memory.CATEGORY, tags=("gold",))
    assert len(heard.titles) == 2


async def test_there_is_nothing_to_start_or_stop(account: Accounts) -> None:
    for action in (Actions(account()).start, Actions(account()).stop):
        with pytest.raises(Unsupported):
            await action()


def test_what_is_remembered_stays_small() -> None:
    for studio_id in range(memory.MOST_STUDIOS + 50):
        memory.of(studio_id)
    assert len(memory._studios) == memory.MOST_STUDIOS
    newest = memory.of(memory.MOST_STUDIOS + 49)
    for viewer in range(memory.MOST_SILENT + 50):
        newest.silence(str(viewer))
        newest.removals.append(Removal("ban", user_id=str(viewer)))
    assert len(newest._silent) == memory.MOST_SILENT
    assert str(memory.MOST_SILENT + 49) in newest._silent
    assert len(newest.removals) == memory.MOST_WAITING
