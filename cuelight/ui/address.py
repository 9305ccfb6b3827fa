"""Where a request comes from. Behind a proxy that is what the proxy says, if the proxy is one of ours."""

from django.conf import settings
from django.http import HttpRequest

from cuelight.live.proxies import is_ours, read_address

NOWHERE = "0.0.0.0"  # noqa: S104  (a socket in a folder has no address)


def client_address(request: HttpRequest) -> str:
    """The address of the client, for locks and logs."""
    return resolve(request.META.get("REMOTE_ADDR", ""), request.headers.get(settings.PROXY_HEADER, ""))


def resolve(peer: str, forwarded: str) -> str:
    """The nearest address that is no proxy of ours. What stands left of it anybody may have written."""
    address = read_address(peer)
    for text in reversed(forwarded.split(",")):
        if address is not None and not is_ours(address, settings.TRUSTED_PROXIES):
            break
        nearer = read_address(text)
        if nearer is None:
            break
        address = nearer
    return str(address or NOWHERE)
