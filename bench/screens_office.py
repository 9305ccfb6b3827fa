"""The pages of the office, in their states: the catalogue, imports, the shop, the builder, the studio and one's own."""

import re
from collections.abc import Callable
from typing import Any

from arena import ROOT
from shot import SIZES, shoot

Enter = Callable[..., Any]
SAMPLES = ROOT / "samples"
STUDIO = "/studios/pavoi"
#: Pages that only have to be opened, per role.
PLAIN = {
    "producer": {
        "home": "/home",
        "sessions": "/sessions",
        "session-new": "/sessions/new",
        "session-settings": "/sessions/2/settings",
        "imports": "/imports",
        "products": "/products",
        "products-filtered": "/products?brand=1&picture=yes&sort=price",
        "products-mistyped": "/products?q=lariet",
        "products-nothing": "/products?q=nothing-is-called-this",
        "product": "/products/3/edit",
        "product-new": "/products/new",
        "pictures": "/products/1/pictures",
        "brands": "/brands",
        "brand": "/brands/1/edit",
        "account": "/account",
        "look": "/dev/look",
        "error-404": "/nowhere",
        "error-403": "/dev/look/403",
        "error-500": "/dev/look/500",
        "without-network": "/offline",
    },
    "admin": {
        "studio": f"{STUDIO}/settings",
        "members": f"{STUDIO}/members",
        "invitations": f"{STUDIO}/invitations",
        "passphrases": f"{STUDIO}/passphrases",
        "tokens": f"{STUDIO}/tokens",
        "shopify": f"{STUDIO}/shopify",
        "audit": f"{STUDIO}/audit",
        "danger": f"{STUDIO}/danger",
    },
}


def plain(enter: Enter, base: str) -> None:
    """Both themes, as both are used in an office."""
    for scheme in ("dark", "light"):
        for role, pages in PLAIN.items():
            page = enter(role, "/sessions", color_scheme=scheme)
            for name, path in pages.items():
                page.goto(base + path)
                page.wait_for_load_state("networkidle")
                shoot(page, f"{name}-{scheme}", sizes=SIZES if scheme == "dark" else SIZES[1:2])
            page.context.clear_cookies()
            if role == "producer":
                page.goto(base + "/sign-in")
                shoot(page, f"sign-in-{scheme}")
            page.context.close()


def catalogue(enter: Enter, base: str) -> None:
    """What opens over the catalogue and what it answers."""
    page = enter("producer", "/products")
    _ready(page, "ProductList")
    search = page.get_by_label("Search products")
    search.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.get_by_role("toolbar", name="Selected products").wait_for()
    shoot(page, "products-selected")
    page.get_by_role("button", name="Price", exact=True).press("Enter")
    shoot(page, "products-price")
    page.goto(base + "/products/3/edit")
    _ready(page, "ProductForm")
    page.get_by_role("button", name="Delete").press("Enter")
    page.get_by_label("Sale price").fill("x")
    page.keyboard.press("Tab")
    page.get_by_text("Invalid price").wait_for()
    shoot(page, "product-refused")
    page.goto(base + "/products/4/edit")
    _ready(page, "ProductForm")
    page.get_by_role("button", name="Duplicate").press("Enter")
    page.wait_for_url(lambda url: "/products/4/" not in url)
    _ready(page, "ProductForm")
    page.get_by_role("button", name="Delete").press("Enter")
    page.locator(".toast").wait_for()
    shoot(page, "products-undo")
    page.goto(base + "/products/1/pictures")
    _ready(page, "ProductPictures")
    page.get_by_label("Pictures to add").set_input_files({"name": "a.svg", "mimeType": "", "buffer": b"<svg/>"})
    page.get_by_role("button", name=re.compile("^Picture 2 of 2")).focus()
    page.keyboard.press("Space")
    shoot(page, "pictures-moving")
    page.context.close()


