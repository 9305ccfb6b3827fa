"""Jobs of the streams; each calls one action."""

from django.utils import timezone
from procrastinate.contrib.django import app

from cuelight.streams import upkeep


@app.periodic(cron="7 3 * * *")
@app.task(name="streams.forget_old", queue="default", pass_context=False)
def forget_old(timestamp: int) -> None:
    """Days to come get their tables, and what is kept no longer goes."""
    now = timezone.now()
    upkeep.make_days(now)
    upkeep.forget_old(now)
