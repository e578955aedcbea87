"""Reports too long for a request: asked for with the parameters of the page, made by the worker row by row."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from funding.reports import files
from funding.reports.tables import Report, Row, report
from offices import handover
from offices.clock import day_of
from offices.jobs import Made, Run, register
from offices.models import Division, Job, User
from policies.refusal import Refused

KIND = "money-report"
AT_ONCE = {"xlsx": 2_000, "pdf": 200}  # rows that are made while the person waits: about two seconds


def issuer(user: User) -> str:
    """Who fills the report in: the office of the user."""
    return next((str(membership.body) for membership in user.active_memberships), "")


def at_once(found: Report, format: str) -> bool:
    """Whether it is made in the request."""
    return found.count <= AT_ONCE[format]


def later(found: Report, *, by: Any, at: Any, format: str, unit: str, issuer: str) -> Job:
    """Ask for it as a job. Raises Invalid where it is too long for its format, Refused where he waits for too many."""
    files.fits(found, format)
    return handover.start(
        by=by, at=at, kind=KIND, title=f"{found.heading}（{format.upper()}）", division=found.division, total=found.count,
        parameters={
            "report": found.key, "division": str(found.division.uid), "year": found.year, "format": format, "unit": unit, "issuer": issuer,
        },
    )  # fmt: skip


def make(run: Run) -> Made:
    """The report as its person sees it now. Raises Refused where he sees the division no more, or it has grown too long."""
    asked = run.job.parameters
    division = Division.objects.visible_to(run.job.by).filter(uid=asked["division"]).first()
    if division is None:
        raise Refused("申请人已看不到这个区划的数据")
    found = report(asked["report"], user=run.job.by, division=division, year=asked["year"])
    counted = replace(found, rows=partial(_counted, found, run))
    made = files.workbook if asked["format"] == "xlsx" else files.pdf
    file = made(counted, unit=asked["unit"], day=day_of(run.job.created_at), issuer=asked["issuer"])
    return Made(file, f"{found.heading}.{asked['format']}")


def _counted(found: Report, run: Run) -> Iterator[Row]:
    for number, row in enumerate(found.rows()):
        run.step(number, found.count)
        yield row


def offer() -> None:
    """Make it known to ``offices.jobs``."""
    register(KIND, make)
