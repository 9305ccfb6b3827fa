"""What can go wrong between a shop and us, each in a sentence that says what to do. Pure."""

from cuelight.errors import CuelightError


class ShopError(CuelightError):
    """The shop does not do what was asked. ``is_permanent``: it will not either until a person has done something."""

    status = 422

    def __init__(self, reason: str, message: str, *, is_permanent: bool = True) -> None:
        super().__init__(reason, message)
        self.is_permanent = is_permanent


def no_such_shop(domain: str) -> ShopError:
    return ShopError("no_such_shop", f"There is no shop at {domain}. Check the address; it ends in .myshopify.com.")


def moved(domain: str) -> ShopError:
    return ShopError("moved", f"{domain} sends us to another address. Use the shop's own .myshopify.com address.")


def wrong_secret() -> ShopError:
    return ShopError(
        "wrong_secret", "Shopify does not know this client ID with this secret. Copy both again from the app."
    )


def not_installed(domain: str) -> ShopError:
    return ShopError("not_installed", f"The app is not installed on {domain}. Install it there, then try again.")


def not_permitted() -> ShopError:
    return ShopError(
        "not_permitted",
        "Shopify does not let this app into this shop: both must belong to the same organization. "
        "Make the app in the organization that owns the shop.",
    )


def scope_missing() -> ShopError:
    return ShopError(
        "scope_missing",
        "The app may not read products. Give it the scope read_products, release that version, then try again.",
    )


def frozen(domain: str) -> ShopError:
    return ShopError("frozen", f"{domain} is frozen: Shopify waits for its owner to pay or to lift a lock.")


def version_unknown(version: str) -> ShopError:
    return ShopError(
        "version_unknown",
        f"Shopify does not serve version {version} of its API. Whoever runs Cuelight sets another one.",
    )


def refused(message: str) -> ShopError:
    said = " ".join(message.split())[:200]
    return ShopError("refused", f"Shopify does not answer this request: {said or 'it gives no reason'}.")


def other_currency(theirs: str, ours: str) -> ShopError:
    return ShopError(
        "other_currency",
        f"The shop sells in {theirs} and this studio in {ours}; its prices would be wrong here. "
        "Change the currency in the studio's profile, or use a studio of its own.",
    )


def unsealable() -> ShopError:
    return ShopError("unsealable", "The secret kept here can no longer be read. Enter client ID and secret again.")


def away(domain: str) -> ShopError:
    return ShopError("away", f"{domain} does not answer. It is tried again within the hour.", is_permanent=False)


def unreadable(domain: str) -> ShopError:
    return ShopError(
        "unreadable", f"What {domain} answers cannot be read. It is tried again within the hour.", is_permanent=False
    )


def busy() -> ShopError:
    return ShopError(
        "busy", "The shop is busy with other requests. It is tried again within the hour.", is_permanent=False
    )


def broken() -> ShopError:
    return ShopError("broken", "Something broke on our side. It is tried again within the hour.", is_permanent=False)
