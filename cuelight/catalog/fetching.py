"""Pictures that have an address elsewhere come here: one after another, by a job, within bounds.

The address came with a file of somebody's, so it must not reach what only this machine can reach: names are looked up
here, every address they have must be a public one, and the connection goes to the address that was looked at. A
redirect is looked at in the same way.
"""

import socket
import time
from datetime import timedelta
from io import BytesIO
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cuelight.catalog import actions, pictures
from cuelight.catalog.models import PictureToFetch, ProductImage
from cuelight.errors import CuelightError, Invalid
from cuelight.jobs import enqueue

#: Of one picture, all in all.
MOST_SECONDS = 30.0
#: A job hands over to the next after so long, so that others are not kept waiting.
JOB_SECONDS = 60.0
#: A picture that was begun and is not done after so long: its job died.
ABANDONED_AFTER = timedelta(minutes=3)
MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}


def fetch_some(studio_id: int) -> int:
    """Fetches pictures of a studio's list for a minute and asks for the rest; returns how many it looked at.

    May run twice at once: a picture is one job's. What cannot be had stays on the list with its reason.
    """
    until = time.monotonic() + JOB_SECONDS
    done = 0
    while time.monotonic() < until:
        if not _fetch_next(studio_id):
            return done
        done += 1
    enqueue("catalog.fetch_pictures", studio_id=studio_id)
    return done


def download(url: str) -> bytes:
    """The bytes at an address. Raises Invalid with what is wrong: no public address, too large, too slow, not there."""
    until = time.monotonic() + MOST_SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(url, until)
        if isinstance(answer, bytes):
            return answer
        url = answer
    raise Invalid("unreachable_picture", "This address leads to another one again and again.")


def allowed(address: IPv4Address | IPv6Address) -> bool:
    """Whether a picture may be fetched from there: a public address, or one of ``CUELIGHT_PICTURE_NETWORKS``."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped:
        return allowed(mapped)
    if any(address in network for network in settings.PICTURE_NETWORKS):
        return True
    return address.is_global and not address.is_multicast


def _fetch_next(studio_id: int) -> bool:
    """One picture of the list; nothing is locked meanwhile. Returns False when there is none."""
    row = _taken(studio_id)
    if row is None:
        return False
    if ProductImage.objects.filter(product_id=row.product_id, source_url=row.url).exists():
        row.delete()  # the job before ended between the two
        return True
    try:
        data = BytesIO(download(row.url))
        actions.add_image(row.product_id, data, alt_text=row.alt_text, source_url=row.url)
    except CuelightError as error:
        PictureToFetch.objects.filter(pk=row.pk).update(error=error.message[:300] or "It could not be had.")
    else:
        row.delete()
    return True


def _taken(studio_id: int) -> PictureToFetch | None:
    """The next picture, marked as ours. Those of one product come one after another, so that their order holds; one
    whose job died is taken again."""
    lately = timezone.now() - ABANDONED_AFTER
    with transaction.atomic():
        waiting = PictureToFetch.objects.filter(studio_id=studio_id, error="")
        row = (
            waiting.exclude(product_id__in=waiting.filter(taken_at__gt=lately).values("product_id"))
            .select_for_update(skip_locked=True)
            .order_by("id")
            .first()
        )
        if row is not None:
            PictureToFetch.objects.filter(pk=row.pk).update(taken_at=timezone.now())
    return row


def _get(url: str, until: float) -> bytes | str:
    """The bytes, or where it leads to."""
    parts = _checked(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    address = _looked_up(host, port)
    literal = f"[{address}]" if address.version == 6 else str(address)
    target = httpx2.URL(url).copy_with(host=literal.strip("[]"), port=port)
    left = until - time.monotonic()
    if left <= 0:
        raise Invalid("unreachable_picture", "It took too long to answer.")
    try:
        with (
            httpx2.Client(timeout=min(left, 10.0), follow_redirects=False, trust_env=False) as client,
            client.stream(
                "GET",
                target,
                headers={"Host": parts.netloc.rpartition("@")[2], "Accept": "image/*", "User-Agent": "Cuelight"},
                extensions={"sni_hostname": host},
            ) as response,
        ):
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return urljoin(url, response.headers["location"])
            if response.status_code != 200:
                raise Invalid("unreachable_picture", f"The address answers {response.status_code}.")
            return _body(response, until)
    except httpx2.TimeoutException as error:
        raise Invalid("unreachable_picture", "It took too long to answer.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise Invalid("unreachable_picture", "Nothing answers at this address.") from error


def _body(response: httpx2.Response, until: float) -> bytes:
    data = bytearray()
    for piece in response.iter_bytes(1 << 16):
        data += piece
        if len(data) > pictures.LARGEST_FILE:
            raise Invalid("image_too_large", f"This picture is larger than {pictures.LARGEST_FILE >> 20} MB.")
        if time.monotonic() > until:
            raise Invalid("unreachable_picture", "It took too long to arrive.")
    return bytes(data)


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Invalid("invalid_url", "This is no address.") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Invalid("invalid_url", "The address must begin with http:// or https://")
    return parts


def _looked_up(host: str, port: int) -> IPv4Address | IPv6Address:
    """The address to connect to. One that is not public spoils the name: it may answer with either."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Invalid("unreachable_picture", f"There is no host {host[:100]}.") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(allowed(address) for address in addresses):
        raise Invalid("private_address", "This address is not a public one, so nothing is fetched from it.")
    return addresses[0]
