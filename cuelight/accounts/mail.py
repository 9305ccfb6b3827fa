"""Mail: written in the transaction that it tells of, sent by a job, so that an answer takes no longer for it.

What waits in the queue is sealed, because the links in it sign people in.
"""

import json
import os
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.smtp import EmailBackend
from django.template import Context
from django.template.loader import get_template

from cuelight import sealing
from cuelight.jobs import enqueue

log = structlog.get_logger(__name__)

PURPOSE = "mail"


def can_send() -> bool:
    """Whether mail reaches anybody, be it in the folder of who tries things out."""
    return bool(settings.SMTP or settings.MAIL_FOLDER)


def kept_in() -> str:
    """The folder that mail goes to instead of a mailbox, where only this machine can ask; else nothing."""
    return str(settings.MAIL_FOLDER) if settings.MAIL_FOLDER and not settings.REACHABLE else ""


def send(name: str, to: str, values: dict[str, Any]) -> None:
    """Asks for a mail, in the present transaction. ``name``: the template, whose first line is the subject."""
    if not can_send():
        log.warning("no mail was sent: CUELIGHT_SMTP_URL is not set", mail=name)
        return
    subject, body = written(name, values)
    enqueue("accounts.send_mail", sealed=seal(to, subject, body))


def written(name: str, values: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of a mail. Plain text: nothing in it is escaped."""
    template: Any = get_template(f"accounts/mail/{name}.txt")
    text: str = template.template.render(Context(values, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def seal(to: str, subject: str, body: str) -> str:
    # A line break in a header would begin another header.
    if any(break_ in part for part in (to, subject) for break_ in "\r\n"):
        raise ValueError("an address or a subject has more than one line")
    return sealing.seal(json.dumps([to, subject, body]), purpose=PURPOSE)


def deliver(sealed: str) -> None:
    """Sends one mail now. Raises what the mail server's trouble raises; who has no such mailbox is only noted."""
    to, subject, body = json.loads(sealing.unseal(sealed, purpose=PURPOSE))
    if settings.SMTP:
        _by_smtp(settings.SMTP, to, subject, body)
    elif settings.MAIL_FOLDER:
        _into_folder(settings.MAIL_FOLDER, to, subject, body)


def _by_smtp(server: dict[str, Any], to: str, subject: str, body: str) -> None:
    message = DjangoMessage(subject, body, settings.MAIL_FROM, [to], headers={"Auto-Submitted": "auto-generated"})
    try:
        # The certificate is checked against the machine's own authorities: Django's default.
        message.connection = EmailBackend(fail_silently=False, **server)
        message.send()
    except SMTPRecipientsRefused as error:
        refusals = [code for code, _ in error.recipients.values()]
        if not all(500 <= code < 600 for code in refusals):
            raise
        log.warning("a mailbox does not exist", answers=refusals)


def _into_folder(folder: Path, to: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, settings.MAIL_FROM, to
    now = datetime.now(UTC)
    message["Date"], message["Message-ID"] = format_datetime(now), make_msgid(domain="cuelight.local")
    message.set_content(body)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%d-%H%M%S-%f}.eml"
    # Nobody else on the machine: there are links in it that sign people in.
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(bytes(message))
