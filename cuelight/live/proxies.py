"""What a proxy says of the client in front of it. It is believed of a proxy of ours, and of nobody else. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]


def read_address(text: str) -> Address | None:
    """An address as peers and proxies write it, with or without a port."""
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


def is_ours(address: Address | None, proxies: Networks) -> bool:
    return address is not None and any(address in network for network in proxies)


def came_encrypted(peer: str, forwarded_proto: str, proxies: Networks) -> bool:
    """Whether a proxy of ours says that the client spoke TLS with it, and with each proxy on the way to it.

    A list holds what earlier proxies said, and what a client made up: it counts only if all of it says so.
    """
    said = [word.strip().lower() for word in forwarded_proto.split(",")]
    return is_ours(read_address(peer), proxies) and all(word == "https" for word in said)
