"""Jobs of the documents; each calls one action or function."""

from procrastinate.contrib.django import app

from cuelight.documents import actions, compaction, snapshots
from cuelight.jobs import enqueue_all, job


@job("documents.erase_text")
def erase_text(document_id: int) -> None:
    actions.erase_text(document_id)


@app.periodic(cron="41 3 * * *")
@app.task(name="documents.delete_old", queue="default", pass_context=False)
def delete_old(timestamp: int) -> None:
    """What has been in the bin for thirty days ends."""
    actions.delete_old()


@app.periodic(cron="47 3 * * *")
@app.task(name="documents.forget_deleted_comments", queue="default", pass_context=False)
def forget_deleted_comments(timestamp: int) -> None:
    """Comments that were deleted a day ago cannot come back any more."""
    actions.forget_deleted()


@job("documents.make_snapshots", queue="snapshots")
def make_snapshots(document_id: int) -> None:
    snapshots.make_due(document_id)


@app.periodic(cron="*/2 * * * *")
@app.task(name="documents.sweep_snapshots", queue="default", pass_context=False)
def sweep_snapshots(timestamp: int) -> None:
    """Documents whose snapshot nobody asked for, since a process was killed in between, get it."""
    snapshots.ask_for(list(snapshots.behind()))


@app.periodic(cron="53 3 * * *")
@app.task(name="documents.thin_snapshots", queue="default", pass_context=False)
def thin_snapshots(timestamp: int) -> None:
    """Of snapshots older than a week every tenth stays."""
    snapshots.thin()


@app.periodic(cron="17 4 * * *")
@app.task(name="documents.fold_old", queue="default", pass_context=False)
def fold_old(timestamp: int) -> None:
    """Documents with changes old enough to be folded get it done."""
    enqueue_all("documents.fold", [{"document_id": document_id} for document_id in compaction.due()])


@job("documents.fold", queue="snapshots")
def fold(document_id: int) -> None:
    compaction.fold(document_id)
