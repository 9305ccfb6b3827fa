"""Documents as files: ``/documents/{id}/export.{md,html,docx,txt,json}`` and ``/documents/import``."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.documents import actions, docx_writing, formats, history, pictures
from cuelight.documents.gate import document_of, document_page
from cuelight.errors import Invalid, NotFound

#: What people call the kinds of files.
_NAMES = {"md": "Markdown", "html": "Web page", "txt": "Plain text", "json": "Delta JSON", "docx": "Word"}


def kinds() -> list[dict[str, str]]:
    """``{ending, name}`` of every kind of file, as the table of formats has them."""
    return [{"ending": ending, "name": _NAMES.get(ending, ending.upper())} for ending in formats.FORMATS]


@never_cache
@require_safe
@document_page("document.read")
def export(request: HttpRequest, document_id: int, suffix: str) -> HttpResponse:
    """The newest version as a file; with ``?version=`` an earlier one."""
    access = document_of(request)
    if suffix not in formats.FORMATS:
        raise NotFound()
    wanted = request.GET.get("version", "")
    if wanted and (not wanted.isascii() or not wanted.isdecimal() or len(wanted) > 18):
        raise Invalid("invalid_number", "This must be a whole number.")
    version = int(wanted) if wanted else history.newest_version(document_id)
    kind, contents = formats.FORMATS[suffix], history.contents_at(document_id, version)
    if suffix == "docx":
        own = pictures.own_pictures(access.studio_id, docx_writing.addresses(contents))
        data = docx_writing.write(contents, access.title, own)
    else:
        data = kind.write(contents, access.title)
    answer = HttpResponse(data, content_type=kind.content_type)
    name = f"{slugify(access.title) or 'document'}{f'-{version}' if wanted else ''}.{suffix}"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@studio_page("document.create")
def import_file(request: HttpRequest) -> HttpResponse:
    """A new document from the ``file`` that was sent, named by ``title`` or like the file. Goes to it, and says there
    what was left out; asked for JSON, answers ``{id, notes}``, each a sentence. Raises Invalid with a sentence about
    what is wrong with the file; then nothing was made."""
    access = access_of(request)
    sent = request.FILES.get("file")
    if sent is None or sent.size is None:
        raise Invalid("no_file", f"Choose a file first: {formats.ENDINGS}.")
    name = str(sent.name or "")
    key = formats.of_name(name)
    most = formats.FORMATS[key].most_bytes
    if sent.size > most:
        raise Invalid("file_too_long", f"The file has more than {most // 1_000_000} MB.")
    contents, notes = formats.read_noting(sent.read(), key)
    title = request.POST.get("title", "") or name.rpartition(".")[0][: actions.LONGEST_TITLE]
    made = actions.create_document(access.studio_id, title=title, by=access.person_id, contents=contents)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"id": made, "notes": notes}, status=201)
    if notes:
        messages.info(request, " ".join(notes))
    return redirect(f"/documents/{made}")
