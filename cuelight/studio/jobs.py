"""Jobs of what spans all contexts; each calls one action."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from cuelight.accounts import audit
from cuelight.jobs import job
from cuelight.studio import erasing, exports


@job("studio.pack_export")
def pack_export(export_id: int) -> None:
    exports.pack(export_id)


@app.periodic(cron="37 4 * * *")
@app.task(name="studio.forget_old_audit", queue="default", pass_context=False)
def forget_old_audit(timestamp: int) -> None:
    """The audit log is kept for a year, or as long as is set."""
    audit.forget_before(timezone.now() - timedelta(days=settings.AUDIT_DAYS))


@app.periodic(cron="17 * * * *")
@app.task(name="studio.remove_old_exports", queue="default", pass_context=False)
def remove_old_exports(timestamp: int) -> None:
    """Nobody fetches a file any more after a week."""
    exports.remove_old()


@app.periodic(cron="47 * * * *")
@app.task(name="studio.erase_deleted", queue="default", pass_context=False)
def erase_deleted(timestamp: int) -> None:
    """Studios that were deleted a week ago are erased."""
    erasing.erase_due()
