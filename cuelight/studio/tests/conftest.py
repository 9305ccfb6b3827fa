"""A studio with something in every table, secrets among it; and what asks its pages."""

import base64
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from cuelight.accounts import actions as accounts
from cuelight.accounts import audit, tokens
from cuelight.accounts.models import Invitation, Membership, Person, RolePassphrase, SignInAttempts, Studio
from cuelight.accounts.testing import sign_in
from cuelight.catalog import actions as catalog
from cuelight.catalog.models import (
    ImportMapping,
    PictureToFetch,
    SearchWord,
    ShopifyDelivery,
    ShopifyProduct,
    ShopifyRun,
    ShopifyShop,
)
from cuelight.documents import actions as documents
from cuelight.documents import sharing
from cuelight.documents.delta import Delta
from cuelight.documents.models import Share, ShareLink, Snapshot
from cuelight.live.kind import Command
from cuelight.live.transactional import submit_in
from cuelight.sessions import actions as sessions
from cuelight.sessions.command_types import Jump, SendMessage, SetStatus
from cuelight.sessions.models import SessionHost, SheetImport
from cuelight.streams.tests import rows as streams
from cuelight.studio.models import StudioExport
from cuelight.widgets.tests import rows as widgets


class Full(NamedTuple):
    """A studio with something in every table."""

    studio: Studio
    session_id: int
    product_ids: list[int]
    people: dict[str, Person]
    token_id: int
    #: What must never leave it, in every shape it could be written down in.
    secrets: list[str]


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path / "data"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the slow one is not what is tested
    return tmp_path


@pytest.fixture
def furnish(folders: Path) -> Callable[..., Full]:
    """Fills a studio: ``furnish(studio)``."""

    def fill(studio: Studio) -> Full:
        people = {role: _person(studio, role) for role in ("admin", "producer", "host")}
        station = Person.objects.create_user(None, "Host device", kind="station")
        guest = Person.objects.create_user(None, "Gus Guest", kind="guest")
        for person in (station, guest):
            Membership.objects.create(person=person, studio=studio, role="host")
        people |= {"station": station, "guest": guest}
        former = Person.objects.create_user(None, "Fay Former", kind="guest")
        audit.record("invitation_accepted", studio_id=studio.pk, person_id=former.pk)
        secrets = [*_ways_in(studio, people)]
        token_id, secret = accounts.create_token(studio.pk, name="OBS main", scopes=["overlay"], by=people["admin"].pk)
        secrets += [secret, *_shapes(tokens.digest(secret))]
        secrets += _sign_in(people["admin"]) + _sign_in(station)
        product_ids = _catalog(studio)
        secrets += _shop(studio, product_ids[0])
        session_id = _session(studio, product_ids, people["producer"])
        secrets += _document(studio, people)
        SessionHost.objects.create(session_id=session_id, person=people["host"])
        secrets += streams.fill(studio.pk, session_id, product_ids[0])
        secrets += widgets.fill(studio.pk, people["admin"].pk)
        StudioExport.objects.create(studio=studio, status="failed", started_by=people["admin"])
        audit.record("sign_in", person_id=station.pk)
        audit.record("role_granted", studio_id=studio.pk, person_id=people["admin"].pk, target="Tom", role="host")
        return Full(studio, session_id, product_ids, people, token_id, secrets)

    return fill


@pytest.fixture
def full(db: None, studio: Studio, furnish: Callable[..., Full]) -> Full:
    return furnish(studio)


@pytest.fixture
def signed_in(full: Full) -> Callable[[str], Client]:
    """A browser of somebody of the full studio: ``signed_in("admin")``."""

    def enter(role: str) -> Client:
        client = Client()
        sign_in(client, full.people[role])
        return client

    return enter


def do(session_id: int, *commands: Command, by: Person | None = None, source: str = "key") -> None:
    with transaction.atomic():
        for command in commands:
            submit_in(connection, f"session:{session_id}", command, actor_id=by.pk if by else None, source=source)


async def body_of(answer: Any) -> bytes:
    """All of a download that is made while it is sent."""
    return b"".join([part async for part in answer])


def picture(color: str = "gold") -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (60, 40), color).save(file, "JPEG")
    file.seek(0)
    return file


def _person(studio: Studio, role: str) -> Person:
    email = f"{role}@{studio.slug}.example"
    person = Person.objects.create_user(email, f"{role.title()} of {studio.slug}", "correct horse battery")
    Membership.objects.create(person=person, studio=studio, role=role)
    return person


