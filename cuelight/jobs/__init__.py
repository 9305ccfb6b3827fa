"""Work that may wait: jobs in the same PostgreSQL, enqueued in the transaction that needs them.

``@job("catalog.make_thumbnails")`` on a function names a job; ``enqueue("catalog.make_thumbnails", image_id=7)`` asks
for one. A job may run twice: write it so.
"""

from cuelight.jobs.queue import enqueue, enqueue_all, job

__all__ = ["enqueue", "enqueue_all", "job"]
