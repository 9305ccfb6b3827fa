"""Cuelight: the studio software behind a live show."""

import os

# openpyxl takes lxml wherever it finds it, and python-docx brings it. What is read must not depend on that: a damaged
# workbook failed in words of lxml's own, which nobody expected.
os.environ.setdefault("OPENPYXL_LXML", "False")
