"""What spans all contexts: the home page, the audit log, taking everything out of a studio, deleting it.

Words: the *log* of a studio is what was written down for safety (``accounts.audit``) and every live command (the
journal), in one list. An *export* is a zip of everything. A studio is *deleted* when nobody gets in any more, and
*erased* some days later, when nothing of it is left. ``contexts.py`` has every context's part in all of this.
"""
