"""Writes of documents that are not changes of their text."""

from cuelight.documents.actions.commenting import comment as comment
from cuelight.documents.actions.commenting import delete_message as delete_message
from cuelight.documents.actions.commenting import edit_message as edit_message
from cuelight.documents.actions.commenting import forget_deleted as forget_deleted
from cuelight.documents.actions.commenting import reply as reply
from cuelight.documents.actions.commenting import resolve as resolve
from cuelight.documents.actions.entering import accept as accept
from cuelight.documents.actions.entering import leave as leave
from cuelight.documents.actions.keeping import bin_document as bin_document
from cuelight.documents.actions.keeping import delete_old as delete_old
from cuelight.documents.actions.keeping import duplicate as duplicate
from cuelight.documents.actions.keeping import erase_text as erase_text
from cuelight.documents.actions.keeping import rename as rename
from cuelight.documents.actions.keeping import restore as restore
from cuelight.documents.actions.making import LONGEST_TITLE as LONGEST_TITLE
from cuelight.documents.actions.making import create_document as create_document
from cuelight.documents.actions.sharing import change_right as change_right
from cuelight.documents.actions.sharing import invite as invite
from cuelight.documents.actions.sharing import make_link as make_link
from cuelight.documents.actions.sharing import open_to_everyone as open_to_everyone
from cuelight.documents.actions.sharing import revoke_link as revoke_link
from cuelight.documents.actions.sharing import share_again as share_again
from cuelight.documents.actions.sharing import unshare as unshare
