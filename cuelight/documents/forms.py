"""What is typed around a document: its name, whom to invite, what a link may."""

from typing import Any

import orjson
from django import forms
from django.http import HttpRequest
from django.http.request import RawPostDataException

from cuelight.documents.actions.making import LONGEST_TITLE
from cuelight.documents.models import RIGHTS
from cuelight.documents.sharing import LASTS_DAYS
from cuelight.errors import Invalid

_RIGHTS = [(right, right) for right in RIGHTS]


class NewDocumentForm(forms.Form):
    title = forms.CharField(
        max_length=LONGEST_TITLE,
        label="Name",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        error_messages={"required": "Give the document a name."},
    )
    op_id = forms.UUIDField(widget=forms.HiddenInput, required=False)


class TitleForm(forms.Form):
    title = forms.CharField(max_length=LONGEST_TITLE, error_messages={"required": "A document needs a name."})


class EveryoneForm(forms.Form):
    right = forms.ChoiceField(choices=[("", "nothing"), *_RIGHTS], required=False)


class RightForm(forms.Form):
    right = forms.ChoiceField(choices=_RIGHTS)


class InviteForm(RightForm):
    email = forms.EmailField(
        error_messages={"required": "Give the address to invite.", "invalid": "This is not an e-mail address."}
    )


class LinkForm(RightForm):
    days = forms.TypedChoiceField(choices=[(days, str(days)) for days in LASTS_DAYS], coerce=int)


class RevokeForm(forms.Form):
    #: Also takes back what people got by the link.
    shares = forms.BooleanField(required=False)


def read(form: forms.Form) -> dict[str, Any]:
    """What was typed. Raises Invalid with the first sentence about what is wrong."""
    if form.is_valid():
        return form.cleaned_data
    raise Invalid("invalid_form", str(next(iter(form.errors.values()))[0]))


def body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises Invalid."""
    try:
        # Refuses half a surrogate pair, too, which PostgreSQL could not store.
        sent = orjson.loads(request.body)
    except (ValueError, RawPostDataException):  # no JSON, or a length that is no number; a form
        sent = None
    if not isinstance(sent, dict):
        raise Invalid("invalid_json", "An object in JSON was expected.")
    return sent
