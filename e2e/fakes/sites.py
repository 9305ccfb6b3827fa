"""Google, Twitch and GitHub as far as signing in with them goes, over HTTP on loopback.

``with SitesFake() as fake`` starts one server that is all three; ``fake.base`` goes into ``CUELIGHT_GOOGLE_URL`` and
its like. What a test wants to go wrong it says with the fields of ``fake``.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID

CLIENT, SECRET = "cuelight-client", "cuelight-secret"
KEY_ID = "fake-key"


@dataclass
class Somebody:
    """Who is signed in at the sites; ``verified`` is what they say about the address."""

    uid: str = "4711"
    name: str = "Mia Producer"
    email: str | None = "mia@gmail.com"
    verified: bool = True
    primary: bool = True
    more_emails: tuple[tuple[str, bool], ...] = ()
    hosted_domain: str = ""


@dataclass
class Grant:
    site: str
    redirect_uri: str
    challenge: str
    expires_at: float
    used: bool = False


@dataclass
class SitesFake:
    somebody: Somebody = field(default_factory=Somebody)
    #: Site → what its user says: "" yes, else the error of OAuth.
    says: dict[str, str] = field(default_factory=dict)
    #: What is broken: "token:500", "user:500", "user:401", "user:garbage", "token:garbage", "emails:404".
    broken: set[str] = field(default_factory=set)
    #: Claims of Google's id_token that are other than they should be, and whether another key signs it.
    claims: dict[str, Any] = field(default_factory=dict)
    foreign_key: bool = False
    #: Seconds that a code is good for.
    code_s: float = 60
    #: Every request: (method, path), and the last one to each path with its parameters.
    asked: list[tuple[str, str]] = field(default_factory=list)
    last: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> "SitesFake":
        self.grants: dict[str, Grant] = {}
        self.tokens: dict[str, str] = {}
        self.key, self.other_key = _key(), _key()
        fake = self

        class Handler(_Handler):
            sites = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def environment(self) -> dict[str, str]:
        """What makes a studio ask here, for all three sites."""
        return {
            f"CUELIGHT_{site}_{what}": value
            for site in ("GOOGLE", "TWITCH", "GITHUB")
            for what, value in (("URL", self.base), ("ID", CLIENT), ("SECRET", SECRET))
        }

    def id_token(self) -> str:
        who, now = self.somebody, int(time.time())
        claims = {
            "iss": self.base,
            "aud": CLIENT,
            "azp": CLIENT,
            "sub": who.uid,
            "iat": now,
            "exp": now + 3600,
            "name": who.name,
            "given_name": who.name.partition(" ")[0],
            "family_name": who.name.partition(" ")[2],
        }
        if who.email:
            claims |= {"email": who.email, "email_verified": who.verified}
        if who.hosted_domain:
            claims["hd"] = who.hosted_domain
        signing = self.other_key if self.foreign_key else self.key
        return jwt.encode(claims | self.claims, signing, algorithm="RS256", headers={"kid": KEY_ID})

    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM).decode()


def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


class _Handler(BaseHTTPRequestHandler):
    sites: SitesFake

    def log_message(self, *_: object) -> None:
        """Not on the console."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._note(parts.path, dict(parse_qsl(parts.query)))
        match parts.path:
            case "/o/oauth2/v2/auth":
                self._authorize("google", parts.query)
            case "/oauth2/authorize":
                self._authorize("twitch", parts.query)
            case "/login/oauth/authorize":
                self._authorize("github", parts.query)
            case "/oauth2/v1/certs":
                self._json(200, {KEY_ID: self.sites.certificate()})
            case "/helix/users":
                self._user("twitch")
            case "/api/v3/user":
                self._user("github")
            case "/api/v3/user/emails":
                self._emails()
            case _:
                self._json(404, {"message": "Not Found"})

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        self._note(path, form)
        sites = {"/token": "google", "/oauth2/token": "twitch", "/login/oauth/access_token": "github"}
        if path in sites:
            self._token(sites[path], form)
        else:
            self._json(404, {"message": "Not Found"})

    def _note(self, path: str, values: dict[str, str]) -> None:
        self.sites.asked.append((self.command, path))
        self.sites.last[path] = values

    def _authorize(self, site: str, query: str) -> None:
        """As if its user had pressed Allow, or Cancel."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if asked.get("client_id") != CLIENT or asked.get("response_type") != "code":
            return self._json(400, {"error": "invalid_client"})
        answer = {"state": asked["state"]} if "state" in asked else {}
        if error := self.sites.says.get(site):
            answer |= {"error": error, "error_description": "The user said no"}
        else:
            code = secrets.token_urlsafe(16)
            self.sites.grants[code] = Grant(
                site, asked["redirect_uri"], asked.get("code_challenge", ""), time.monotonic() + self.sites.code_s
            )
            answer["code"] = code
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(answer)}")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def _token(self, site: str, form: dict[str, str]) -> None:
        if "token:500" in self.sites.broken:
            return self._json(500, {"message": "We are having trouble"})
        if "token:garbage" in self.sites.broken:
            return self._send(200, b"<html>maintenance</html>", "text/html")
        grant = self.sites.grants.get(form.get("code", ""))
        if not self._is_good(site, grant, form):
            # GitHub says so with status 200.
            error = {"error": "bad_verification_code" if site == "github" else "invalid_grant"}
            return self._json(200 if site == "github" else 400, error)
        assert grant is not None
        grant.used = True
        token = secrets.token_urlsafe(16)
        self.sites.tokens[token] = site
        answer: dict[str, Any] = {"access_token": token, "token_type": "bearer"}
        if site == "google":
            answer |= {"id_token": self.sites.id_token(), "expires_in": 3599}
        if site == "github":  # a form, unless one asks for JSON
            return self._send(200, urlencode(answer).encode(), "application/x-www-form-urlencoded; charset=utf-8")
        return self._json(200, answer)

    def _is_good(self, site: str, grant: Grant | None, form: dict[str, str]) -> bool:
        if grant is None or grant.site != site or grant.used or grant.expires_at < time.monotonic():
            return False
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return False
        if grant.redirect_uri != form.get("redirect_uri"):
            return False
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        return not grant.challenge or grant.challenge == proof.rstrip(b"=").decode()

    def _user(self, site: str) -> None:
        if "user:500" in self.sites.broken:
            return self._send(500, b"oops", "text/plain")
        if "user:garbage" in self.sites.broken:
            return self._json(200, ["what", "is", "this"])
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if "user:401" in self.sites.broken or self.sites.tokens.get(token) != site:
            return self._json(401, {"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"})
        who = self.sites.somebody
        if site == "github":
            login = who.name.split()[0].lower()
            return self._json(200, {"id": int(who.uid), "login": login, "name": who.name, "email": None})
        if self.headers.get("Client-Id") != CLIENT or scheme != "Bearer":
            return self._json(401, {"error": "Unauthorized", "status": 401, "message": "Client ID is missing"})
        user = {"id": who.uid, "login": who.name.split()[0].lower(), "display_name": who.name}
        return self._json(200, {"data": [user | ({"email": who.email} if who.email else {})]})

    def _emails(self) -> None:
        if "emails:404" in self.sites.broken:
            return self._json(404, {"message": "Not Found"})
        who = self.sites.somebody
        found = [(who.email, who.verified, who.primary)] if who.email else []
        found += [(email, verified, False) for email, verified in who.more_emails]
        rows = [
            {"email": email, "verified": verified, "primary": primary, "visibility": None}
            for email, verified, primary in found
        ]
        return self._json(200, rows)

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode(), "application/json; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
