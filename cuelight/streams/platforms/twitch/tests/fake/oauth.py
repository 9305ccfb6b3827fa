"""id.twitch.tv: the page of consent, codes, tokens with rotating refresh tokens, validation, revocation."""

import html
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from cuelight.streams.platforms.twitch.tests.fake.http import Answer, Asked, say_error, say_json
from cuelight.streams.platforms.twitch.tests.fake.world import User, World, new_secret


@dataclass
class Token:
    """An access token. ``user_id`` is "" for that of an app."""

    access: str
    user_id: str
    scopes: tuple[str, ...]
    ends_at: float
    #: Those that descend from one consent.
    family: str = ""


@dataclass
class Code:
    user_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    ends_at: float
    used: bool = False


@dataclass
class Refresh:
    token: str
    user_id: str
    scopes: tuple[str, ...]
    family: str
    used: bool = False


@dataclass
class Granted:
    """What a client keeps after consent."""

    access: str
    refresh: str
    scopes: tuple[str, ...]
    user: User


@dataclass
class OAuth:
    world: World
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)
    #: Refresh tokens that came a second time. A client that keeps what it is given leaves this empty.
    reused: list[str] = field(default_factory=list)
    #: User id → all that this person ever allowed the app.
    consents: dict[str, set[str]] = field(default_factory=dict)

    # From tests.

    def grant(self, user: User, scopes: tuple[str, ...]) -> Granted:
        """Tokens as if the person had been to the page of consent."""
        self.consents.setdefault(user.id, set()).update(scopes)
        return self._issue(user.id, scopes, family=new_secret())

    def grant_app(self) -> str:
        """An access token of the app itself."""
        token = Token(new_secret(), "", (), time.monotonic() + self.world.token_s)
        self.tokens[token.access] = token
        return token.access

    def expire(self) -> None:
        """Every access token has ended; refresh tokens are good."""
        for token in self.tokens.values():
            token.ends_at = 0

    def withdraw(self, user_id: str) -> None:
        """The person has removed the app: no token of theirs is good any more."""
        self.consents.pop(user_id, None)
        self.tokens = {key: one for key, one in self.tokens.items() if one.user_id != user_id}
        self.refreshes = {key: one for key, one in self.refreshes.items() if one.user_id != user_id}

    def token(self, access: str) -> Token | None:
        token = self.tokens.get(access)
        return token if token and token.ends_at > time.monotonic() else None

    # By request.

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path:
            case "GET", "/oauth2/authorize":
                return self._authorize(asked)
            case "POST", "/oauth2/token":
                return self._token(asked.form())
            case "GET", "/oauth2/validate":
                return self._validate(asked)
            case "POST", "/oauth2/revoke":
                return self._revoke(asked.form())
        return say_error(404, "Not Found")

    def _authorize(self, asked: Asked) -> Answer:
        if asked.get("client_id") != self.world.client_id:
            return say_error(400, "invalid client")
        uri = asked.get("redirect_uri")
        if asked.get("response_type") != "code" or not uri.startswith(("http://", "https://")):
            return say_error(400, "Parameter redirect_uri does not match registered URI")
        if self.world.asks and not asked.get("pressed"):
            return Answer(200, self._page(asked).encode(), kind="text/html; charset=utf-8")
        answer = {"state": asked.get("state")} if "state" in asked.query else {}
        error = "access_denied" if asked.get("pressed") == "cancel" else self.world.says
        if error:
            answer |= {"error": error, "error_description": "The user denied you access"}
        else:
            scopes = tuple(asked.get("scope").split())
            answer |= {"code": self._code(uri, scopes), "scope": " ".join(scopes)}
        return Answer(302, headers={"Location": f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}"})

    def _code(self, redirect_uri: str, scopes: tuple[str, ...]) -> str:
        user = self.world.signed_in
        self.consents.setdefault(user.id, set()).update(scopes)
        code = new_secret()
        self.codes[code] = Code(user.id, redirect_uri, scopes, time.monotonic() + self.world.seconds(600))
        return code

    def _page(self, asked: Asked) -> str:
        scopes = "".join(f"<li>{html.escape(scope)}</li>" for scope in asked.get("scope").split())
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(values[0])}">'
            for name, values in asked.query.items()
        )
        return (
            f"<!doctype html><title>Twitch (fake)</title><h1>{html.escape(self.world.signed_in.name)}: allow this app?"
            f"</h1><ul>{scopes}</ul><form>{fields}<button name=pressed value=allow>Authorize</button>"
            "<button name=pressed value=cancel>Cancel</button></form>"
        )

    def _token(self, form: dict[str, str]) -> Answer:
        if form.get("client_id") != self.world.client_id:
            return say_error(400, "invalid client")
        if form.get("client_secret") != self.world.client_secret:
            return say_error(403, "invalid client secret")
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                return self._refresh(form.get("refresh_token", ""))
            case "client_credentials":
                said = {"access_token": self.grant_app(), "expires_in": int(self.world.token_s), "token_type": "bearer"}
                return say_json(200, said)
        return say_error(400, "missing grant type")

    def _exchange(self, form: dict[str, str]) -> Answer:
        code = self.codes.get(form.get("code", ""))
        if code is None or code.used or code.ends_at < time.monotonic():
            return say_error(400, "Invalid authorization code")
        if code.redirect_uri != form.get("redirect_uri"):
            return say_error(400, "Parameter redirect_uri does not match registered URI")
        code.used = True
        return self._said(self._issue(code.user_id, code.scopes, family=new_secret()))

    def _refresh(self, token: str) -> Answer:
        """Each is good once: the answer brings the next. A used one voids all that came of the same consent."""
        refresh = self.refreshes.get(token)
        if refresh is None:
            return invalid_grant()
        if refresh.used:
            self.reused.append(token)
            self.refreshes = {key: one for key, one in self.refreshes.items() if one.family != refresh.family}
            self.tokens = {key: one for key, one in self.tokens.items() if one.family != refresh.family}
            return invalid_grant()
        refresh.used = True
        return self._said(self._issue(refresh.user_id, refresh.scopes, refresh.family))

    def _issue(self, user_id: str, scopes: tuple[str, ...], family: str) -> Granted:
        token = Token(new_secret(), user_id, scopes, time.monotonic() + self.world.token_s, family)
        refresh = Refresh(new_secret(), user_id, scopes, family)
        self.tokens[token.access] = token
        self.refreshes[refresh.token] = refresh
        return Granted(token.access, refresh.token, scopes, self.world.users[user_id])

    def _said(self, granted: Granted) -> Answer:
        said = {
            "access_token": granted.access,
            "expires_in": int(self.world.token_s),
            "refresh_token": granted.refresh,
            "scope": list(granted.scopes),
            "token_type": "bearer",
        }
        return say_json(200, said)

    def _validate(self, asked: Asked) -> Answer:
        scheme, _, access = asked.headers.get("authorization", "").partition(" ")
        token = self.token(access) if scheme in ("OAuth", "Bearer") else None
        if token is None:
            return say_json(401, {"status": 401, "message": "invalid access token"})
        said = {
            "client_id": self.world.client_id,
            "scopes": list(token.scopes),
            "expires_in": max(0, int(token.ends_at - time.monotonic())),
        }
        if token.user_id:
            said |= {"login": self.world.users[token.user_id].login, "user_id": token.user_id}
        return say_json(200, said)

    def _revoke(self, form: dict[str, str]) -> Answer:
        if form.get("client_id") != self.world.client_id:
            return say_error(404, "client does not exist")
        if self.tokens.pop(form.get("token", ""), None) is None:
            return say_error(400, "Invalid token")
        return Answer(200)


def invalid_grant() -> Answer:
    return say_json(400, {"error": "invalid_grant", "status": 400, "message": "Invalid refresh token"})
