"""Where a request comes from. Behind a proxy that is what the proxy says, if the proxy is one of ours."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104  (a socket in a folder has no address)


def client_address(request: HttpRequest) -> str:
    """The address of the client, for locks and logs."""
    return resolve(request.META.get("REMOTE_ADDR", ""), request.headers.get(settings.PROXY_HEADER, ""))


def resolve(peer: str, forwarded: str) -> str:
    """The nearest address that is no proxy of ours. What stands left of it anybody may have written."""
    address = _read(peer)
    for text in reversed(forwarded.split(",")):
        if address is not None and not _is_proxy(address):
            break
        nearer = _read(text)
        if nearer is None:
            break
        address = nearer
    return str(address or NOWHERE)


def _is_proxy(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]  # an IPv4 address with its port
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
