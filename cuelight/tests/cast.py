"""Everybody who can come to a studio's door, and what each of them holds there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from cuelight.accounts import actions, tokens
from cuelight.accounts.identity import AnyIdentity
from cuelight.accounts.models import Membership, Person, Studio
from cuelight.accounts.policy import ROLES, SCOPES
from cuelight.accounts.testing import sign_in, who


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: for pages a browser or a header, for sockets an identity."""

    name: str
    #: What they hold in the studio that the pages and topics of the walk are of.
    grants: frozenset[str]
    #: What they hold by themselves.
    kind: frozenset[str]
    #: What they hold in the studio they are in just now, for pages that are of no particular one. None: in none.
    at_home: frozenset[str] | None
    person: Person | None = None
    secret: str = ""
    #: A token for another session than the one of the walk.
    elsewhere: bool = False

    @property
    def is_anonymous(self) -> bool:
        return self.person is None and not self.secret

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}

    def identify(self) -> AnyIdentity | None:
        """Who a socket would take them for."""
        if self.person is not None:
            return who(self.person)
        return tokens.by_secret(self.secret) if self.secret else None

    def browser(self) -> Client:
        client = Client(raise_request_exception=False)
        if self.person is not None:
            sign_in(client, self.person)
        return client


def everybody(studio: Studio, person: Callable[..., Person], other_session_id: int) -> list[Caller]:
    """Nobody, strangers, each role, other kinds of people, and a token of each scope."""
    elsewhere = Studio.objects.create(name="Elsewhere", slug="elsewhere")
    cast = [
        Caller("nobody", frozenset(), frozenset(), None),
        _person("stranger", person("Eve", elsewhere, "admin"), home=frozenset({"admin"})),
        _person("no studio", person("Nia")),
    ]
    for role in ROLES:
        held = frozenset({role})
        cast.append(_person(role, person(role.title(), studio, role), grants=held, home=held))
    for kind in (Person.Kind.STATION, Person.Kind.GUEST):
        made = Person.objects.create_user(None, f"Host {kind}", kind=kind)
        Membership.objects.create(person=made, studio=studio, role="host")
        held = frozenset({"host"})
        cast.append(Caller(kind.value, held, frozenset({kind.value}), held, person=made))
    for scope in SCOPES:
        held = frozenset({scope})
        cast.append(Caller(f"token: {scope}", held, frozenset(), held, secret=_secret(studio.pk, scope)))
    foreign = _secret(elsewhere.pk, *SCOPES)
    cast.append(Caller("token of another studio", frozenset(), frozenset(), frozenset(SCOPES), secret=foreign))
    bound = _secret(studio.pk, "control", session_id=other_session_id)
    held = frozenset({"control"})
    cast.append(Caller("token of another session", held, frozenset(), held, secret=bound, elsewhere=True))
    return cast


def _person(
    name: str, made: Person, *, grants: frozenset[str] = frozenset(), home: frozenset[str] | None = None
) -> Caller:
    return Caller(name, grants, frozenset({"person"}), home, person=made)


def _secret(studio_id: int, *scopes: str, session_id: int | None = None) -> str:
    return actions.create_token(studio_id, name="walk", scopes=scopes, session_id=session_id)[1]
