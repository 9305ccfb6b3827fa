"""The list of sessions: its tabs with their counts, what is searched, the order, and one page of rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils import timezone

from cuelight.accounts.access import Access
from cuelight.sessions.models import LineupItem, Session, SessionHost
from cuelight.ui.tabbed import Tab, page_of

#: Rows of one page.
PAGE = 50
#: Sessions that a new one can be begun from; older ones are copied from their row.
MOST_SOURCES = 200
MOST_BRANDS = 2
Status = Session.Status
#: What each tab holds. Only those who prepare shows have use for the last two.
TABS: Mapping[str, tuple[str, Q]] = {
    "upcoming": ("Upcoming & drafts", Q(is_template=False, is_archived=False, status=Status.DRAFT)),
    "live": ("Live", Q(is_template=False, is_archived=False, status__in=(Status.LIVE, Status.REHEARSAL))),
    "complete": ("Complete", Q(is_template=False, is_archived=False, status=Status.COMPLETE)),
    "templates": ("Templates", Q(is_template=True, is_archived=False)),
    "archived": ("Archived", Q(is_archived=True)),
}
FOR_THE_DESK = ("templates", "archived")
SORTS = {"schedule": "By schedule", "newest": "Newest first"}


class HostRow(NamedTuple):
    """Somebody on camera."""

    name: str
    is_primary: bool

    @property
    def initials(self) -> str:
        """As ``initials.ts`` draws them."""
        words = self.name.split()
        ends = [words[0], words[-1]] if len(words) > 1 else words
        return "".join(word[0].upper() for word in ends) or "?"


class Row(NamedTuple):
    """A session in the list."""

    id: int
    name: str
    slug: str
    status: str
    scheduled_at: datetime | None
    started_at: datetime | None
    duration_minutes: int
    is_template: bool
    is_archived: bool
    item_count: int
    hosts: list[HostRow]
    brands: str


class Listing(NamedTuple):
    """One page of one tab. ``total`` counts all that was found in it."""

    tabs: list[Tab]
    tab: str
    rows: list[Row]
    total: int
    number: int
    pages: int
    on_air: list[Row]


class Source(NamedTuple):
    """A session that a new one can be made of."""

    id: int
    name: str
    scheduled_at: datetime | None
    item_count: int


def listing(access: Access, *, tab: str, words: str, sort: str, page: str, desk: bool) -> Listing:
    """The page of the list that was asked for; what does not exist is taken for the first. ``words`` are looked for in
    names, short names and the names of hosts, each. Without any the shows on air stand before the first page of the
    others (``on_air``)."""
    found = matching(access, words)
    known = [key for key in TABS if desk or key not in FOR_THE_DESK]
    counts = found.aggregate(**{key: Count("pk", filter=TABS[key][1]) for key in known})
    tab = tab if tab in known else "upcoming"
    total = counts[tab]
    number, pages = page_of(page, total, PAGE)
    ordered = found.filter(TABS[tab][1]).order_by(*_order(tab, sort))
    running = found.filter(TABS["live"][1]).order_by("status", "-started_at", "-id")
    return Listing(
        tabs=[Tab(key, TABS[key][0], counts[key]) for key in known],
        tab=tab,
        rows=rows(ordered[(number - 1) * PAGE : number * PAGE]),
        total=total,
        number=number,
        pages=pages,
        on_air=rows(running[:PAGE]) if tab == "upcoming" and number == 1 and not words.split() else [],
    )


def matching(access: Access, words: str) -> QuerySet[Session]:
    """The sessions that this access reaches and every word fits."""
    found = Session.objects.filter(studio_id=access.studio_id)
    if access.session_id is not None:
        found = found.filter(pk=access.session_id)
    for word in words.replace("\0", "").split()[:8]:
        hosted = SessionHost.objects.filter(person__name__icontains=word).values("session_id")
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word) | Q(pk__in=hosted))
    return found


def rows(sessions: QuerySet[Session]) -> list[Row]:
    """What the list shows of these, in their order. Three queries more for any number."""
    found = list(sessions)
    ids = [session.pk for session in found]
    items, brands = _contents(ids)
    hosts = _hosts(ids)
    return [
        Row(
            id=session.pk,
            name=session.name,
            slug=session.slug,
            status=session.status,
            scheduled_at=session.scheduled_at,
            started_at=session.started_at,
            duration_minutes=session.duration_minutes,
            is_template=session.is_template,
            is_archived=session.is_archived,
            item_count=items.get(session.pk, 0),
            hosts=hosts.get(session.pk, []),
            brands=_brands(brands.get(session.pk, [])),
        )
        for session in found
    ]


def sources(studio_id: int, *, templates: bool) -> list[Source]:
    """What a new session can be made of: the templates by name, or the newest sessions."""
    wanted = Session.objects.filter(studio_id=studio_id, is_template=templates)
    wanted = wanted.filter(is_archived=False).order_by("name", "pk") if templates else wanted.order_by("-pk")
    found = wanted.annotate(item_count=Count("items"))[:MOST_SOURCES]
    return [Source(one.pk, one.name, one.scheduled_at, one.item_count) for one in found]


def _order(tab: str, sort: str) -> list[Any]:
    """Of what is to come the next first, behind it what has no day yet, then what was never done; of what is over the
    last first."""
    if sort == "newest":
        return ["-pk"]
    if tab == "templates":
        return ["name", "pk"]
    day = F("scheduled_at")
    if tab not in ("upcoming", "live"):
        return [day.desc(nulls_last=True), "-pk"]
    # A show whose hour has come and that nobody has started is still to come, for half a day.
    missed = Q(scheduled_at__lt=timezone.now() - timedelta(hours=12))
    return [
        Case(When(missed, then=Value(2)), When(scheduled_at=None, then=Value(1)), default=Value(0)),
        day.asc(),
        "-pk",
    ]


def _contents(session_ids: Sequence[int]) -> tuple[dict[int, int], dict[int, list[str]]]:
    """Of each session the number of its items, and its brands, the one with the most items first."""
    lines = LineupItem.objects.filter(session_id__in=session_ids)
    counted: Any = (
        lines.values_list("session_id", "product__brand__name").annotate(count=Count("pk")).order_by("-count")
    )
    items: dict[int, int] = {}
    brands: dict[int, list[str]] = {}
    for session_id, brand, many in counted:
        items[session_id] = items.get(session_id, 0) + many
        brands.setdefault(session_id, []).append(brand)
    return items, brands


def _brands(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_BRANDS])
    return f"{shown} +{len(names) - MOST_BRANDS}" if len(names) > MOST_BRANDS else shown


def _hosts(session_ids: Sequence[int]) -> dict[int, list[HostRow]]:
    """Of each session its hosts, the primary ones first."""
    found = SessionHost.objects.filter(session_id__in=session_ids).order_by("-role", "pk")
    hosts: dict[int, list[HostRow]] = {}
    for session_id, name, role in found.values_list("session_id", "person__name", "role"):
        hosts.setdefault(session_id, []).append(HostRow(name, role == SessionHost.Role.PRIMARY))
    return hosts
