"""Jobs of the sessions; each calls one action."""

from procrastinate.contrib.django import app

from cuelight.jobs import job
from cuelight.sessions import actions, imports


@job("sessions.preview_import")
def preview_import(import_id: int) -> None:
    imports.preview_now(import_id)


@job("sessions.run_import")
def run_import(import_id: int) -> None:
    imports.run_now(import_id)


@job("sessions.take_back_import")
def take_back_import(import_id: int, by: int | None = None, token_id: int | None = None) -> None:
    imports.take_back_now(import_id, by=by, token_id=token_id)


@app.periodic(cron="23 4 * * *")
@app.task(name="sessions.remove_old_files", queue="default", pass_context=False)
def remove_old_files(timestamp: int) -> None:
    """The uploaded files of old imports are forgotten."""
    imports.remove_old_files()


@app.periodic(cron="* * * * *")
@app.task(name="sessions.end_flashes", queue="default", pass_context=False)
def end_flashes(timestamp: int) -> None:
    """Where no server runs that would have done it by the second."""
    actions.end_flashes()
