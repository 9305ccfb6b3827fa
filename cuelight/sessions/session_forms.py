"""The forms of a session: a new one, and its settings. They say what was typed; what may be, the rules say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django import forms

from cuelight.sessions.editing import CARD_THEMES, SLUG_LENGTH
from cuelight.sessions.lineup import Host, Settings

NOTES_LENGTH = 20_000
#: As far as zones go from UTC.
MOST_OFFSET_MINUTES = 16 * 60
THEME_WORDS = {
    "standard": ("Standard", "Picture, name and both prices"),
    "minimal": ("Minimal", "One line along the edge"),
    "bold": ("Bold", "The price as large as it goes"),
    "elegant": ("Elegant", "Thin lines, much air"),
}
ROLE_WORDS = {"primary": "Host", "co_host": "Co-host"}


class WhenForm(forms.Form):
    """A day and time as the clock of whoever types it shows them. Their zone is the browser's to know: the page's
    script sends how far it is from UTC at that time; without it the time is UTC, as the page then says."""

    scheduled_local = forms.DateTimeField(
        label="Day and time",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "max": "9998-12-31T23:59"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={"invalid": "Give a day and a time."},
    )
    utc_offset = forms.IntegerField(
        required=False,
        initial=0,
        min_value=-MOST_OFFSET_MINUTES,
        max_value=MOST_OFFSET_MINUTES,
        widget=forms.HiddenInput,
    )
    duration_minutes = forms.IntegerField(
        label="Length in minutes",
        min_value=1,
        max_value=24 * 60,
        initial=180,
        error_messages={
            "required": "Say how long the show is.",
            "min_value": "A session lasts between 1 minute and 24 hours.",
            "max_value": "A session lasts between 1 minute and 24 hours.",
        },
    )

    def clean(self) -> dict[str, Any] | None:
        try:
            self.scheduled_at()
        except OverflowError:
            self.add_error("scheduled_local", "A session cannot be that long ago.")
        return super().clean()

    def scheduled_at(self) -> datetime | None:
        """The moment that was meant, in UTC."""
        local: datetime | None = self.cleaned_data.get("scheduled_local")
        if local is None:
            return None
        return local.replace(tzinfo=UTC) - timedelta(minutes=self.cleaned_data.get("utc_offset") or 0)


class OpField(forms.UUIDField):
    """Names what a form does, so that it is done once when it is sent twice."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)


