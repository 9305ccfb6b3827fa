"""Every read of alerts that others need."""

from collections.abc import Collection
from typing import Any

from cuelight.streams import alert_rules, queries
from cuelight.streams.alert_rules import Rules
from cuelight.streams.models import Alert, AlertRules

_WORDS = ("id", "event_id", "kind", "platform", "body", "at", "is_test", "rehearsal")


def rules(studio_id: int) -> Rules:
    """What a studio has set."""
    return rules_of([studio_id])[studio_id]


def rules_of(studio_ids: Collection[int]) -> dict[int, Rules]:
    """The same of several, in one query."""
    stored = dict(AlertRules.objects.filter(pk__in=list(studio_ids)).values_list("pk", "rules"))
    return {studio_id: alert_rules.read(stored.get(studio_id)) for studio_id in studio_ids}


def rules_set() -> dict[int, Rules]:
    """Of all studios that have set any."""
    return {studio_id: alert_rules.read(rules) for studio_id, rules in AlertRules.objects.values_list("pk", "rules")}


def words(studio_id: int, alert_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What alerts of a studio say, by id. One that is kept no longer is not among them."""
    found = Alert.objects.filter(studio_id=studio_id, id__in=list(alert_ids))
    return {row["id"]: dict(row) for row in found.values(*_WORDS)}


def is_on_air(studio_id: int) -> bool:
    """Whether anybody outside sees it: a platform that is not simulated is live, whatever the session says."""
    air = queries.air(studio_id)
    return air["lamp"] == "on_air" or bool(air["live"])
