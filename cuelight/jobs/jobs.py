"""Housekeeping of the queue itself."""

from procrastinate.contrib.django import app

from cuelight.jobs.housekeeping import BEAT_S, remove_finished

#: Seven minutes past each hour: nobody else's favourite.
HOURLY = "7 * * * *"


@app.periodic(cron=HOURLY)
@app.task(name="jobs.remove_finished", queue="default", pass_context=False)
def remove_finished_jobs(timestamp: int) -> None:
    """Finished jobs of more than seven days, or beyond the newest 10,000, are forgotten."""
    remove_finished()


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_stalled", queue="default", pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """Jobs whose worker died in the middle start again; each is written so that twice is once."""
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=BEAT_S):
        await app.job_manager.retry_job(stalled)
