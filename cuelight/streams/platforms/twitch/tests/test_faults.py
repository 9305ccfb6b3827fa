"""Every fault that a platform can have is tried here."""

from cuelight.streams.platforms import faults
from cuelight.streams.platforms.twitch.tests import (
    test_actions,
    test_client,
    test_moving,
    test_reading,
    test_subscribing,
    test_tokens,
)


def test_every_fault_of_the_table_is_tried() -> None:
    tried = {
        *test_reading.STANDS,
        *test_reading.COMES_BACK,
        "slow drip",
        "empty page",
        "stream ends",
        *test_moving.FAULTS,
        *test_subscribing.FAULTS,
        *test_tokens.FAULTS,
        *test_client.PASSES,
        *test_actions.FAULTS,
    }
    assert tried == set(faults.BY_NAME)
