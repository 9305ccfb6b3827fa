"""Jobs of recordings; each calls one action."""

from procrastinate.contrib.django import app

from cuelight.jobs import job
from cuelight.streams import recording_files, recordings


@job("streams.keep_recording")
def keep_recording(studio_id: int, stream_id: int, recording: str) -> None:
    recordings.keep(studio_id, stream_id, recording)


@app.periodic(cron="27 * * * *")
@app.task(name="streams.forget_removed_recordings", queue="default", pass_context=False)
def forget_removed_recordings(timestamp: int) -> None:
    """What was removed, and nobody took back, goes."""
    recording_files.sweep()
