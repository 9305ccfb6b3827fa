"""The form of what becomes an alert. It says what was typed; what may be, the rules say (`alert_rules.checked`)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms

from cuelight.streams import alert_rules
from cuelight.streams.alert_rules import COUNTED, MOST_PRIORITY, MOST_SECONDS, PAID, KindRule, Rules
from cuelight.streams.alert_state import KINDS

WORDS = {
    "follow": "Follows",
    "subscription": "Subscriptions",
    "gift": "Gifts",
    "donation": "Donations",
    "raid": "Raids",
    "order": "Orders",
}
PRIORITIES = ((3, "First"), (2, "High"), (1, "Normal"), (0, "Low"))
#: Minor units of one.
_CENTS = 100


class KindRow(NamedTuple):
    """The fields of one kind, for the page; None where a kind has no such thing."""

    kind: str
    says: str
    on: forms.BoundField
    least: forms.BoundField | None
    least_units: forms.BoundField | None
    seconds: forms.BoundField
    priority: forms.BoundField
    approve: forms.BoundField


def _number(label: str, least: int, most: int, **attrs: str) -> forms.IntegerField:
    error = {"invalid": f"{label}: give a whole number.", "required": f"{label}: give a number."}
    widget = forms.NumberInput(attrs={"inputmode": "numeric", **attrs})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget, error_messages=error)


class AlertRulesForm(forms.Form):
    """A line for each kind, and what holds for all of them."""

    gap_seconds = forms.DecimalField(label="Between two alerts, seconds", min_value=0, max_value=10, decimal_places=2)
    wait_minutes = _number("Waits at most, minutes", 1, alert_rules.MOST_MINUTES)
    blocked = forms.CharField(
        label="Blocked words",
        required=False,
        max_length=alert_rules.MOST_BLOCKED * (alert_rules.LONGEST_BLOCKED + 2),
        widget=forms.Textarea(attrs={"rows": "4", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            says = WORDS[kind]
            self.fields[f"{kind}_on"] = forms.BooleanField(label=f"{says} are shown", required=False)
            if kind in COUNTED:
                self.fields[f"{kind}_least"] = _number(f"{says}: least {COUNTED[kind]}", 0, alert_rules.MOST_LEAST)
            if kind in PAID:
                self.fields[f"{kind}_least"] = forms.DecimalField(
                    label=f"{says}: least amount",
                    min_value=0,
                    max_value=alert_rules.MOST_LEAST // _CENTS,
                    decimal_places=2,
                )
            if kind == "donation":
                self.fields["donation_units"] = _number("Donations: least bits", 0, alert_rules.MOST_LEAST)
            self.fields[f"{kind}_seconds"] = _number(f"{says}: seconds shown", 1, MOST_SECONDS)
            self.fields[f"{kind}_priority"] = forms.TypedChoiceField(
                label=f"{says}: priority", choices=PRIORITIES, coerce=int
            )
            self.fields[f"{kind}_approve"] = forms.BooleanField(label=f"{says}: texts need a yes", required=False)

    @property
    def rows(self) -> Iterator[KindRow]:
        for kind in KINDS:
            yield KindRow(
                kind,
                WORDS[kind],
                self[f"{kind}_on"],
                self[f"{kind}_least"] if f"{kind}_least" in self.fields else None,
                self["donation_units"] if kind == "donation" else None,
                self[f"{kind}_seconds"],
                self[f"{kind}_priority"],
                self[f"{kind}_approve"],
            )

    def rules(self) -> Rules:
        """What was typed. Call it on a valid form only."""
        said = self.cleaned_data
        return Rules(
            kinds={kind: self._rule(kind) for kind in KINDS},
            gap_ms=int(said["gap_seconds"] * 1000),
            wait_minutes=said["wait_minutes"],
            blocked=tuple(line for line in said["blocked"].splitlines() if line.strip()),
        )

    def _rule(self, kind: str) -> KindRule:
        said = self.cleaned_data
        least = said.get(f"{kind}_least") or 0
        return KindRule(
            on=said[f"{kind}_on"],
            least=int(least * _CENTS) if kind in PAID else least,
            least_units=said["donation_units"] if kind == "donation" else 0,
            seconds=said[f"{kind}_seconds"],
            priority=said[f"{kind}_priority"],
            approve=said[f"{kind}_approve"],
        )


def initial(rules: Rules) -> dict[str, Any]:
    """What the form shows of rules."""
    shown: dict[str, Any] = {
        "gap_seconds": (Decimal(rules.gap_ms) / 1000).normalize(),
        "wait_minutes": rules.wait_minutes,
        "blocked": "\n".join(rules.blocked),
    }
    for kind in KINDS:
        rule = rules.of(kind)
        assert rule.priority <= MOST_PRIORITY
        shown |= {
            f"{kind}_on": rule.on,
            f"{kind}_least": (Decimal(rule.least) / _CENTS).quantize(Decimal("0.01")) if kind in PAID else rule.least,
            f"{kind}_seconds": rule.seconds,
            f"{kind}_priority": rule.priority,
            f"{kind}_approve": rule.approve,
        }
    return shown | {"donation_units": rules.of("donation").least_units}
