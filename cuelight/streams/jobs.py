"""Jobs of the streams; each calls one action."""

from django.utils import timezone
from procrastinate.contrib.django import app

from cuelight.jobs import job
from cuelight.streams import alert_actions, upkeep
from cuelight.streams.orders import importing, looking, writing


@job("streams.look_at_orders")
def look_at_orders(import_id: int) -> None:
    looking.look_now(import_id)


@job("streams.read_orders_in")
def read_orders_in(import_id: int, by: int | None = None, token_id: int | None = None) -> None:
    writing.apply_now(import_id, by=by, token_id=token_id)


@app.periodic(cron="7 3 * * *")
@app.task(name="streams.forget_old", queue="default", pass_context=False)
def forget_old(timestamp: int) -> None:
    """Days to come get their tables, and what is kept no longer goes; so do order files that nobody read in."""
    now = timezone.now()
    upkeep.make_days(now)
    upkeep.forget_old(now)
    importing.forget_old()
    alert_actions.forget_old(now)
