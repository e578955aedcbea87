"""What a process of its own does to the platform of its DATA and DATABASE_URL: ``python -m tests.trust.act WORD [NUMBER]``.

``stage ROWS``: cast and a previewed plan table; ``owe NUMBER``: cast and that many due deadlines; ``apply [STATEMENT]``: write the
table, and stop for ever before its STATEMENT-th write so that it can be killed there; ``count``: rows of every table as JSON;
``key``: a key of 芮城县's clerk that writes communities, and the uid of his division.
"""

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.apps import apps
from django.db import connection

django.setup()

from communities import actions as register  # noqa: E402
from communities.models import Import  # noqa: E402
from offices import clock, duties, keys  # noqa: E402
from tests.cast import AT, SHANGHAI, TODAY, cast  # noqa: E402

HEAD = "年份,小区名称,位置,建成时间,栋数,户数,面积㎡\n"


def stage(rows: int) -> None:
    """A plan table of 芮城县 with ``rows`` lines in three years, read and previewed."""
    offices = cast()
    lines = (
        f"{2026 + n % 3},小区{n:06d},{n}号路,{1980 + n % 20},{1 + n % 9},{20 + n % 300},{1000 + n}.5"
        for n in range(rows)
    )
    source = register.upload_import(
        by=offices.user("芮城县", "housing", "clerk"), at=AT, kind="plan", division=offices.divisions["芮城县"],
        upload=register.pasted(HEAD + "\n".join(lines) + "\n"),
    )  # fmt: skip
    found = register.read_import(source=source, at=AT)
    assert found.state == "read", found.error


def owe(number: int) -> None:
    """``number`` deadlines of 芮城县's housing office that are due on the machine's own day."""
    body = cast().body("芮城县", "housing")
    today = dt.datetime.now(SHANGHAI).date()
    rows = [duties.Row(f"R-{n % 90:02d}", "ruicheng", f"step-{n}", "must", 2026, today) for n in range(number)]
    duties.sync(
        subject=body, title="题", link="/staff/", division=body.division, body=body, rows=rows, at=AT, today=TODAY
    )


class Halt:
    """Stops the process for ever before its n-th writing statement."""

    def __init__(self, statement: int) -> None:
        self.left = statement

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("COPY", "INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if self.left == 0:
                print("halted", flush=True)
                time.sleep(600)
        return execute(sql, params, many, context)


def apply(statement: int) -> None:
    """Write the table; 0: to the end, and say how many statements wrote and how long it took."""
    source = Import.objects.select_related("by").get()
    halt, begun = Halt(statement), time.monotonic()
    with connection.execute_wrapper(halt):
        register.apply_import(by=source.by, at=AT, source=source)
    print(json.dumps({"statements": -halt.left, "seconds": time.monotonic() - begun}))


def count(_: int) -> None:
    """Rows of every table of the platform's own apps."""
    models = [
        model
        for name in ("offices", "communities", "approvals", "projects")
        for model in apps.get_app_config(name).get_models()
    ]
    print(json.dumps({model._meta.label: model._base_manager.count() for model in models}))


def key(_: int) -> None:
    """A key for a program."""
    offices, at = cast(), clock.now()
    clerk = offices.user("芮城县", "housing", "clerk")
    _, secret = keys.make_key(
        by=clerk, at=at, name="试", scopes=["write:communities"], expires_at=at + dt.timedelta(days=1)
    )
    print(json.dumps({"key": secret, "division": str(offices.divisions["芮城县"].uid)}))


def main(word: str, number: str = "0") -> None:
    """Do it."""
    {"stage": stage, "owe": owe, "apply": apply, "count": count, "key": key}[word](int(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
