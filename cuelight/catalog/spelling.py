"""What was meant by words that no product has."""

from collections.abc import Callable
from itertools import islice, product

from django.db import connection

from cuelight.catalog import words
from cuelight.catalog.models import SearchWord

#: How many words that share letters are compared, how many of them are tried, and in how many combinations.
COMPARED = 200
TRIED = 4
COMBINED = 12
#: What fewer products have may be mistyped.
FEW = 5

# By how much of their letters two words share; and whatever two letters make of it that are swapped: of a short word
# that leaves hardly a trigram.
_ALIKE = """
    SELECT word FROM (
        SELECT word, (
            SELECT count(*) FROM unnest(trigrams) shared WHERE shared = ANY(%(all)s)
        ) * 2.0 / (cardinality(trigrams) + %(count)s) AS likeness
        FROM catalog_searchword WHERE trigrams && %(some)s::varchar[] AND length(word) BETWEEN %(least)s AND %(most)s
        ORDER BY likeness DESC, word LIMIT %(compared)s
    ) alike
    UNION SELECT word FROM catalog_searchword WHERE studio_id = %(studio_id)s AND word = ANY(%(swapped)s)
"""


def meant(
    studio_id: int, typed: list[str], count: Callable[[list[str]], int], *, found: bool = False
) -> list[str] | None:
    """The nearest words that products have together, each mistyped one replaced; None if there are none.

    ``count`` tells how many products have these words; ``found``: some have all of them as they are, and only what
    hardly any has, and none as a whole word, is replaced. When each has some, and only all together have none, one is.
    """
    if found:
        doubtful = [word for word in typed if words.is_correctable(word)]
        whole = _whole(studio_id, doubtful) if doubtful else set()
        tries = [[word] for word in doubtful if word not in whole and count([word]) < FEW]
    else:
        unknown = [word for word in typed if not count([word])]
        tries = [unknown] if unknown else [[word] for word in reversed(typed[:4]) if len(typed) > 1]
    for wrong in tries:
        corrected = _corrected(studio_id, typed, wrong, count)
        if corrected:
            return corrected
    return None


def _corrected(
    studio_id: int, typed: list[str], wrong: list[str], count: Callable[[list[str]], int]
) -> list[str] | None:
    near = {word: _nearest(studio_id, word) for word in wrong}
    if not all(near.values()):
        return None
    combinations = sorted(product(*near.values()), key=lambda pairs: sum(distance for distance, _ in pairs))
    best: tuple[float, int, list[str]] | None = None
    for pairs in islice(combinations, COMBINED):
        distance = sum(distance for distance, _ in pairs)
        if best is not None and distance > best[0]:
            break
        right = dict(zip(near, (word for _, word in pairs), strict=True))
        candidate = [right.get(word, word) for word in typed]
        matches = count(candidate)
        if matches and (best is None or matches > best[1]):
            best = (distance, matches, candidate)
    return best[2] if best else None


def _whole(studio_id: int, typed: list[str]) -> set[str]:
    """Those that are words, and not only the beginning of one."""
    return set(SearchWord.objects.filter(studio_id=studio_id, word__in=typed).values_list("word", flat=True))


def _nearest(studio_id: int, typed: str) -> list[tuple[float, str]]:
    if not words.is_correctable(typed):
        return []
    alike = [f"{studio_id}/{trigram}" for trigram in words.trigrams(typed)]
    most = words.most_edits(typed)
    parameters: dict[str, int | str | list[str]] = {
        "studio_id": studio_id,
        "all": alike,
        "count": len(alike),
        # A word that is near shares more than its first letter, which thousands have.
        "some": alike[1:],
        "least": len(typed) - most,
        "most": len(typed) + most + 4,
        "swapped": words.swapped(typed),
        "compared": COMPARED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, parameters)
        # What it is the beginning of is found already.
        found = [word for (word,) in cursor.fetchall() if not word.startswith(typed)]
    return words.nearest(typed, found, TRIED)
