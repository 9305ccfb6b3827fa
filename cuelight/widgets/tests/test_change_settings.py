"""Some settings of a widget put over the others: by whom, in which studio, and what a colleague has saved meanwhile."""

import json
from typing import Any

import pytest
from django.test import Client

from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in, who
from cuelight.errors import Invalid, NotFound
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.widgets import actions, custom_css, queries, schema
from cuelight.widgets.kinds import KINDS
from cuelight.widgets.models import WidgetConfig

CARD = KINDS["product_card"]


@pytest.fixture
def access(studio: Studio, producer: Person) -> Access:
    return Access(studio.pk, frozenset({"producer"}), producer.pk)


def look(access: Access) -> dict[str, Any]:
    return queries.config(access.studio_id, "product_card")["settings"]


def test_what_two_people_change_is_kept_of_both(access: Access) -> None:
    actions.change_settings("product_card", {"accent": "#ff0000"}, access=access)
    row = actions.change_settings("product_card", {"radius": 3}, access=access)
    assert (row["settings"]["accent"], row["settings"]["radius"]) == ("#ff0000", 3)
    assert WidgetConfig.objects.get().settings == {"accent": "#ff0000", "radius": 3}


def test_the_newest_of_one_field_counts(access: Access) -> None:
    actions.change_settings("product_card", {"accent": "#ff0000"}, access=access)
    first = actions.change_settings("product_card", {"accent": "#00ff00"}, access=access)
    assert first["settings"]["accent"] == "#00ff00"
    assert first["version"] > 1


def test_a_default_is_not_kept(access: Access) -> None:
    actions.change_settings("product_card", {"accent": "#ff0000", "radius": 3}, access=access)
    actions.change_settings("product_card", {"accent": CARD.settings().accent}, access=access)
    assert WidgetConfig.objects.get().settings == {"radius": 3}


def test_of_several_kinds_all_change_or_none(access: Access) -> None:
    with pytest.raises(NotFound):
        actions.change_several({"product_card": {"radius": 3}, "clock_of_doom": {}}, access=access)
    with pytest.raises(Invalid):
        actions.change_several({"product_card": {"radius": 3, "accent": "red"}}, access=access)
    assert not WidgetConfig.objects.exists()


def test_what_was_before_takes_it_back(access: Access) -> None:
    actions.change_settings("product_card", {"accent": "#ff0000"}, access=access)
    was = look(access)
    done = actions.apply_preset("Paper", access=access)
    assert look(access) != was
    assert "font" in done.before["product_card"] or look(access)["font"] == was["font"]
    actions.change_several(done.before, access=access)
    assert look(access) == was


def test_a_look_takes_the_place_of_another_and_nothing_else(access: Access) -> None:
    actions.change_settings("product_card", {"number_label": "Nr. {number}", "size": 150}, access=access)
    actions.apply_preset("Paper", access=access)
    actions.apply_preset("Midnight", access=access)
    assert look(access) == {**schema.defaults(CARD), "number_label": "Nr. {number}", "size": 150}


def test_a_look_that_no_widget_has_is_not_found(access: Access) -> None:
    with pytest.raises(NotFound):
        actions.apply_preset("Hospital", access=access)


@pytest.mark.parametrize(
    ("css", "says"),
    [
        (".card { color: red }\n@import url(//evil.example/x.css);", "line 2"),
        (".card { background: url(https://evil.example/x.png) }", "line 1"),
        (".card { background: \\75rl('//evil.example') }", "line 1"),
        ('.card { background: image-set("//evil.example/x.png" 1x) }', "line 1"),
        ("</style><script>alert(1)</script>", "HTML"),
        ("<style>.card { color: red }</style>", "HTML"),
    ],
)
def test_css_that_reaches_out_is_refused_with_its_place(css: str, says: str, access: Access) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        actions.change_settings("product_card", {"css": css}, access=access)
    assert refused.value.more == {"field": "css"}


@pytest.mark.parametrize(
    "css",
    [
        "",
        ".card { background: url(/widget-files/0123.png) }",
        ".card { background: url('data:image/png;base64,AAAA') }",
        "@media (width < 600px) { .card { clip-path: url(#edge) } }",
        "/* see https://example.com/a and @import */ .card { color: red }",
    ],
)
def test_css_that_stays_here_is_kept(css: str) -> None:
    assert custom_css.wrong_with(css) == ""


def test_the_page_is_for_who_edits_overlays(studio: Studio, producer: Person, host: Person, cataloger: Person) -> None:
    for person, status in ((producer, 200), (host, 403), (cataloger, 404)):
        client = Client()
        sign_in(client, person)
        for path in ("/widgets", "/widgets/product_card", "/widgets/product_card/export", "/widgets/export"):
            assert client.get(path).status_code == status, (person.name, path)
        for path in ("/widgets/import", "/widgets/product_card/import", "/widgets/change", "/widgets/preset"):
            answer = client.post(path, "{}", content_type="application/json")
            assert answer.status_code == (status if status != 200 else answer.status_code), (person.name, path)
            assert not (status == 200 and answer.status_code in (403, 500))
    assert client.get("/widgets/clock_of_doom").status_code == 404


def test_the_page_holds_what_the_form_needs_and_loads_nothing_from_elsewhere(client: Client, producer: Person) -> None:
    sign_in(client, producer)
    page = client.get("/widgets/product_card")
    start = page.content.index(b">", page.content.index(b'id="props-WidgetSettings"')) + 1
    props = json.loads(page.content[start : page.content.index(b"</script>", start)])
    assert {row["name"] for row in props["fields"]} == schema.defaults(CARD).keys()
    assert props["config"]["settings"] == schema.defaults(CARD)
    assert props["kind"]["frames"][0]["event"] == "snapshot"
    assert [preset["name"] for preset in props["presets"]] == list(CARD.presets)
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
async def test_a_change_is_saved_over_the_socket_and_heard_by_everybody(
    live: None, studio: Studio, producer: Person, host: Person
) -> None:
    topic = f"widget_config:product_card:{studio.pk}"
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await mia.join(topic)
        await tom.join(topic)
        reply = await mia.push(topic, "save", {"changes": {"accent": "#ff0000"}})
        assert (reply.status, reply.response["settings"]["accent"]) == ("ok", "#ff0000")
        assert (await tom.receive(topic, "config_changed"))["settings"]["accent"] == "#ff0000"
        wrong = await mia.push(topic, "save", {"changes": {"radius": 61}})
        assert (wrong.status, wrong.response["field"]) == ("error", "radius")
        assert wrong.response["message"] == "Rounded corners: expected a whole number <= 60."
        nothing = await mia.push(topic, "save", {"changes": "all"})
        assert nothing.status == "error"
        refused = await tom.push(topic, "save", {"changes": {"accent": "#00ff00"}})
        assert (refused.status, refused.response["reason"]) == ("error", "forbidden")
    kept = await run_db(queries.config, studio.pk, "product_card")
    assert kept["settings"]["accent"] == "#ff0000"
