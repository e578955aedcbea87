"""Filtering by django-filter, strictly: unknown parameters and malformed values are 400 with the field's name."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as backends
from django_filters.filters import BaseCSVFilter, MultipleChoiceFilter, RangeFilter
from rest_framework.request import Request

from policies.refusal import Invalid
from rest.parameters import refuse_unknown
from rest.problems import flatten

#: Parameters of every list that are not filters.
LIST_PARAMETERS = ("cursor", "page_size", "ordering", "fields")

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
        refuse_unknown(request, {*names, *LIST_PARAMETERS, *extra}, repeatable=repeatable)
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
