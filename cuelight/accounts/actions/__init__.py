"""Every write of people, studios and what lets people in. Whoever changes somebody's rights tells the hub."""

from cuelight.accounts.actions.members import grant, revoke
from cuelight.accounts.actions.people import DEMO_PEOPLE, create_demo_people, create_person
from cuelight.accounts.actions.studios import create_studio
from cuelight.accounts.actions.tokens import create_token, revoke_token

__all__ = [
    "DEMO_PEOPLE",
    "create_demo_people",
    "create_person",
    "create_studio",
    "create_token",
    "grant",
    "revoke",
    "revoke_token",
]