def _ways_in(studio: Studio, people: dict[str, Person]) -> list[str]:
    """Invitation, passphrase, time-based codes; returns their secrets, and the hashes of the passwords."""
    plant = uuid4().hex
    Invitation.objects.create(
        studio=studio, roles=["host"], nonce=plant[:31], expires_at=timezone.now(), created_by=people["admin"]
    )
    RolePassphrase.objects.create(studio=studio, role="host", hash=f"hash-{plant}", station=people["station"])
    Authenticator.objects.create(user=people["admin"], type="totp", data={"secret": f"seed-{plant}"})
    SignInAttempts.objects.create(key=f"passphrase:{studio.slug}:host@203.0.113.9")
    return [plant[:31], f"hash-{plant}", f"seed-{plant}", *(person.password for person in people.values())]


def _sign_in(person: Person) -> list[str]:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    key = client.session.session_key
    assert key is not None
    about = {"user": person, "ip": "203.0.113.7", "user_agent": "x"}
    UserSession.objects.get_or_create(session_key=key, defaults=about)
    return [key]


def _shop(studio: Studio, product_id: int) -> list[str]:
    """A connected shop; returns its secrets."""
    plant = uuid4().hex
    kept = {name: f"{name}-{plant}" for name in ("client_secret", "webhook_secret", "former_secrets", "token")}
    shop = ShopifyShop.objects.create(studio=studio, domain=f"{studio.slug}.myshopify.com", client_id="client", **kept)
    ShopifyRun.objects.create(shop=shop, kind="full")
    ShopifyDelivery.objects.create(shop=shop, webhook_id=plant, topic="products/update")
    ShopifyProduct.objects.create(
        shop=shop, product_id=product_id, gid="gid://shopify/Product/1", remote_updated_at=timezone.now()
    )
    return [*kept.values(), str(shop.key)]


def _catalog(studio: Studio) -> list[int]:
    brand_id = catalog.create_brand(studio.pk, name="Pavoi", notes="Ring first")
    ids = [
        catalog.create_product(
            studio.pk,
            brand_id,
            name=name,
            original_price_cents=129900,
            display_number=number,
            sale_price_cents=sale,
            talking_points_md="- **Gold** plated\n- Light",
            description="=not a formula",
            pid=f"17293847560{number or 0}",
            sku="-5",
            tags=["gold", "hoops"],
            extra={"Shelf": "B 4"},
        )
        for number, name, sale in ((1, "@Hoops", 99900), (2, "Huggies, “small”", None), (None, "Without number", None))
    ]
    for color in ("gold", "silver"):
        catalog.add_image(ids[0], picture(color))
    gone = catalog.create_product(studio.pk, brand_id, name="Deleted", original_price_cents=100)
    catalog.add_image(gone, picture("black"))
    catalog.delete_product(studio.pk, gone)
    ImportMapping.objects.create(studio=studio, fingerprint="0" * 64, mapping={"Artikel": "name"})
    PictureToFetch.objects.create(
        studio=studio, product_id=ids[0], position=0, url="https://x.example/1.jpg", error="It is not there."
    )
    SearchWord.objects.get_or_create(studio=studio, word="hoops", defaults={"trigrams": ["hoo", "oop", "ops"]})
    return ids


def _document(studio: Studio, people: dict[str, Person]) -> list[str]:
    """A document with text, a share, a link and a letter; returns what lets somebody in."""
    contents: Delta = [{"insert": "Ring", "attributes": {"bold": True}}, {"insert": " first\n"}]
    made = documents.create_document(studio.pk, title="Script", by=people["producer"].pk, contents=contents)
    Share.objects.create(document_id=made, person=people["host"], right="comment", as_member=True)
    soon = timezone.now() + timedelta(days=1)
    secrets = [sharing.new_secret(), sharing.new_secret()]
    for secret, email in zip(secrets, ("", "someone@else.example"), strict=True):
        ShareLink.objects.create(
            document_id=made, digest=sharing.digest(secret), right="read", email=email, expires_at=soon
        )
    Snapshot.objects.create(
        document_id=made, version=1, contents=orjson.dumps(contents), html="<p>Ring first</p>", crc=0
    )
    return [*secrets, *(shape for secret in secrets for shape in _shapes(sharing.digest(secret)))]


def _session(studio: Studio, product_ids: list[int], producer: Person) -> int:
    session_id = sessions.create_session(studio.pk, name="Spring Sparkle", slug="spring")
    with transaction.atomic():
        pairs = [(number, product_id) for number, product_id in enumerate(product_ids, start=1)]
        sessions.add_products(session_id, studio.pk, pairs, actor_id=producer.pk)
    do(session_id, SetStatus("live"), Jump(2), SendMessage("m1", "=12 left", "red"), by=producer)
    brand_id = catalog.create_brand(studio.pk, name="Second")
    SheetImport.objects.create(
        studio=studio, brand_id=brand_id, session_id=session_id, filename="show.csv", path="imports/x.csv"
    )
    return session_id


def _shapes(digest: bytes) -> list[str]:
    return [digest.hex(), base64.b64encode(digest).decode(), str(digest)[2:-1]]
