"""Writes the sample recording: ten minutes of the audience over the sample studio's first products.

``DJANGO_SETTINGS_MODULE=cuelight.settings python -c "import django; django.setup(); from
cuelight.streams.platforms.simulator.tests import sample; sample.write()"``
"""

import json
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from cuelight.streams.platforms.simulator.audience import Audience
from cuelight.streams.platforms.simulator.moments import Moment, OnAir, Said
from cuelight.streams.platforms.simulator.recording import record
from cuelight.streams.platforms.simulator.tests.show import START, events

PATH = settings.ROOT / "samples" / "recorded-show.jsonl"
SECONDS, EACH_S, SEED, RATE = 600, 100, 20, 1.5
SAID = {30: "Welcome everybody! Where are you watching from?", 260: "Gold or silver, what do you say?"}


def show() -> Iterator[Moment]:
    """The first six of the eight products, one after the other; the fourth gets cheaper for its last half minute."""
    listed = json.loads((settings.ROOT / "samples" / "pavoi" / "products.json").read_text())["products"]
    lineup = tuple((one["display_number"], one["short_name"]) for one in listed)
    for tick in range(1, SECONDS * 4 + 1):
        second = tick / 4
        place = min(int(second / EACH_S), 5)
        since_s = second - place * EACH_S
        one = listed[place]
        sale_cents = one["sale_price_cents"]
        if place == 3 and since_s >= 70:
            sale_cents = sale_cents * 8 // 10
        on_air = OnAir(
            item_id=one["display_number"],
            number=one["display_number"],
            name=one["name"],
            short_name=one["short_name"],
            price_cents=one["original_price_cents"],
            sale_cents=sale_cents,
            since_s=since_s,
            lineup=lineup,
            sku=one["sku"],
        )
        said = (Said(f"own-{tick}", SAID[tick // 4]),) if tick % 4 == 0 and tick // 4 in SAID else ()
        yield Moment(second, START + timedelta(seconds=second), on_air, said)


def write() -> None:
    PATH.write_bytes(b"".join(record(events(Audience(SEED, RATE), show()), START)))
