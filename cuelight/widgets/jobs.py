"""Jobs of the overlays; each calls one action."""

from procrastinate.contrib.django import app

from cuelight.widgets import files


@app.periodic(cron="41 4 * * *")
@app.task(name="widgets.purge_files", queue="default", pass_context=False)
def purge_files(timestamp: int) -> None:
    """Sounds and pictures that were removed a day ago go, and files that nothing names."""
    files.purge()
