"""Jobs of the sessions; each calls one action."""

from cuelight.jobs import job
from cuelight.sessions import imports


@job("sessions.preview_import")
def preview_import(import_id: int) -> None:
    imports.preview_now(import_id)


@job("sessions.run_import")
def run_import(import_id: int) -> None:
    imports.run_now(import_id)
