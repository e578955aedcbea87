"""The route table of renovation schemes: the same kind of entries as ``tests/trust/table.py``."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from projects.models import Scheme, SchemeItem
from tests.trust.route import CLERK, PLACE, PUBLIC, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows
from tests.trust.scheme_rows import catalogue_key


def _item(rows: Rows) -> SchemeItem:
    return rows.project.scheme.items.order_by("pk")[0]


def _line(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.project.uid, "item": _item(rows).uid}


def _file(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.project.uid, "file": rows.project.scheme.files.get().uid}


def _form(rows: Rows) -> dict[str, Any]:
    return {"quantity": "20", "unit": "项", "unit_price": "100.00", "payer-1": "county", "version": _item(rows).version}


def _json(rows: Rows) -> dict[str, Any]:
    return {"quantity": "20", "unit": "项", "unit_price": "100.00", "payers": [{"kind": "county"}]}


def _new(rows: Rows) -> dict[str, Any]:
    return {**_json(rows), "catalogue_key": catalogue_key(rows.project, "道路")}


def _version(rows: Rows) -> dict[str, Any]:
    return {"version": Scheme.objects.get(project=rows.project).version}


def _texts(rows: Rows) -> dict[str, Any]:
    return {**_version(rows), "owner_ratio": "15", "management": "业委会管理"}


def _fix(rows: Rows) -> dict[str, Any]:
    return {**_version(rows), "note": "增加照明"}


def _upload(rows: Rows) -> dict[str, Any]:
    return {"kind": "paper", "title": "说明", "file": SimpleUploadedFile("说明.txt", "说明".encode())}


SCHEMES: dict[str, Route] = {
    "projects:scheme": Route(PLACE, _uid("project"), (Write(CLERK),)),
    "projects:scheme_describe": Route(PLACE, _uid("project"), (Write(CLERK, _texts),)),
    "projects:scheme_add": Route(
        PLACE, _uid("project"), (Write(CLERK, _form),), query=lambda rows: {"key": catalogue_key(rows.project, "道路")}
    ),
    "projects:scheme_item": Route(PLACE, _line, (Write(CLERK, _form),)),
    "projects:scheme_remove": Route(None, _line, (Write(CLERK),)),
    "projects:scheme_answers": Route(PLACE, _uid("project"), (Write(CLERK),)),
    "projects:scheme_attach": Route(None, _uid("project"), (Write(CLERK, _upload),)),
    "projects:scheme_detach": Route(None, _file, (Write(CLERK),)),
    "projects:scheme_fix": Route(None, _uid("project"), (Write(CLERK, _fix),)),
    "projects:scheme_submit": Route(None, _uid("project"), (Write(CLERK, done=(409,)),)),
    "projects:scheme_withdraw": Route(None, _uid("project"), (Write(CLERK, lambda rows: {"reason": "有误"}),)),
    "projects:scheme_versions": Route(PLACE, _uid("project")),
    "projects:scheme_print": Route(PLACE, _uid("project")),
    "projects:scheme_export": Route(PLACE, _uid("project")),
    "api:project-scheme": Route(
        PUBLIC,
        _uid("project"),
        (Write(CLERK, done=(409,)), Write(CLERK, lambda rows: {"owner_ratio": "15.00"}, "patch")),
    ),
    "api:project-scheme-items": Route(PLACE, _uid("project"), (Write(CLERK, _new),)),
    "api:project-scheme-item": Route(PLACE, _line, (Write(CLERK, _json, "patch"), Write(CLERK, method="delete"))),
    "api:project-scheme-files": Route(
        PLACE, _uid("project"), (Write(CLERK, lambda rows: {"kind": "paper"}, done=(400,)),)
    ),
    "api:project-scheme-file": Route(PLACE, _file, (Write(CLERK, method="delete"),)),
    "api:project-scheme-checks": Route(PLACE, _uid("project")),
    "api:project-scheme-replies": Route(PLACE, _uid("project"), (Write(CLERK, lambda rows: {"replies": []}, "put"),)),
    "api:project-scheme-versions": Route(PLACE, _uid("project"), (Write(CLERK, lambda rows: {"note": "增加照明"}),)),
    "api:project-scheme-version": Route(PLACE, lambda rows: {"uid": rows.project.uid, "number": "1"}),
    "api:project-scheme-difference": Route(PLACE, _uid("project"), query=lambda rows: {"from": "1", "to": "1"}),
    "api:project-scheme-submit": Route(None, _uid("project"), (Write(CLERK, done=(409,)),)),
    "api:project-scheme-table": Route(PLACE, _uid("project")),
}
