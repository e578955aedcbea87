"""How residents find a community: by any of its names, by its road, by sound; and what they may have meant where nothing is called so."""

from collections.abc import Sequence
from functools import reduce
from operator import add

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from communities.models import Community
from communities.rules.nearness import SOUND, cost_of, forms_of, pieces_of
from communities.rules.search import fold, words

COMPARED, NEAREST = 200, 10
WHOLE = 10  # a name that holds all of it is compared before any that holds a few pieces


def by_words(rows: QuerySet[Community], text: str) -> QuerySet[Community]:
    """Rows in which every word of the text stands."""
    for word in words(text)[:6]:
        rows = rows.filter(search_text__contains=word)
    return rows


def public_search(text: str) -> QuerySet[Community]:
    """Communities that residents find by name, former name, address, pinyin or initials; full-width signs count as half-width.

    The name itself first, then names that begin with the text, then names that hold it, then the rest.
    """
    return _found(Community.objects.public(), text)


def registered_search(text: str) -> QuerySet[Community]:
    """The same in everything that the register ever held, also what was merged (with the one that stays) or withdrawn."""
    return _found(Community.objects.select_related("merged_into"), text)


def _found(rows: QuerySet[Community], text: str) -> QuerySet[Community]:
    if not words(text):
        return rows.none()
    whole = fold(text)
    rank = Case(
        When(name_key=whole, then=Value(0)),
        When(name_key__startswith=whole, then=Value(1)),
        When(name_key__contains=whole, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return by_words(rows.select_related("division", "county", "city"), text).order_by(rank, "name_key", "pk")


def public_nearest(text: str) -> Sequence[Community]:
    """What somebody may have meant who typed this with a slip, the closest first and none much farther; at most ``NEAREST``.

    Two queries: the table ranks every row by the pieces of the text that it holds, the best ``COMPARED`` are compared sign by sign.
    """
    return _nearest(Community.objects.public(), text)


def registered_nearest(text: str) -> Sequence[Community]:
    """The same in everything that the register ever held."""
    return _nearest(Community.objects.select_related("merged_into"), text)


def _nearest(rows: QuerySet[Community], text: str) -> Sequence[Community]:
    forms = forms_of(text)
    if not forms:
        return []
    wholes = dict.fromkeys(part for form in forms for part in (form.text, form.sound))
    weights = [*(_holds(part, WHOLE) for part in wholes), *(_holds(part, 1) for part in pieces_of(forms[0].text))]
    held = reduce(add, weights)
    ranked = rows.annotate(held=held).order_by("-held", "pk").values_list("pk", "search_text", "name_key", "held")
    close = []
    for pk, searched, name, number in ranked[:COMPARED]:
        cost = cost_of(forms, searched.split(" ")) if number else None
        if cost is not None:
            close.append((cost, abs(len(name) - len(forms[0].text)), name, pk))
    best = min((cost for cost, *_ in close), default=0)
    keys = [pk for cost, *_, pk in sorted(close)[:NEAREST] if cost <= best + SOUND]
    found = rows.select_related("division", "county", "city").in_bulk(keys)
    return [found[pk] for pk in keys]


def _holds(part: str, weight: int) -> Combinable:
    """``weight`` where the text that is searched holds ``part``, else 0."""
    here = GreaterThan(StrIndex("search_text", Value(part)), 0)
    return Case(When(here, then=Value(weight)), default=Value(0), output_field=IntegerField())
