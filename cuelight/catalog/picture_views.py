"""The pictures of a product: the page, and what its island asks for. Answers are JSON for who accepts JSON."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import actions, queries
from cuelight.catalog.actions.images import MOST_IMAGES
from cuelight.catalog.pictures import LARGEST_FILE
from cuelight.errors import Invalid, NotFound


@never_cache
@require_safe
@studio_page("catalog.read", of=queries.studio_of_product)
def page(request: HttpRequest, product_id: int) -> HttpResponse:
    """The pictures of a product, as a page of their own."""
    name = queries.product_names([product_id]).get(product_id, "")
    props = {"productId": product_id, "mayEdit": access_of(request).may("catalog.edit")}
    return render(request, "catalog/pictures.html", {"name": name, "props": props})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@studio_page("catalog.read", of=queries.studio_of_product)
def images(request: HttpRequest, product_id: int) -> JsonResponse:
    """GET: ``{studio_id, name, most, largest_bytes, images}``. POST adds the one file ``file`` (multipart): ``{image,
    is_new}``, 201; ``is_new`` false: the product has this very picture already."""
    access = access_of(request)
    if request.method == "POST":
        access.require("catalog.edit")
        return _added(request, product_id)
    return JsonResponse(
        {
            "studio_id": access.studio_id,
            "name": queries.product_names([product_id]).get(product_id, ""),
            "most": MOST_IMAGES,
            "largest_bytes": LARGEST_FILE,
            "images": queries.product_images(product_id),
        }
    )


@never_cache
@require_POST
@studio_page("catalog.edit", of=queries.studio_of_image)
def describe(request: HttpRequest, image_id: int) -> JsonResponse:
    """``alt``: what is to be seen on it, 300 characters at most. Answers the picture."""
    alt = request.POST.get("alt")
    if alt is None:
        raise Invalid("no_alt", "Say what is to be seen on the picture, or send an empty text.")
    actions.update_image(image_id, alt_text=alt)
    return _picture(image_id)


@never_cache
@require_POST
@studio_page("catalog.edit", of=queries.studio_of_image)
def move(request: HttpRequest, image_id: int) -> JsonResponse:
    """``index``: its new place; 0 makes it the primary. Answers all pictures of the product in their order."""
    index = request.POST.get("index", "")
    if not (index.isascii() and index.isdecimal() and len(index) <= 4):
        raise Invalid("invalid_index", "index takes a whole number from 0.")
    actions.move_image(image_id, to_index=int(index))
    return _all_of(queries.product_of_image(image_id))


@never_cache
@require_POST
@studio_page("catalog.edit", of=queries.studio_of_image)
def remove(request: HttpRequest, image_id: int) -> JsonResponse:
    """Takes it off its product; ``restore`` puts it back for a day. Answers the pictures that are left."""
    product_id = queries.product_of_image(image_id)
    actions.remove_image(image_id)
    return _all_of(product_id)


@never_cache
@require_POST
@studio_page("catalog.edit", of=queries.studio_of_image)
def restore(request: HttpRequest, image_id: int) -> JsonResponse:
    """Puts a removed picture back where it was. Answers all pictures of the product in their order."""
    return _all_of(actions.restore_image(image_id))


def _added(request: HttpRequest, product_id: int) -> JsonResponse:
    file: Any = request.FILES.get("file")
    if file is None:
        raise Invalid("no_file", "Choose a picture first.")
    image_id, is_new = actions.put_image(product_id, file, alt_text=request.POST.get("alt", ""))
    found = [one for one in queries.product_images(product_id) if one["id"] == image_id]
    if not found:
        raise NotFound("This picture was removed the moment it was there.")
    return JsonResponse({"image": found[0], "is_new": is_new}, status=201 if is_new else 200)


def _picture(image_id: int) -> JsonResponse:
    product_id = queries.product_of_image(image_id)
    pictures = queries.product_images(product_id) if product_id else []
    for one in pictures:
        if one["id"] == image_id:
            return JsonResponse({"image": one})
    raise NotFound


def _all_of(product_id: int | None) -> JsonResponse:
    if product_id is None:
        raise NotFound
    return JsonResponse({"images": queries.product_images(product_id)})
