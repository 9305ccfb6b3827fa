"""The page of alerts: who may open it, and what can be set there."""

from typing import Any

import pytest
from django.test import Client

from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.streams import alert_queries
from cuelight.streams.alert_forms import AlertRulesForm, initial
from cuelight.streams.alert_rules import KindRule, Rules

pytestmark = pytest.mark.django_db

PAGE = "/dashboard/alerts"


def typed(**changes: str) -> dict[str, str]:
    """What a browser sends of the form as it stands, with changes."""
    shown: dict[str, Any] = initial(Rules())
    sent = {name: "on" if value is True else str(value) for name, value in shown.items() if value is not False}
    return sent | changes


def test_the_form_brings_back_what_it_shows(studio: Studio) -> None:
    rules = Rules(
        kinds={**Rules().kinds, "donation": KindRule(on=False, least=250, least_units=100, priority=3, approve=True)},
        gap_ms=1500, wait_minutes=5, blocked=("spam*", "scam"),
    )  # fmt: skip
    shown = initial(rules)
    sent = {name: "on" if value is True else str(value) for name, value in shown.items() if value is not False}
    form = AlertRulesForm(sent)
    assert form.is_valid(), form.errors
    assert form.rules() == rules


def test_rules_are_saved_and_written_down(client: Client, studio: Studio, producer: Person) -> None:
    sign_in(client, producer)
    assert client.get(PAGE).status_code == 200
    answer = client.post(
        f"{PAGE}/rules", typed(raid_seconds="12", donation_least="5.00", blocked="scam\n\n"), follow=True
    )
    assert "What is shown from now on is saved." in answer.content.decode()
    rules = alert_queries.rules(studio.pk)
    assert (rules.of("raid").seconds, rules.of("donation").least, rules.blocked) == (12, 500, ("scam",))
    assert AuditEntry.objects.get(kind="alert_rules").person_id == producer.pk


@pytest.mark.parametrize(
    "changes",
    [
        {"raid_seconds": "61"}, {"raid_seconds": "x"}, {"gap_seconds": "11"}, {"follow_priority": "9"},
        {"blocked": "*"}, {"blocked": "x" * 61}, {"blocked": "\n".join(f"word{n}" for n in range(201))},
        {"donation_least": "-1"}, {"wait_minutes": "0"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(
    client: Client, studio: Studio, producer: Person, changes: dict[str, str]
) -> None:
    sign_in(client, producer)
    answer = client.post(f"{PAGE}/rules", typed(**changes))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert alert_queries.rules(studio.pk) == Rules()


def test_nobody_else_opens_it(client: Client, studio: Studio, host: Person, stranger: Person) -> None:
    sign_in(client, host)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/rules", typed()).status_code == 403
    assert f'href="{PAGE}"' not in client.get("/dashboard/platforms").content.decode()
