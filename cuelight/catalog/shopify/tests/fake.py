"""Shopify as far as reading products goes, over HTTP on loopback: tokens, GraphQL with its costs, pictures, webhooks.

``with ShopifyFake() as fake`` starts it; ``fake.url`` goes into ``CUELIGHT_SHOPIFY_URL``. Written from what Shopify
documents, not from our client: a query is parsed, an unknown field is an error, only what was asked for is answered.
``fake.fail("graphql", "429", "500")`` makes the next requests of that kind go wrong, one each; `FAULTS` says how.
"""

import base64
import hashlib
import hmac
import io
import json
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from PIL import Image

DOMAIN = "pavoi.myshopify.com"
CLIENT, SECRET = "client-of-pavoi", "shpss_0123456789abcdef"

#: What can go wrong, and how it looks on the wire.
FAULTS = {
    "401": (401, {}, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}),
    "402": (402, {}, {"errors": "This shop's plan does not have access to this feature"}),
    "403": (403, {}, {"errors": "[API] This action requires merchant approval for read_products scope."}),
    "404": (404, {}, {"errors": "Not Found"}),
    "423": (423, {}, {"errors": "This shop is unavailable"}),
    "429": (429, {}, {"errors": "Exceeded 2 calls per second for api client."}),
    "429 after 1": (429, {"Retry-After": "1.0"}, {"errors": "Exceeded 2 calls per second for api client."}),
    "429 for ever": (429, {"Retry-After": "86400"}, {"errors": "Exceeded 2 calls per second for api client."}),
    "500": (500, {}, {"errors": "Internal Server Error"}),
    "503": (503, {}, "<html><body>Shopify is down</body></html>"),
    "redirect": (301, {"Location": "https://shop.example/"}, ""),
    "html": (200, {}, "<!doctype html><title>Log in</title>"),
    "garbage": (200, {}, b"\xff\xfe\x00not json"),
    "list": (200, {}, []),
    "denied": (200, {}, {"errors": [{"message": "Access denied for products field. Required access: `read_products`"
                                     " access scope.", "extensions": {"code": "ACCESS_DENIED"}}]}),
    "internal": (200, {}, {"errors": [{"message": "Internal error.",
                                       "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}),
    "no data": (200, {}, {"extensions": {}}),
    "invalid_client": (400, {}, {"error": "invalid_client", "error_description": "unknown client"}),
    "shop_not_permitted": (400, {}, {"error": "shop_not_permitted"}),
    "app_not_installed": (400, {}, {"error": "app_not_installed"}),
}  # fmt: skip
#: Those that end the connection or take their time: handled where the answer is written.
BREAKS = ("close", "truncated", "slow", "drip")


@dataclass
class Token:
    secret: str
    ends_at: float


@dataclass
class ShopifyFake:
    client_id: str = CLIENT
    client_secret: str = SECRET
    scope: str = "read_products"
    currency: str = "USD"
    name: str = "Pavoi Jewelry"
    is_installed: bool = True
    #: Seconds that a token is good for, as it is said and as it is.
    lasts: int = 86_399
    really_lasts: float | None = None
    #: The version that is served when the one asked for is retired.
    serves: str = ""
    #: The cost bucket: most points, points a second, most points of one query; points of a product.
    most: float = 2000.0
    rate: float = 100.0
    most_at_once: float = 1000.0
    cost_each: float = 1.0
    products: dict[int, dict[str, Any]] = field(default_factory=dict)
    images: dict[str, bytes] = field(default_factory=dict)
    subscriptions: list[dict[str, str]] = field(default_factory=list)
    #: What was asked for, in order: ("token", {}) and ("products", variables) and ("image", {"path": …}).
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    throttled: int = 0
    now: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __enter__(self) -> Self:
        self._faults: dict[str, deque[str]] = {}
        self._tokens: list[Token] = []
        self._available, self._at = self.most, time.monotonic()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """For ``CUELIGHT_SHOPIFY_URL``."""
        return self.origin + "/{shop}"

    def fail(self, kind: str, *faults: str) -> None:
        """The next requests of a kind (token, graphql, image) go wrong like this; "" lets one through."""
        assert not set(faults) - set(FAULTS) - set(BREAKS) - {""}
        self._faults.setdefault(kind, deque()).extend(faults)

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    def revoke(self) -> None:
        """Every token is void, as after a rotation."""
        self._tokens.clear()

    def count(self, what: str) -> int:
        return sum(1 for kind, _ in self.asked if kind == what)

    # Products.

    def add(self, number: int, title: str, **fields: Any) -> dict[str, Any]:
        """A product with one variant; ``price``, ``compare_at``, ``quantity`` and the like are the variant's."""
        variant = {
            "sku": fields.pop("sku", f"SKU-{number}"),
            "price": fields.pop("price", "49.99"),
            "compareAtPrice": fields.pop("compare_at", None),
            "inventoryQuantity": fields.pop("quantity", 5),
            "barcode": fields.pop("barcode", None),
        }
        variants = fields.pop("variants", None) or [{"title": "Default Title", **variant}]
        self.products[number] = {
            "handle": re.sub(r"\W+", "-", title.lower()).strip("-"),
            "title": title,
            "descriptionHtml": "",
            "vendor": "Pavoi",
            "productType": "Earrings",
            "tags": [],
            "status": "ACTIVE",
            "media": [],
            **fields,
            "variants": [self._variant(number, index, one) for index, one in enumerate(variants)],
        }
        return self.touch(number)

    def touch(self, number: int, **fields: Any) -> dict[str, Any]:
        """Changes a product; its updatedAt moves on. ``price`` and the like change its first variant."""
        product = self.products[number]
        names = {"price": "price", "compare_at": "compareAtPrice", "quantity": "inventoryQuantity", "sku": "sku"}
        for name, key in names.items():
            if name in fields:
                product["variants"][0][key] = fields.pop(name)
        product.update(fields)
        self.now += timedelta(seconds=1)
        product["updatedAt"] = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        return product

    def picture(self, name: str, color: str = "red", version: int = 1) -> str:
        """An address of a picture that is there."""
        drawn = io.BytesIO()
        Image.new("RGB", (60, 40), color).save(drawn, "PNG")
        self.images[f"/cdn/{name}"] = drawn.getvalue()
        return f"{self.origin}/cdn/{name}?v={version}"

    @staticmethod
    def media(*urls: str, alt: str = "") -> list[dict[str, Any]]:
        return [
            {
                "id": f"gid://shopify/MediaImage/{index}",
                "alt": alt,
                "mediaContentType": "IMAGE",
                "image": {"url": url, "width": 60, "height": 40},
            }
            for index, url in enumerate(urls, start=1)
        ]

    def _variant(self, number: int, index: int, given: dict[str, Any]) -> dict[str, Any]:
        plain = {"price": "49.99", "compareAtPrice": None, "inventoryQuantity": 5, "sku": "", "barcode": None}
        return {
            "id": f"gid://shopify/ProductVariant/{number}{index:04}",
            "title": f"Variant {index}",
            "inventoryPolicy": "DENY",
            "inventoryItem": {"tracked": True},
            **plain,
            **given,
        }

    # Webhooks.

    def webhook(self, topic: str, payload: Any, *, secret: str = "", **headers: str) -> dict[str, Any]:
        """One delivery, signed: ``{"data": body, "headers": {…}}``; a header can be given otherwise."""
        body = json.dumps(payload, ensure_ascii=False).encode()
        digest = hmac.new((secret or self.client_secret).encode(), body, hashlib.sha256).digest()
        said: dict[str, Any] = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-SHA256": base64.b64encode(digest).decode(),
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": secrets.token_hex(8),
            "X-Shopify-Event-Id": secrets.token_hex(8),
            "X-Shopify-Triggered-At": "2026-11-20T12:00:00.000000000Z",
        }
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        return {"data": body, "headers": said}

    def rest(self, number: int) -> dict[str, Any]:
        """A product as webhooks have it: numbers for ids, underscores, one text of tags."""
        product = self.products[number]
        return {
            "id": number,
            "admin_graphql_api_id": f"gid://shopify/Product/{number}",
            "title": product["title"],
            "body_html": product["descriptionHtml"],
            "handle": product["handle"],
            "updated_at": product["updatedAt"].replace("Z", "+00:00"),
            "tags": ", ".join(product["tags"]),
            "variants": [{"id": 1, "price": one["price"]} for one in product["variants"]],
            "images": [],
        }

    # Answers.

    def fault_of(self, kind: str) -> str:
        waiting = self._faults.get(kind)
        return waiting.popleft() if waiting else ""

    def grant(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(("token", {}))
        if form.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return 400, {"error": "invalid_client"}
        if not self.is_installed:
            return 400, {"error": "app_not_installed"}
        lasts = self.lasts if self.really_lasts is None else self.really_lasts
        token = Token(f"shpat_{secrets.token_hex(16)}", time.monotonic() + lasts)
        self._tokens.append(token)
        return 200, {"access_token": token.secret, "scope": self.scope, "expires_in": self.lasts}

    def knows(self, secret: str) -> bool:
        good = [one.secret for one in self._tokens if one.ends_at > time.monotonic()]
        return self.is_installed and secret in good

    def execute(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        root = _Parser(query).document()
        first = max((self._first(one, variables) for one in _connections(root)), default=0)
        cost = 2 + first * self.cost_each
        if cost > self.most_at_once:
            extensions = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": self.most_at_once}
            return {"errors": [{"message": f"Query cost is {cost}, which is too much", "extensions": extensions}]}
        with self._lock:
            now = time.monotonic()
            self._available = min(self.most, self._available + (now - self._at) * self.rate)
            self._at = now
            if self._available < cost:
                self.throttled += 1
                error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
                return {"errors": [error], "extensions": {"cost": self._cost(cost, None)}}
            self._available -= cost
        try:
            data = {one.name: self._root(one, variables) for one in root}
        except _GraphQLError as error:
            return {"errors": [{"message": str(error), "extensions": {"code": "undefinedField"}}]}
        return {"data": data, "extensions": {"cost": self._cost(cost, cost)}}

    def _cost(self, asked: float, actual: float | None) -> dict[str, Any]:
        status = {"maximumAvailable": self.most, "currentlyAvailable": self._available, "restoreRate": self.rate}
        return {"requestedQueryCost": asked, "actualQueryCost": actual, "throttleStatus": status}

    def _root(self, one: "_Field", variables: dict[str, Any]) -> Any:
        arguments = one.resolved(variables)
        self.asked.append((one.name, arguments))
        match one.name:
            case "shop":
                return one.pick({"name": self.name, "currencyCode": self.currency}, variables)
            case "productsCount":
                return one.pick({"count": len(self._found(arguments.get("query")))}, variables)
            case "products":
                found = [self._node(number) for number in self._found(arguments.get("query"))]
                return one.pick_page(found, variables)
            case "product":
                number = int(str(arguments["id"]).rpartition("/")[2])
                return one.pick(self._node(number), variables) if number in self.products else None
            case "webhookSubscriptions":
                return one.pick_page(self.subscriptions, variables)
            case "webhookSubscriptionCreate":
                return one.pick(self._subscribe(arguments), variables)
        raise _GraphQLError(f"Field '{one.name}' doesn't exist on type 'QueryRoot'")

    def _subscribe(self, arguments: dict[str, Any]) -> dict[str, Any]:
        made = {"topic": arguments["topic"], "uri": arguments["webhookSubscription"]["uri"]}
        if any(one["topic"] == made["topic"] and one["uri"] == made["uri"] for one in self.subscriptions):
            taken = {"field": ["webhookSubscription"], "message": "Address for this topic has already been taken"}
            return {"webhookSubscription": None, "userErrors": [taken]}
        if not made["uri"].startswith("https://"):
            wrong = {"field": ["webhookSubscription", "uri"], "message": "Address must be https"}
            return {"webhookSubscription": None, "userErrors": [wrong]}
        self.subscriptions.append({"id": f"gid://shopify/WebhookSubscription/{len(self.subscriptions)}", **made})
        return {"webhookSubscription": self.subscriptions[-1], "userErrors": []}

    def _found(self, search: str | None) -> list[int]:
        since = re.search(r"updated_at:>=?'([^']+)'", search or "")
        if search and not since:
            raise _GraphQLError(f"cannot search for {search}")
        after = since[1] if since else ""
        return [number for number in sorted(self.products) if self.products[number]["updatedAt"] >= after]

    def _node(self, number: int) -> dict[str, Any]:
        return {"id": f"gid://shopify/Product/{number}", **self.products[number]}

    def _first(self, one: "_Field", variables: dict[str, Any]) -> int:
        return int(one.resolved(variables).get("first") or 0) if one.name == "products" else 0


class _GraphQLError(Exception):
    pass


@dataclass
class _Field:
    name: str
    arguments: dict[str, Any]
    fields: list["_Field"]

    def resolved(self, variables: dict[str, Any]) -> dict[str, Any]:
        return {name: _resolve(value, variables) for name, value in self.arguments.items()}

    def pick(self, value: dict[str, Any] | None, variables: dict[str, Any]) -> dict[str, Any] | None:
        """Of a value only what was asked for."""
        return None if value is None else {one.name: one.of(value, variables) for one in self.fields}

    def of(self, value: dict[str, Any], variables: dict[str, Any]) -> Any:
        if self.name not in value:
            raise _GraphQLError(f"Field '{self.name}' doesn't exist")
        found = value[self.name]
        if isinstance(found, list) and self.fields and "first" in self.arguments:
            return self.pick_page(found, variables)
        if isinstance(found, list) and self.fields:
            return [self.pick(one, variables) for one in found]
        return self.pick(found, variables) if self.fields else found

    def pick_page(self, values: list[Any], variables: dict[str, Any]) -> dict[str, Any]:
        """A connection: so many behind the cursor, which is the id of the last one."""
        arguments = self.resolved(variables)
        after, first = arguments.get("after"), int(arguments.get("first") or 0)
        ids = [str(value["id"]) for value in values]
        if not 0 < first <= 250:
            raise _GraphQLError("first must be from 1 to 250")
        start = 0
        if after is not None:
            last = base64.b64decode(after).decode()
            number = last.rpartition("/")[2]
            if not number.isdecimal():
                raise _GraphQLError("Invalid cursor for current pagination sort.")
            start = sum(1 for one in ids if int(one.rpartition("/")[2]) <= int(number))
        page = values[start : start + first]
        cursor = base64.b64encode(ids[start + len(page) - 1].encode()).decode() if page else None
        info = {"hasNextPage": start + first < len(values), "endCursor": cursor}
        said = {"pageInfo": info, "nodes": page}
        return {one.name: one.of(said, variables) for one in self.fields}


class _Parser:
    """As much of GraphQL as a query of fields, arguments, variables and inline fragments is."""

    def __init__(self, text: str) -> None:
        self._tokens = deque(re.findall(r'"(?:[^"\\]|\\.)*"|\.\.\.|[\w]+|[{}()\[\]:$!=]', text))

    def document(self) -> list[_Field]:
        if self._tokens[0] in ("query", "mutation"):
            self._tokens.popleft()
            if self._tokens[0] != "{":
                while self._tokens[0] != "{":
                    self._tokens.popleft()
        return self._selection()

    def _selection(self) -> list[_Field]:
        self._take("{")
        found: list[_Field] = []
        while self._tokens[0] != "}":
            if self._tokens[0] == "...":
                for _ in range(3):  # ... on Type
                    self._tokens.popleft()
                found += self._selection()
                continue
            name = self._tokens.popleft()
            arguments = self._arguments() if self._tokens[0] == "(" else {}
            found.append(_Field(name, arguments, self._selection() if self._tokens[0] == "{" else []))
        self._take("}")
        return found

    def _arguments(self) -> dict[str, Any]:
        self._take("(")
        found = self._pairs(")")
        self._take(")")
        return found

    def _pairs(self, end: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._tokens[0] != end:
            name = self._tokens.popleft()
            self._take(":")
            found[name] = self._value()
        return found

    def _value(self) -> Any:
        token = self._tokens.popleft()
        if token == "$":
            return ("$", self._tokens.popleft())
        if token == "{":
            found = self._pairs("}")
            self._take("}")
            return found
        if token.startswith('"'):
            return json.loads(token)
        return int(token) if token.isdecimal() else token

    def _take(self, wanted: str) -> None:
        found = self._tokens.popleft()
        if found != wanted:
            raise _GraphQLError(f"Expected {wanted}, found {found}")


def _resolve(value: Any, variables: dict[str, Any]) -> Any:
    if isinstance(value, tuple):
        return variables.get(value[1])
    if isinstance(value, dict):
        return {name: _resolve(one, variables) for name, one in value.items()}
    return value


def _connections(fields: list[_Field]) -> Iterator[_Field]:
    for one in fields:
        yield one
        yield from _connections(one.fields)


class _Handler(BaseHTTPRequestHandler):
    fake: ShopifyFake
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        domain, _, path = self.path.lstrip("/").partition("/")
        if domain != DOMAIN:
            self._answer(404, {}, {"errors": "Not Found"})
        elif path == "admin/oauth/access_token":
            self._or_fault("token", lambda: self.fake.grant(self._form(body)))
        elif version := re.fullmatch(r"admin/api/(20\d\d-\d\d)/graphql\.json", path):
            self._or_fault("graphql", lambda: self._graphql(body), version[1])
        else:
            self._answer(404, {}, {"errors": "Not Found"})

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.fake.asked.append(("image", {"path": path}))
        fault = self.fake.fault_of("image")
        if fault:
            self._break(fault)
        elif path in self.fake.images:
            self._answer(200, {"Content-Type": "image/png"}, self.fake.images[path])
        else:
            self._answer(404, {}, "")

    def _form(self, body: bytes) -> dict[str, str]:
        if "json" in self.headers.get("Content-Type", ""):
            return dict(json.loads(body))
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}

    def _graphql(self, body: bytes) -> tuple[int, Any]:
        if not self.fake.knows(self.headers.get("X-Shopify-Access-Token", "")):
            status, _, said = FAULTS["401"]
            return status, said
        asked = json.loads(body)
        return 200, self.fake.execute(asked["query"], asked.get("variables") or {})

    def _or_fault(self, kind: str, answer: Any, version: str = "") -> None:
        fault = self.fake.fault_of(kind)
        if fault:
            self._break(fault)
            return
        status, said = answer()
        self._answer(status, {"X-Shopify-API-Version": self.fake.serves or version} if version else {}, said)

    def _break(self, fault: str) -> None:
        self.close_connection = True
        if fault == "close":
            return
        if fault == "truncated":
            self._begin(200, {}, 1000)
            self.wfile.write(b'{"data": {"products"')
        elif fault == "slow":
            time.sleep(2.0)
        elif fault == "drip":
            self._begin(200, {}, 1000)
            for _ in range(100):
                try:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.05)
        else:
            self._answer(*FAULTS[fault])

    def _answer(self, status: int, headers: dict[str, str], said: Any) -> None:
        text = said if isinstance(said, str | bytes) else json.dumps(said)
        body = text if isinstance(text, bytes) else text.encode()
        self._begin(status, headers, len(body))
        self.wfile.write(body)

    def _begin(self, status: int, headers: dict[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(length)} | headers).items():
            self.send_header(name, value)
        self.end_headers()
