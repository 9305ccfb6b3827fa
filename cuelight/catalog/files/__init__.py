"""Writing the catalogue as files that others, and our own importer, read.

for part in parts(chosen, "shopify"): …      bytes, a piece at a time; nothing is held whole
"""

from cuelight.catalog.files.choosing import Chosen, choose
from cuelight.catalog.files.writing import FORMATS, parts

__all__ = ["FORMATS", "Chosen", "choose", "parts"]
