"""Filtering by django-filter, strictly: unknown parameters and malformed values are 400 with the field's name."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet
from django_filters import rest_framework as backends
from django_filters.constants import EMPTY_VALUES
from django_filters.filters import BaseCSVFilter, MultipleChoiceFilter, RangeFilter
from rest_framework.request import Request

from policies.refusal import Invalid
from rest.parameters import refuse_unknown
from rest.problems import flatten

#: Parameters of every list, and of every export, that are not filters.
LIST_PARAMETERS = ("cursor", "page_size", "ordering", "fields")
EXPORT_PARAMETERS = ("fields",)

_MADE: dict[tuple[Any, str], Any] = {}


class StrictFilterBackend(backends.DjangoFilterBackend):  # type: ignore[misc]
    """``filterset_class`` or ``filterset_fields`` of the view; a detail is looked up by its address alone."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Rows that match. Raises Invalid."""
        if getattr(view, "detail", False):
            return queryset
        filterset_class = self.get_filterset_class(view, queryset)
        filters = filterset_class.base_filters if filterset_class else {}
        names, repeatable = parameter_names(filters)
        extra = getattr(view, "extra_parameters", lambda: ())()
        own = EXPORT_PARAMETERS if getattr(view, "action", "") == "export" else LIST_PARAMETERS
        refuse_unknown(request, {*names, *own, *extra}, repeatable=repeatable)
        if filterset_class is None:
            return queryset
        filterset = filterset_class(**self.get_filterset_kwargs(request, queryset, view))
        if not filterset.is_valid():
            errors = flatten({name: list(texts) for name, texts in filterset.errors.items()})
            first = next(iter(errors))
            raise Invalid(f"参数 {first}：{errors[first][0]}", code="invalid_parameter", errors=errors)
        found: QuerySet[Any] = filterset.qs
        return found

    def get_filterset_class(self, view: Any, queryset: QuerySet[Any] | None = None) -> Any:
        """The filter set of a view; one made from ``filterset_fields`` is made once, not once a request."""
        fields = getattr(view, "filterset_fields", None)
        if getattr(view, "filterset_class", None) or not fields or queryset is None:
            return super().get_filterset_class(view, queryset)
        key = (queryset.model, repr(fields))
        if key not in _MADE:
            _MADE[key] = super().get_filterset_class(view, queryset)
        return _MADE[key]


@dataclass(frozen=True)
class Given:
    """Filters of a request that only put a value into a query: which, with their model fields, and their values as ``filter.<name>``."""

    items: tuple[tuple[str, Any], ...]
    places: tuple[tuple[str, str], ...]
    kept: dict[str, Any]
    values: dict[str, Any]

    @property
    def shape(self) -> tuple[Any, ...]:
        """All but the values."""
        return tuple(name for name, _ in self.items), self.places


_PLAIN = (
    backends.UUIDFilter, backends.NumberFilter, backends.ChoiceFilter, backends.BooleanFilter, backends.CharFilter,
    backends.IsoDateTimeFilter, backends.DateFilter,
)  # fmt: skip
_COMPARED = frozenset({"exact", "gt", "gte", "lt", "lte"})


def given_filters(view: Any, request: Request) -> Given | None:
    """The filters that are given, read without a form; None where one of them does more than compare a column. Raises Invalid for
    what is unknown, ValidationError for a malformed value."""
    backend = StrictFilterBackend()
    chosen = backend.get_filterset_class(view, view.queryset)
    filters = chosen.base_filters if chosen else {}
    if view.filter_backends != [StrictFilterBackend] or (
        chosen and chosen.filter_queryset is not backends.FilterSet.filter_queryset
    ):
        return None
    names, repeatable = _names_of(chosen)
    refuse_unknown(request, {*names, *LIST_PARAMETERS, *view.extra_parameters()}, repeatable=repeatable)
    items, places, kept, values = [], [], {}, {}
    for name in sorted(set(request.query_params) & set(filters)):
        item = filters[name]
        if not isinstance(item, _PLAIN) or item.lookup_expr not in _COMPARED or item.exclude or item.distinct:
            return None
        value = item.field.clean(item.field.widget.value_from_datadict(request.query_params, None, name))
        if value in EMPTY_VALUES:
            continue
        if hasattr(item, "settle"):
            settled = item.settle(value)
            if settled is None:
                return None
            places.append((settled[0], name))
            values[f"filter.{name}"] = settled[1]
            continue
        if item.method is not None or type(item).filter not in _FILTERING:
            return None
        items.append((name, item))
        kept[name] = resolve(view.queryset.model, item.field_name)
        values[f"filter.{name}"] = value
    return Given(tuple(items), tuple(places), kept, values)


_FILTERING = {kind.filter for kind in (*_PLAIN, backends.Filter)}


@lru_cache(maxsize=256)
def _names_of(chosen: Any) -> tuple[set[str], set[str]]:
    return parameter_names(chosen.base_filters if chosen else {})


def resolve(model: type[Model], path: str) -> Any:
    """The model field at the end of ``division__name``."""
    current: Any = model
    field: Any = None
    for part in path.split("__"):
        field = current._meta.pk if part == "pk" else current._meta.get_field(part)
        current = field.related_model
    return field


def parameter_names(filters: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Names of the query parameters of some filters, and those that may be repeated."""
    names: set[str] = set()
    repeatable: set[str] = set()
    for name, item in filters.items():
        if isinstance(item, RangeFilter):
            names |= {f"{name}_{suffix}" for suffix in item.field_class.widget.suffixes}
            continue
        names.add(name)
        if isinstance(item, MultipleChoiceFilter) and not isinstance(item, BaseCSVFilter):
            repeatable.add(name)
    return names, repeatable
