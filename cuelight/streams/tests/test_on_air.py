"""The lamp in every case: what session, platforms and encoder say, together."""

import pytest

from cuelight.streams.on_air import lamp


@pytest.mark.parametrize(
    ("session", "live", "encoder", "shows"),
    [
        ("live", ["Twitch"], True, "on_air"),
        ("live", ["Twitch"], None, "on_air"),
        ("live", ["Twitch"], False, "disagrees"),
        ("live", [], True, "disagrees"),
        ("live", [], False, "disagrees"),
        ("live", [], None, "disagrees"),
        ("draft", ["Twitch"], True, "disagrees"),
        ("draft", ["Twitch"], False, "disagrees"),
        ("draft", [], True, "disagrees"),
        ("draft", [], False, "off_air"),
        ("", [], None, "off_air"),
        ("rehearsal", [], None, "rehearsal"),
        ("rehearsal", ["Twitch"], None, "disagrees"),
        ("complete", [], None, "off_air"),
    ],
)
def test_the_matrix(session: str, live: list[str], encoder: bool | None, shows: str) -> None:
    found = lamp(session, live, encoder)
    assert found.lamp == shows
    assert bool(found.sentence) == (shows == "disagrees")


def test_the_sentences_say_who_disagrees_with_whom() -> None:
    assert lamp("draft", ["Twitch", "YouTube", "Kick"]).sentence == (
        "Twitch, YouTube and Kick are live, but the session is still a draft."
    )
    assert lamp("live", [], True).sentence == "OBS is streaming, but no platform is live yet."
    assert lamp("live", ["Kick"], False).sentence == "Kick is live, but OBS is not streaming."
    assert lamp("live", [], unknown=True).words == "NOT KNOWN"


def test_a_simulated_audience_is_never_called_on_air() -> None:
    assert lamp("live", [], simulated=True).lamp == "rehearsal"
    assert lamp("live", ["Twitch"], simulated=True).lamp == "on_air"
