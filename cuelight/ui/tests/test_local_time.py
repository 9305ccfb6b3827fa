"""Moments on pages: marked for the page's script, readable without it."""

from datetime import datetime, timedelta, timezone

import pytest

from cuelight.ui.templatetags.local_time import local_time

#: Half past midnight in Berlin is the evening before in UTC.
AT = datetime(2026, 11, 28, 0, 30, 5, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("show", "text"),
    [("time", "23:30:05 UTC"), ("datetime", "27 Nov 2026, 23:30 UTC"), ("date", "27 Nov 2026 UTC")],
)
def test_a_moment_is_in_utc_and_says_so_until_the_script_has_run(show: str, text: str) -> None:
    expected = f'<time datetime="2026-11-27T23:30:05+00:00" data-local="{show}">{text}</time>'
    assert local_time(AT, show) == expected == local_time(AT.isoformat(), show)


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_moment_is_no_element(nothing: str | None) -> None:
    assert local_time(nothing) == ""
