"""Every write of people, studios and what lets people in. Whoever changes somebody's rights tells the hub."""

from cuelight.accounts.actions.deletion import (
    delete_studio,
    erase_rows,
    erase_studio,
    require_erasable,
    restore_studio,
)
from cuelight.accounts.actions.endings import end_what_is_over
from cuelight.accounts.actions.invitations import (
    accept,
    accept_as_guest,
    found_studio_for,
    invite,
    may_invite,
    renew_invitation,
    restore_invitation,
    revoke_invitation,
)
from cuelight.accounts.actions.members import end_guest, grant, leave, remove_member, revoke
from cuelight.accounts.actions.passphrases import (
    adopt_passphrases,
    check_passphrase,
    end_device,
    remove_passphrase,
    set_passphrase,
)
from cuelight.accounts.actions.people import (
    DEMO_PEOPLE,
    create_confirmed_person,
    create_demo_people,
    create_person,
    erase_person,
    rename_person,
)
from cuelight.accounts.actions.studios import change_studio, create_personal_studio, create_studio, found_studio
from cuelight.accounts.actions.tokens import create_token, revoke_token

__all__ = [
    "DEMO_PEOPLE",
    "accept",
    "accept_as_guest",
    "adopt_passphrases",
    "change_studio",
    "check_passphrase",
    "create_confirmed_person",
    "create_demo_people",
    "create_person",
    "create_personal_studio",
    "create_studio",
    "create_token",
    "delete_studio",
    "end_device",
    "end_guest",
    "end_what_is_over",
    "erase_person",
    "erase_rows",
    "erase_studio",
    "found_studio",
    "found_studio_for",
    "grant",
    "invite",
    "leave",
    "may_invite",
    "remove_member",
    "remove_passphrase",
    "rename_person",
    "renew_invitation",
    "require_erasable",
    "restore_invitation",
    "restore_studio",
    "revoke",
    "revoke_invitation",
    "revoke_token",
    "set_passphrase",
]
