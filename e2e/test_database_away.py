"""A show goes on while its database is stopped for a while: a PostgreSQL of the test's own, so that it can be."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from cuelight.postgres import embedded
from cuelight.postgres.embedded import Cluster
from cuelight.postgres.pytest_plugin import migrate
from e2e.conftest import Studio
from e2e.steps import connected, host_heading, shows

Enter = Callable[..., Page]
AWAY_S = 10


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = embedded.start(tmp_path_factory.mktemp("cluster"), fsync=False)
    yield cluster
    cluster.destroy()


@pytest.fixture(scope="module")
def studio(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    cluster.create_database("cuelight")
    migrate(cluster.url("cuelight"))
    studio = Studio(tmp_path_factory.mktemp("studio"), cluster.url("cuelight"))
    studio.start()
    yield studio
    assert studio.stop() == 0


def test_a_database_that_stops_for_ten_seconds_is_told_of_and_nothing_is_lost(
    studio: Studio, cluster: Cluster, enter: Enter
) -> None:
    producer, host = enter("producer", 1), enter("host", 1)
    connected(producer)
    producer.get_by_role("button", name="Go live").click()
    expect(host.get_by_text("ON AIR", exact=True)).to_be_visible()
    producer.keyboard.type("4")
    producer.keyboard.press("Enter")
    shows(host, 4)
    before = journal(studio)
    heading = host_heading(host)
    cluster.halt()
    stopped_at = time.monotonic()
    producer.keyboard.press("ArrowDown")
    notice = producer.get_by_text("The database does not answer. Try again in a moment.")
    expect(notice).to_be_visible()
    producer.keyboard.press("m")
    producer.keyboard.type("Last two in gold")
    producer.keyboard.press("Enter")
    while time.monotonic() < stopped_at + AWAY_S:
        for page in (producer, host):
            assert host_heading(page) == heading
            expect(page.locator("img.full")).to_have_attribute("data-js-loading", "false")
        producer.wait_for_timeout(250)
    expect(producer.get_by_role("textbox", name="Message to the host")).to_have_value("Last two in gold")
    cluster.resume()
    producer.keyboard.press("Enter")
    expect(host.get_by_role("alert")).to_contain_text("Last two in gold")
    producer.keyboard.press("Escape")
    host.keyboard.press("Enter")
    expect(producer.get_by_role("complementary", name="Talk").get_by_text("✓ Seen")).to_be_visible()
    producer.keyboard.press("ArrowDown")
    for page in (producer, host):
        shows(page, 5)
        connected(page)
    assert journal(studio) == [*before, "send_message", "ack_message", "next"]


def journal(studio: Studio) -> list[str]:
    query = "SELECT event->>'kind' FROM journal WHERE aggregate_id = 'session:1' ORDER BY version"
    return [str(kind) for (kind,) in studio.ask(query)]
