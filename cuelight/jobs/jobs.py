"""Housekeeping of the queue itself."""

from procrastinate.contrib.django import app

from cuelight.jobs import housekeeping

#: Seven minutes past each hour: nobody else's favourite.
HOURLY = "7 * * * *"


@app.periodic(cron=HOURLY)
@app.task(name="jobs.remove_finished", queue="default", pass_context=False)
def remove_finished_jobs(timestamp: int) -> None:
    """Finished jobs of more than seven days, or beyond the newest 10,000, are forgotten."""
    housekeeping.remove_finished()


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_stalled", queue="default", pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """Jobs whose worker died in the middle start again."""
    await housekeeping.retry_stalled(app)
