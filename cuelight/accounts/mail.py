"""Sending mail."""

from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.template import Context
from django.template.loader import get_template


def send(name: str, to: str, values: dict[str, Any]) -> None:
    """Sends a mail after the commit. ``name``: its template, whose first line is the subject."""
    template: Any = get_template(f"accounts/mail/{name}.txt")
    text: str = template.template.render(Context(values, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    transaction.on_commit(lambda: send_mail(subject.strip(), body.strip(), None, [to]), robust=True)
