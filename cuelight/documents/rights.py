"""Rows of the policy: shared documents. The rights to read, comment, suggest and edit are at most what a
document gives to everyone of its studio; whoever was invited to one has a right of their own in it (`access`)."""

from cuelight.accounts.policy import register

STUDIO = "admin producer host cataloger"

register("document.list", "see which documents there are", to=STUDIO)
register("document.create", "make a document", to=STUDIO)
register("document.read", "read a shared document", to=STUDIO)
register("document.comment", "comment on a shared document", to=STUDIO, under="document.read")
register("document.suggest", "suggest changes of a shared document", to=STUDIO, under="document.read")
register("document.edit", "write in a shared document", to=STUDIO, under="document.read")
register("document.manage", "invite to any document, rename or remove it", to="admin", under="document.read")
register("document.restore", "take any document out of the bin", to="admin", under="document.read")
