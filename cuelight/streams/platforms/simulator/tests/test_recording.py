"""Recorded shows: written, read, refused by line, played again. Features (e9), (c) 7."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from cuelight.errors import Invalid
from cuelight.streams.events import Amount, Event, User, bounded
from cuelight.streams.platforms.simulator import recording
from cuelight.streams.platforms.simulator.audience import Audience
from cuelight.streams.platforms.simulator.moments import Moment
from cuelight.streams.platforms.simulator.recording import Recorded, Replay
from cuelight.streams.platforms.simulator.tests import sample
from cuelight.streams.platforms.simulator.tests.show import START, events, moments

LINE = b'{"t": 1.5, "kind": "chat", "text": "hi"}'


def written(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"\n".join(lines))
    return path


def replayed(replay: Replay, seconds: float, *, a_second: int = 4, silent: frozenset[str] = frozenset()) -> list[Event]:
    made: list[Event] = []
    for tick in range(1, round(seconds * a_second) + 1):
        second = tick / a_second
        made += replay.tick(Moment(second, START + timedelta(days=3, seconds=second), silent=silent))
    return made


def lines(*recorded: Recorded) -> Iterator[Recorded]:
    return iter(recorded)


# Written and read


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    made = events(Audience(5, 4), moments(300))
    (path := tmp_path / "show.jsonl").write_bytes(b"".join(recording.record(made, START)))
    back = list(recording.read(path))
    assert len(back) == len(made) > 500
    for event, line in zip(made, back, strict=True):
        assert abs(line.t - (event.at - START).total_seconds()) < 0.001
        told = {name: getattr(line, name) for name in Recorded.__struct_fields__ if name != "t"}
        assert Event(**told) == event
    assert recording.check(path) == len(made)


def test_what_came_before_the_beginning_is_at_its_start() -> None:
    late, early = (
        Event(platform="twitch", platform_id=str(n), kind="chat", at=START + timedelta(seconds=n)) for n in (4, -9)
    )
    told = [msgspec.json.decode(line) for line in recording.record([late, early], START)]
    assert [(line["t"], line["platform_id"]) for line in told] == [(0.0, "-9"), (4.0, "4")]


def test_an_event_too_long_for_a_line_loses_its_pieces_and_not_itself(tmp_path: Path) -> None:
    pieces = [{"type": "text", "text": "x" * 1_900}] * 30
    event = msgspec.convert(
        {
            "platform": "twitch",
            "platform_id": "1",
            "kind": "chat",
            "at": START,
            "text": "y" * 1_900,
            "fragments": pieces,
        },
        Event,
    )
    path = written(tmp_path / "a.jsonl", *recording.record([event], START))
    assert [(line.text, line.fragments) for line in recording.read(path)] == [("y" * 1_900, ())]


def test_marks_blank_lines_and_unknown_fields_are_passed_over(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.jsonl",
        b'\xef\xbb\xbf{"t": 0, "kind": "follow", "mood": "good", "raw": {"a": 1}}\r',
        b"",
        b"   ",
        LINE,
    )
    assert [(line.t, line.kind, line.text) for line in recording.read(path)] == [(0, "follow", ""), (1.5, "chat", "hi")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"nonsense", "it is not JSON"),
        (b'{"t": 1, "kind": "chat"', "it is not JSON"),
        (b'{"t": 1, "kind": "chat", "text": "\xff"}', "it is not JSON"),
        (b'{"t": 1, "kind": "chat", "mood": "\xff"}', "it is not JSON"),
        (b'{"t": 1, "kind": "chat", "text": "\\ud800"}', "it is not JSON"),
        (b"[" * 20_000, "expected object, got array"),
        (b'{"t": 1, "kind": "chat", "mood": ' + b"[" * 20_000, "it is not JSON"),
        (
            b'{"t": 1, "kind": "chat", "detail": {"a": [1]}}',
            "detail[...]: expected bool | int | float | str | null, got array",
        ),
        (
            b'{"t": 1, "kind": "chat", "detail": {"a": 9999999999999999999999}}',
            "detail[...]: expected int <= 1000000000000",
        ),
        (b'{"kind": "chat"}', "object missing required field t"),
        (b'{"t": "soon", "kind": "chat"}', "t: expected float, got str"),
        (b'{"t": -1, "kind": "chat"}', "t: expected float >= 0.0"),
        (b'{"t": 1e300, "kind": "chat"}', "t: expected float <= 604800.0"),
        (b'{"t": NaN, "kind": "chat"}', "it is not JSON"),
        (b'{"t": 1, "kind": "dance"}', "kind: invalid enum value 'dance'"),
        (b'{"t": 1, "kind": "chat", "user": {"name": "Mia"}}', "user: object missing required field id"),
        (b'{"t": 1, "kind": "gift", "count": -3}', "count: expected int >= 0"),
        (
            b'{"t": 1, "kind": "order", "amount": {"value": 99999999999999, "currency": "USD"}}',
            "its amount is too large",
        ),
        (b'{"t": 1, "kind": "chat", "text": "' + b"x" * 40_000 + b'"}', "it is longer than 32,000 bytes"),
    ],
)
def test_a_broken_line_is_named_with_its_number(tmp_path: Path, line: bytes, why: str) -> None:
    path = written(tmp_path / "a.jsonl", LINE, b"", line, LINE)
    with pytest.raises(Invalid) as caught:
        recording.check(path)
    assert caught.value.message == f"Line 3 of the recording cannot be read: {why}."


def test_an_empty_recording_says_so(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is nothing in the recording"):
        recording.check(written(tmp_path / "a.jsonl", b"", b" "))


def test_random_bytes_are_refused_or_read_and_never_break_it(tmp_path: Path) -> None:
    chance, path = random.Random(4), tmp_path / "a.jsonl"
    refused = 0
    for _ in range(400):
        spoiled = bytearray(LINE + b"\n" + LINE)
        for _ in range(chance.randint(1, 4)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        path.write_bytes(spoiled)
        try:
            assert all(line.kind for line in recording.read(path))
        except Invalid:  # and nothing else
            refused += 1
    assert 200 < refused < 400


# Played again


@pytest.mark.parametrize("speed", [1.0, 4.0, 20.0])
def test_everything_comes_at_its_time_at_any_speed(speed: float) -> None:
    recorded = [Recorded(t=t, kind="chat", text=str(t)) for t in (0, 0.5, 7, 40, 40, 119.5)]
    replay = Replay(iter(recorded), run="r", speed=speed)
    came: dict[str, list[float]] = {}
    for tick in range(1, round(120 / speed * 100) + 2):
        second = tick / 100
        for event in replay.tick(Moment(second, START)):
            came.setdefault(event.text, []).append(second)
    assert replay.is_over
    assert sum(len(seconds) for seconds in came.values()) == len(recorded)
    for text, seconds in came.items():
        assert all(0 <= second - float(text) / speed <= 0.0101 for second in seconds)


def test_a_replay_is_rehearsal_of_now_and_ours() -> None:
    recorded = Recorded(
        t=3,
        kind="order",
        platform="twitch",
        platform_id="abc",
        at=START,
        channel="theirs",
        user=User(id="77", name="Mia"),
        amount=Amount(value=2999, currency="USD"),
        count=1,
        detail={"order_id": "A-1", "sku": "PV-1"},
    )
    [event] = replayed(Replay(lines(recorded), run="r1", channel="ours"), 5)
    assert (event.platform, event.channel, event.rehearsal) == ("simulator", "ours", True)
    assert event.at == START + timedelta(days=3, seconds=3)
    assert (event.kind, event.user, event.amount, event.count) == ("order", recorded.user, recorded.amount, 1)
    assert event.detail == {"order_id": "replay-r1-A-1", "sku": "PV-1"}


def test_two_replays_share_no_id_and_a_reply_still_finds_its_message() -> None:
    talk = [
        Recorded(t=1, kind="chat", platform_id="m1", text="Gold?"),
        Recorded(t=2, kind="chat", platform_id="m2", text="yes", detail={"reply_to": "m1"}),
        Recorded(t=3, kind="follow"),
        Recorded(t=3, kind="follow", platform_id="x" * 200),
    ]
    first, second = (replayed(Replay(iter(talk), run=run), 5) for run in ("a", "b"))
    ids = [event.platform_id for event in first + second]
    assert len(set(ids)) == len(ids) == 8
    assert first[1].detail["reply_to"] == first[0].platform_id
    assert all(bounded(event) == event for event in first + second)


def test_the_same_message_recorded_twice_keeps_its_one_id() -> None:
    twice = Recorded(t=1, kind="chat", platform_id="m1", text="hi")
    made = replayed(Replay(lines(twice, twice), run="a"), 2)
    assert len(made) == 2
    assert len({event.platform_id for event in made}) == 1


def test_a_line_out_of_order_comes_with_the_one_before_it() -> None:
    made = replayed(Replay(lines(Recorded(t=3, kind="like"), Recorded(t=1, kind="follow")), run="a"), 5)
    assert [(event.kind, (event.at - START - timedelta(days=3)).total_seconds()) for event in made] == [
        ("like", 3),
        ("follow", 3),
    ]


def test_hostile_text_of_a_recording_is_cut_as_any_other() -> None:
    user = User(id="1", name="\u202eevil" + "x" * 500, avatar="javascript:alert(1)", roles=("admin",))
    [event] = replayed(Replay(lines(Recorded(t=0, kind="chat", text="a\x00b" + "y" * 9_000, user=user)), run="a"), 1)
    assert event.user is not None
    assert (event.user.avatar, event.user.roles, len(event.user.name)) == ("", (), 100)
    assert event.text.startswith("aby")
    assert len(event.text) == 2_000


def test_a_flood_of_lines_due_at_once_comes_in_parts() -> None:
    replay = Replay((Recorded(t=0, kind="like") for _ in range(2_500)), run="a")
    counts = [len(replay.tick(Moment(second, START))) for second in range(4)]
    assert counts == [1_000, 1_000, 500, 0]


def test_who_is_silent_is_left_out_of_a_replay() -> None:
    talk = [Recorded(t=1, kind="chat", text=name, user=User(id=name, name=name)) for name in ("mia", "troll")]
    assert [event.text for event in replayed(Replay(iter(talk), run="a"), 2, silent=frozenset({"troll"}))] == ["mia"]


# The sample


def test_the_sample_is_ten_minutes_of_everything() -> None:
    recorded = list(recording.read(sample.PATH))
    kinds = Counter(line.kind for line in recorded)
    assert len(recorded) >= 300
    assert 580 < recorded[-1].t <= 600
    assert kinds["chat"] > 300
    assert all(kinds[kind] for kind in ("follow", "subscription", "gift", "donation", "raid", "like", "join", "order"))
    assert all(line.rehearsal for line in recorded)
    made = replayed(Replay(iter(recorded), run="a", speed=20), 31)
    assert len({event.platform_id for event in made}) == len(recorded)
