"""Settings as files: what goes out comes in again as it was, and what is wrong is said without losing the rest."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.errors import Invalid
from cuelight.widgets import portable, queries, schema
from cuelight.widgets.kinds import KINDS
from cuelight.widgets.models import WidgetConfig

CARD = KINDS["product_card"]

colors = st.integers(0, 0xFFFFFF).map("#{:06x}".format) | st.integers(0, 0xFFFFFFFF).map("#{:08x}".format)
looks = st.fixed_dictionaries(
    {},
    optional={
        "accent": colors,
        "background": colors,
        "radius": st.integers(0, 60),
        "show_number": st.booleans(),
        "layout": st.sampled_from(["beside", "above"]),
        "number_label": st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
        "font": st.sampled_from(["serif", "mono"]),
    },
)


@given(looks)
def test_what_goes_out_comes_in_as_it_was(some: dict[str, Any]) -> None:
    settings = schema.resolved(CARD, some)
    text = json.dumps(portable.one("product_card", settings))
    good, left_out = portable.sorted_out({"product_card": portable.read_one(text, "product_card")})
    assert (good, left_out) == ({"product_card": settings}, [])
    assert portable.read(json.dumps(portable.every({"product_card": settings}))) == {"product_card": settings}


@given(st.text(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_else_is_given_is_refused_with_a_sentence(text: str) -> None:
    """Nothing of what is made up here is such a file."""
    with pytest.raises(Invalid) as refused:
        portable.read(text)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "This file is no JSON: line 1, column 1."),
        ('{"a": 1,\n}', "This file is no JSON: line 2, column 1."),
        ("[" * 100_000, "This is no file of widgets’ settings: “cuelight_widget” is not in it."),
        ("[]", "This is no file of widgets’ settings: “cuelight_widget” is not in it."),
        ('{"cuelight_widget": "product_card", "version": 2, "settings": {}}',
         "This file is of a newer Cuelight than this one."),
        ('{"cuelight_widget": "chat", "version": 1, "settings": {}}',
         "This file is of “chat”. Here stands Product card."),
        ('{"cuelight_widget": "product_card", "version": 1, "settings": 3}',
         "“settings” of “product_card” must be an object: “{…}” with names and values."),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_what_and_where(text: str, says: str) -> None:
    if text.startswith('{"cuelight_widget": "chat"') and "chat" in KINDS:
        says = says.replace("“chat”", KINDS["chat"].name)
    with pytest.raises(Invalid) as refused:
        portable.read_one(text, "product_card")
    assert refused.value.message == says


@pytest.fixture
def mia(client: Client, studio: Studio, producer: Person) -> Client:
    sign_in(client, producer)
    return client


def send(client: Client, path: str, body: object) -> Any:
    return client.post(path, body, content_type="application/json", headers={"accept": "application/json"})


def test_unknown_and_impossible_settings_are_left_out_and_named(mia: Client, studio: Studio) -> None:
    settings = {"accent": "#ff0000", "onload": "alert(1)", "radius": 999, "sound": "/widget-files/none.mp3"}
    text = json.dumps(portable.one("product_card", settings))
    answer = send(mia, "/widgets/product_card/import", {"text": text}).json()
    assert answer["left_out"] == [
        "Product card has no setting “onload”.",
        "Rounded corners: expected a whole number <= 60.",
        "Product card has no setting “sound”.",
    ]
    assert answer["before"] == {"product_card": {"accent": "#ffb224"}}
    assert WidgetConfig.objects.get().settings == {"accent": "#ff0000"}


def test_a_file_with_nothing_good_in_it_changes_nothing(mia: Client) -> None:
    text = json.dumps(portable.one("product_card", {"onload": "x"}))
    answer = send(mia, "/widgets/product_card/import", {"text": text})
    assert answer.status_code == 422
    says = answer.json()["message"]
    assert says == "Nothing of this file can be set. Product card has no setting “onload”."
    assert not WidgetConfig.objects.exists()


def test_all_widgets_go_out_and_come_in_at_once_and_back(mia: Client, studio: Studio) -> None:
    send(mia, "/widgets/change", {"changes": {"product_card": {"accent": "#ff0000"}}})
    out = mia.get("/widgets/export")
    assert out.headers["Content-Disposition"] == 'attachment; filename="cuelight-widgets.json"'
    send(mia, "/widgets/preset", {"name": "Paper"})
    assert queries.config(studio.pk, "product_card")["settings"]["background"] == "#fffffff2"
    answer = send(mia, "/widgets/import", {"text": out.content.decode()}).json()
    assert answer["left_out"] == []
    assert mia.get("/widgets/export").content == out.content
    send(mia, "/widgets/change", {"changes": answer["before"]})
    assert queries.config(studio.pk, "product_card")["settings"]["background"] == "#fffffff2"


def test_a_body_that_is_no_json_is_refused(mia: Client) -> None:
    for path in ("/widgets/import", "/widgets/change", "/widgets/preset"):
        assert send(mia, path, "no").status_code == 422
        assert send(mia, path, "[]").status_code == 422
    assert send(mia, "/widgets/change", {"changes": {"product_card": 3}}).status_code == 422
