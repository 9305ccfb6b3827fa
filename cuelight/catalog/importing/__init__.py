"""Reading product lists as people have them, and writing them into the catalogue.

plan = read(path, mapping)            opens, finds encoding, header and layout
plan.preview()                        the dry run on the file alone
rehearse(plan, …)                     the dry run against the catalogue
with transaction.atomic():
    result = write(plan, …)           products; then result.lineup() for the session
store_images(plan, result, …)         the pictures of a zip, after the commit
"""

from cuelight.catalog.importing.fields import Field
from cuelight.catalog.importing.formats import CHOICES
from cuelight.catalog.importing.images import ImagesResult, store_images
from cuelight.catalog.importing.kinds import KINDS, checked
from cuelight.catalog.importing.mapping import fingerprint
from cuelight.catalog.importing.memory import recall, remember
from cuelight.catalog.importing.pictures import Outstanding, ask_again, on_fetched, outstanding
from cuelight.catalog.importing.plan import Plan, Preview, read
from cuelight.catalog.importing.problems import Cancelled, FileRefused, Problem, ProblemFacts, RowsRefused
from cuelight.catalog.importing.writing import ImportResult, rehearse, write

__all__ = [
    "CHOICES",
    "KINDS",
    "Cancelled",
    "Field",
    "FileRefused",
    "ImagesResult",
    "ImportResult",
    "Outstanding",
    "Plan",
    "Preview",
    "Problem",
    "ProblemFacts",
    "RowsRefused",
    "ask_again",
    "checked",
    "fingerprint",
    "on_fetched",
    "outstanding",
    "read",
    "recall",
    "rehearse",
    "remember",
    "store_images",
    "write",
]
