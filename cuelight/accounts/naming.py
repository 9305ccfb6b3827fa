"""What people may call themselves."""

from typing import Any

from django import forms
from django.http import HttpRequest

MAX_NAME = 100


def clean_name(text: str) -> str:
    """A name on one line, without what cannot be seen."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())[:MAX_NAME].strip()


class NameForm(forms.Form):
    """The name, in every form that makes an account. Allauth's forms derive from it, so it knows nothing of them."""

    name = forms.CharField(
        max_length=MAX_NAME,
        help_text="As your colleagues will see it.",
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Write your name in letters that can be seen.")
        return name

    def signup(self, request: HttpRequest, user: Any) -> None:
        """What allauth asks of such a form; the name is kept before, by the adapter."""
