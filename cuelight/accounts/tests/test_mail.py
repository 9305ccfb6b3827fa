"""Mail: sealed while it waits, sent by a job, over a connection that is checked."""

import os
import ssl
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from smtpdfix import AuthController, SMTPDFix
from smtpdfix.certs import _generate_certs
from smtpdfix.configuration import Config

from cuelight import sealing
from cuelight.accounts import mail
from cuelight.accounts.tests.mailbox import mails
from cuelight.environment import env_smtp


@pytest.fixture
def certificate(tmp_path: Path) -> str:
    return str(_generate_certs(tmp_path)[0])


@pytest.fixture
def server(certificate: str) -> Iterator[AuthController]:
    config = Config()
    config.ssl_cert_files = certificate
    with SMTPDFix("127.0.0.1", config=config) as started:
        yield started


def smtp(url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setenv("CUELIGHT_SMTP_URL", url)
    found = env_smtp("CUELIGHT_SMTP_URL")
    assert found is not None
    return found | {"timeout": 5}


def test_a_mail_goes_to_the_server(server: AuthController, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMTP = smtp(f"smtp://{server.hostname}:{server.port}", monkeypatch)
    settings.MAIL_FROM = "Cuelight <studio@studio.example>"
    mail.deliver(mail.seal("mia@studio.example", "Grüße", "http://localhost:4000/enter/x?a=1&b=2\n"))
    [message] = server.messages
    assert (message["To"], message["From"]) == ("mia@studio.example", "Cuelight <studio@studio.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    body = message.get_payload(decode=True)
    assert b"/enter/x?a=1&b=2" in (body if isinstance(body, bytes) else b"")


def test_a_server_with_a_certificate_nobody_vouches_for_gets_nothing(
    certificate: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config()
    config.ssl_cert_files = certificate
    config.use_ssl = True
    with SMTPDFix("127.0.0.1", config=config) as secure:
        settings.SMTP = smtp(f"smtps://{secure.hostname}:{secure.port}", monkeypatch)
        with pytest.raises(ssl.SSLCertVerificationError):
            mail.deliver(mail.seal("mia@studio.example", "Hello", "x"))
        assert secure.messages == []


def test_the_password_of_the_server_is_used_over_tls_only(
    certificate: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config()
    config.ssl_cert_files = certificate
    config.use_starttls = True
    with SMTPDFix("127.0.0.1", config=config) as started:
        settings.SMTP = smtp(f"smtp://user:password@{started.hostname}:{started.port}", monkeypatch) | {"use_tls": True}
        with pytest.raises(ssl.SSLCertVerificationError):
            mail.deliver(mail.seal("mia@studio.example", "Hello", "x"))
        assert started.messages == []


def test_a_server_that_is_away_is_tried_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMTP = smtp("smtp://127.0.0.1:1", monkeypatch)
    with pytest.raises(OSError, match="refused"):
        mail.deliver(mail.seal("mia@studio.example", "Hello", "x"))


def test_without_a_server_a_mail_is_a_file_for_its_owner_only(settings: Settings, tmp_path: Path) -> None:
    settings.SMTP, settings.MAIL_FOLDER = None, tmp_path / "mail"
    mail.deliver(mail.seal("mia@studio.example", "Hello", "A link\n"))
    [file] = (tmp_path / "mail").iterdir()
    assert "To: mia@studio.example" in file.read_text()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(file.parent).st_mode) == 0o700


@pytest.mark.django_db
def test_what_waits_in_the_queue_can_be_read_by_nobody(settings: Settings) -> None:
    values = {"site": "http://localhost:4000", "activate_url": "http://localhost:4000/confirm-email/secret-key"}
    mail.send("email_confirmation", "mia@studio.example", values)
    row = ProcrastinateJob.objects.get(task_name="accounts.send_mail")
    assert "secret-key" not in str(row.args)
    assert "mia@" not in str(row.args)
    assert mails()[0].link() == "/confirm-email/secret-key"
    settings.SECRET_KEY = "another installation, with a secret of its own"
    with pytest.raises(sealing.Unsealable):
        mails()


@pytest.mark.django_db
def test_with_nowhere_to_send_it_nothing_waits(settings: Settings) -> None:
    settings.SMTP = settings.MAIL_FOLDER = None
    mail.send("unknown_account", "mia@studio.example", {"site": "http://localhost:4000"})
    assert mails() == []


def test_a_seal_is_for_one_purpose(settings: Settings) -> None:
    sealed = sealing.seal("a secret", purpose="mail")
    assert sealing.unseal(sealed, purpose="mail") == "a secret"
    for other in (
        sealing.seal("x", purpose="codes"),
        sealed[:-2],
        "",
        Fernet(Fernet.generate_key()).encrypt(b"x").decode(),
    ):
        with pytest.raises(sealing.Unsealable):
            sealing.unseal(other, purpose="mail")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next secret of the same installation"
    assert sealing.unseal(sealed, purpose="mail") == "a secret"


@pytest.mark.parametrize("to", ["mia@studio.example\nBcc: all@studio.example", "mia@studio.example\rX: y"])
def test_an_address_cannot_begin_another_header(to: str) -> None:
    with pytest.raises(ValueError, match="more than one line"):
        mail.seal(to, "Hello", "x")


def test_every_mail_has_a_subject_and_says_nothing_in_html() -> None:
    folder = Path(mail.__file__).parent / "templates" / "accounts" / "mail"
    names = sorted(path.stem for path in folder.glob("*.txt"))
    assert len(names) >= 17
    for name in names:
        values = {"site": "https://a.example", "activate_url": "https://a.example/?a=1&b=2", "studio": "Pavoi & Co"}
        subject, body = mail.written(name, values)
        assert 5 < len(subject) < 60
        assert subject == subject.strip()
        assert "&amp;" not in body
        assert max(map(len, body.splitlines())) < 400


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://mail.example", ("mail.example", 587, "", "", False, True)),
        ("smtps://me%40a:s%3Aecret@mail.example", ("mail.example", 465, "me@a", "s:ecret", True, False)),
        ("smtp://localhost:1025", ("localhost", 1025, "", "", False, False)),
        ("smtp://127.0.0.1:1025", ("127.0.0.1", 1025, "", "", False, False)),
    ],
)
def test_where_mail_is_sent(url: str, found: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    server = smtp(url, monkeypatch)
    assert tuple(server[key] for key in ("host", "port", "username", "password", "use_ssl", "use_tls")) == found


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example:25", "smtp://", "smtp://mail.example:x"])
def test_an_address_of_a_server_that_cannot_be_used_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="CUELIGHT_SMTP_URL"):
        smtp(url, monkeypatch)
