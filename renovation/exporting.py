"""A whole list as a job: asked for by a program or on a page, written by the worker row by row, as its person sees the rows then."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from offices import handover
from offices.jobs import Made, Run, register
from offices.models import Division, Job, User
from policies.refusal import Invalid, Refused
from renovation.api.registry import resources
from renovation.dictionary import headings, label_of
from rest import exports
from rest.views import ExportMixin

KIND = "export"


def offered() -> dict[str, Any]:
    """The view of each resource whose list can be exported."""
    found: dict[str, Any] = {}
    for prefix, view, _ in resources():
        if issubclass(view, ExportMixin):
            found.setdefault(prefix, view)
    return found


def scope_of(resource: str) -> str:
    """The scope that a key needs to read a resource. Raises Invalid for one that there is not."""
    if resource not in offered():
        raise Invalid("没有这种数据", errors={"resource": [f"可用：{'、'.join(offered())}"]})
    return f"read:{offered()[resource].__module__.split('.')[0]}"


def later(
    *, by: User, at: dt.datetime, resource: str, format: str, query: Mapping[str, str], official: bool = False
) -> Job:
    """Ask for a list with the filters and columns of ``query``; ``official``: under Chinese headings. The file is his alone who asked.

    Raises Invalid for what the list does not take, Refused where he waits for too many.
    """
    scope_of(resource)
    view = _view(by, resource, query)
    total = view.exported()[0].count()
    return handover.start(
        by=by, at=at, kind=KIND, title=f"{label_of(resource, view)}整表（{exports.known(format).upper()}）", division=_place(by),
        total=total, personal=True, parameters={"resource": resource, "format": format, "query": dict(query), "official": official},
    )  # fmt: skip


def make(run: Run) -> Made:
    """Every row of the list that its person sees now. Raises Refused where a sheet cannot hold them or the list has changed its columns."""
    asked = run.job.parameters
    if asked["resource"] not in offered():
        raise Refused("系统已不再提供这种数据")
    view = _view(run.job.by, asked["resource"], asked["query"])
    queryset, serializer = view.exported()
    named = headings(serializer) if asked["official"] else {name: name for name in serializer.fields}
    rows = _counted(run, view.rows_of(queryset, serializer), named, queryset.count())
    file = exports.written(rows, list(named.values()), asked["format"])
    return Made(file, f"{label_of(asked['resource'], view)}.{asked['format']}")


def _counted(
    run: Run, rows: Iterator[dict[str, Any]], named: Mapping[str, str], total: int
) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows):
        run.step(number, max(total, number))
        yield {named[name]: value for name, value in row.items()}


def _view(user: User, resource: str, query: Mapping[str, str]) -> Any:
    """The list's own view, as if the person asked it for its export."""
    plain = HttpRequest()
    plain.method, plain.path, plain.user = "GET", f"/api/v1/{resource}/export/", user
    plain.GET = QueryDict(urlencode({str(name): str(value) for name, value in query.items()}))
    request = Request(plain)
    request.user = user
    return offered()[resource](request=request, action="export", format_kwarg=None, kwargs={}, args=())


def _place(user: User) -> Division:
    """Where the job belongs: the person's office, or the top of the tree for one without."""
    own = next((membership.body.division for membership in user.active_memberships), None)
    place = own or Division.objects.order_by("pk").first()
    if place is None:
        raise Refused("还没有登记区划")
    return place


def offer() -> None:
    """Make it known to ``offices.jobs``."""
    register(KIND, make)