class NewSessionForm(WhenForm):
    """A name is enough."""

    name = forms.CharField(
        max_length=200,
        label="Name",
        error_messages={"required": "Give the session a name."},
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    source = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    op_id = OpField()
    field_order = ("name", "scheduled_local", "duration_minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of a copy the length is the original's, unless somebody has said another.
        self.fields["duration_minutes"].required = False
        self.fields["duration_minutes"].show_hidden_initial = True


class CopyForm(forms.Form):
    """The buttons of a row."""

    template = forms.BooleanField(required=False)
    op_id = OpField()
    utc_offset = WhenForm.base_fields["utc_offset"]


def op_of(op_id: UUID | None, *what: object) -> UUID | None:
    """The op of one button of a page that has many and one id."""
    return uuid5(op_id, " ".join(map(str, what))) if op_id else None


class SettingsForm(WhenForm):
    """Everything that is set up about a session. Each field carries what it was when the page was made: what somebody
    else has changed meanwhile is left as it is."""

    name = forms.CharField(max_length=200, label="Name", error_messages={"required": "Give the session a name."})
    slug = forms.CharField(
        max_length=SLUG_LENGTH,
        label="Short name",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": "Give it a short name."},
    )
    notes = forms.CharField(
        max_length=NOTES_LENGTH, label="Notes for the crew", required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    wrap = forms.BooleanField(required=False, label="Go round", help_text="After the last product comes the first.")
    host_may_drive = forms.BooleanField(
        required=False, label="The host may drive", help_text="Arrows and Space work on the host’s screen, too."
    )
    skip_sold_out = forms.BooleanField(
        required=False, label="Pass over what is sold out", help_text="Next and previous go on to what is left."
    )
    arming = forms.BooleanField(
        required=False,
        label="Ready, then go",
        help_text="The first press of a key makes a product ready, the second shows it.",
    )
    approve_prices = forms.BooleanField(
        required=False, label="A flash price needs a second yes", help_text="Somebody else says yes before it counts."
    )
    warn_seconds = forms.IntegerField(label="Amber", min_value=1, max_value=3600)
    danger_seconds = forms.IntegerField(label="Red", min_value=1, max_value=3600)
    freeze_at_zero = forms.BooleanField(
        required=False, label="Stop the clock at zero", help_text="A product’s time does not run below zero."
    )
    card_theme = forms.ChoiceField(choices=[(theme, THEME_WORDS[theme][0]) for theme in CARD_THEMES])
    scheduled_was = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, settings: Settings, status: str, members: Mapping[int, str]) -> None:
        self.settings = settings
        self.members = members
        super().__init__(data, initial=_initial(settings))
        self.fields["slug"].disabled = status != "draft"
        for person_id in members:
            self.fields[f"host_{person_id}"] = forms.ChoiceField(
                choices=[("", "Not on camera"), *ROLE_WORDS.items()], required=False
            )
        for name, field in self.fields.items():
            field.show_hidden_initial = name not in ("utc_offset", "scheduled_was", "scheduled_local")
            field.error_messages.setdefault("required", "This cannot be empty.")

    def changes(self) -> dict[str, Any]:
        """What was changed on this page, as settings; without the short name. Of the hosts only those that were
        changed, and who has left the studio goes."""
        plain = {name for name in self.changed_data if name in self._plain()}
        changes = {name: self.cleaned_data[name] for name in plain}
        if "notes" in changes:
            changes["notes"] = changes["notes"].replace("\r\n", "\n")
        if self._time_changed():
            scheduled_at = self.scheduled_at()
            changes["scheduled_at"] = scheduled_at and scheduled_at.isoformat()
        roles = {int(name[5:]): self.cleaned_data[name] for name in self.changed_data if name.startswith("host_")}
        if roles:
            changes["hosts"] = hosts_with(self.settings.hosts, roles, self.members)
        return changes

    def new_slug(self) -> str | None:
        """The short name that was typed; None when it was left as it was."""
        return self.cleaned_data["slug"] if "slug" in self.changed_data else None

    def host_fields(self) -> list[forms.BoundField]:
        return [self[f"host_{person_id}"] for person_id in self.members]

    def switches(self) -> list[forms.BoundField]:
        """How the show runs."""
        return [self[name] for name in ("host_may_drive", "arming", "wrap", "skip_sold_out", "approve_prices")]

    def clock(self) -> list[forms.BoundField]:
        """When the clock of a product turns."""
        return [self["warn_seconds"], self["danger_seconds"]]

    def _plain(self) -> frozenset[str]:
        apart = ("slug", "scheduled_local", "utc_offset", "scheduled_was")
        return frozenset(name for name in self.fields if name not in apart and not name.startswith("host_"))

    def _time_changed(self) -> bool:
        """Against what the page began with, to the minute: no browser shows the seconds of such a field."""
        scheduled_at = self.scheduled_at()
        return _minute(scheduled_at) != _minute(_read(self.cleaned_data.get("scheduled_was", "")))


def hosts_with(
    hosts: Mapping[str, Host], roles: Mapping[int, str], members: Mapping[int, str]
) -> dict[str, str | None]:
    """The change of hosts that gives some people other roles; an empty role takes somebody off. Who has left the studio
    goes."""
    gone = {str(host.person_id): None for host in hosts.values() if host.person_id not in members}
    return gone | {str(person_id): role or None for person_id, role in roles.items()}


def _initial(settings: Settings) -> dict[str, Any]:
    plain = {name: getattr(settings, name) for name in SettingsForm.base_fields if hasattr(settings, name)}
    scheduled_at = datetime.fromisoformat(settings.scheduled_at).astimezone(UTC) if settings.scheduled_at else None
    return {
        **plain,
        "scheduled_local": scheduled_at and scheduled_at.replace(tzinfo=None),
        "scheduled_was": scheduled_at.isoformat() if scheduled_at else "",
        **{f"host_{host.person_id}": host.role for host in settings.hosts.values()},
    }


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _minute(at: datetime | None) -> tuple[int, ...] | None:
    return at.utctimetuple()[:5] if at else None
