"""What spans all contexts: the dashboard, the audit log, taking everything out of a studio, deleting it."""
