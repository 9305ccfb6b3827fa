"""Rows of the policy: one's own account, and the studio as such."""

from cuelight.accounts.policy import register

register("account.here", "be signed in, and sign out", to="person station guest")
register("account.manage", "see and change one's own account", to="person", under="account.here")
register("account.join", "accept an invitation", to="person", under="account.here")

register("studio.enter", "belong to the studio", to="admin producer host cataloger")
register("studio.leave", "leave the studio", to="admin producer host cataloger", under="studio.enter")
register("studio.settings", "change the studio's name, currency and rules", to="admin", under="studio.enter")
register("studio.members", "see who belongs to the studio, and change their roles", to="admin", under="studio.enter")
register("studio.invite_hosts", "invite hosts", to="admin producer", under="studio.enter")
register("studio.invite", "invite people with any role", to="admin", under="studio.enter")
register("studio.passphrases", "set the passphrases of studio devices", to="admin", under="studio.enter")
register("studio.tokens", "make and revoke tokens", to="admin", under="studio.enter")
register("studio.audit", "read the audit log", to="admin", under="studio.enter")
register("studio.export", "take everything out of the studio as a file", to="admin", under="studio.enter")
register("studio.delete", "delete the studio", to="admin", under="studio.enter")
register("studio.restore", "restore the studio after it was deleted", to="admin")