def imports(enter: Enter, base: str) -> None:
    page = enter("producer", "/imports")

    def upload(file: str, brand: str = "") -> None:
        page.goto(base + "/imports")
        # As somebody has it who has gone over the prices since.
        read = (SAMPLES / file).read_bytes().replace(b"7.99", b"5.99")
        page.get_by_label("File", exact=True).set_input_files({"name": file, "mimeType": "text/csv", "buffer": read})
        if brand:
            page.get_by_label("or a new brand").fill(brand)
        page.get_by_role("button", name="Preview").press("Enter")

    upload("supplier-unicode.txt", "Supplier")
    page.get_by_text("Which column is which?").wait_for()
    shoot(page, "import-columns")
    upload("shopify-60-products.csv", "Shop")
    page.get_by_text("Nothing is written yet.").wait_for()
    shoot(page, "import-new")
    upload("holiday-vault.csv")
    page.get_by_label("Update products that are there already").check()
    page.get_by_text(re.compile("prices? change")).first.wait_for()
    shoot(page, "import-changes")
    page.get_by_role("button", name=re.compile("^Import ")).press("Enter")
    page.get_by_text("Done:").wait_for()
    shoot(page, "import-done")
    upload("broken.csv")
    page.get_by_role("heading", name="What is wrong").wait_for()
    shoot(page, "import-wrong")
    page.goto(base + "/imports")
    shoot(page, "imports-recent")
    page.context.close()


def shop(enter: Enter, client: str, secret: str) -> None:
    page = enter("admin", f"{STUDIO}/shopify")
    page.get_by_label("Address of the shop").fill("pavoi")
    page.get_by_label("Client ID").fill(client)
    page.get_by_label("Client secret").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("Shopify does not know this client ID").wait_for()
    shoot(page, "shopify-refused")
    page.get_by_label("Client secret").fill(secret)
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Last syncs").get_by_text(re.compile(r"new \d+")).wait_for(timeout=60_000)
    shoot(page, "shopify-synced")
    page.context.close()


def sessions(enter: Enter, base: str, show: int, empty: int) -> None:
    """The list's menu, and the builder with each of its panels."""
    page = enter("producer", "/sessions")
    menu = page.get_by_label("More for Holiday Vault")
    shoot(page, "sessions-menu", menu.click, again=lambda: page.keyboard.press("Escape"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go to a session or page").click()
    page.locator("[role=option]").first.wait_for()
    shoot(page, "palette")
    page.goto(f"{base}/sessions/{empty}/edit")
    page.get_by_role("heading", name="Nothing in the lineup yet").wait_for()
    shoot(page, "builder-empty")
    page.goto(f"{base}/sessions/2/edit")
    page.get_by_role("grid", name="Lineup").locator("[data-item]").first.wait_for()
    shoot(page, "builder")
    page.keyboard.press("/")
    page.keyboard.type("hoops")
    shoot(page, "builder-picker")
    page.keyboard.press("Control+a")
    page.keyboard.type("tenis")
    shoot(page, "builder-mistyped")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    for number in (13, 5):
        page.keyboard.type(str(number))
        page.keyboard.press("Enter")
        page.keyboard.press("p")
        page.keyboard.type(f"Vault {number}")
        page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Item").wait_for()
    shoot(page, "builder-item")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    page.get_by_role("region", name="Several items").wait_for()
    shoot(page, "builder-several")
    page.get_by_role("tab", name="Session").click()
    shoot(page, "builder-session")
    page.get_by_role("tab", name="Products").click()
    page.get_by_role("button", name="Paste a list").click()
    page.get_by_role("dialog", name="Paste a list").wait_for()
    page.keyboard.type("1\n2\nPV-LAR-G\nnobody")
    page.get_by_text("Not found", exact=True).wait_for()
    shoot(page, "builder-paste")
    page.goto(f"{base}/sessions/{show}/history")
    shoot(page, "history-empty")
    page.goto(f"{base}/sessions/{show}/paper")
    shoot(page, "paper")
    page.context.close()


def _ready(page: Any, island: str) -> None:
    page.locator(f"[data-island={island}][data-ready]").wait_for(state="attached")
