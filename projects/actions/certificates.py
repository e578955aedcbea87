"""Certificates for debris and concrete vehicles, numbered by the issuing body and year (RC-18)."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from offices.history import record
from offices.models import Body, User
from policies.refusal import Invalid, Refused
from projects.actions.permits import certificate_body
from projects.models import Project, VehicleCertificate
from projects.rules.stages import ORDER

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def issue_certificate(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, vehicles: str, route: str, starts_on: dt.date, ends_on: dt.date,
    hours: str = "",
) -> VehicleCertificate:  # fmt: skip
    """Issue a certificate under the next number of the body's year. Raises Invalid naming the field, Refused outside the works."""
    body = certificate_body(by, project)
    Body.objects.select_for_update(of=("self",)).get(pk=body.pk)  # two at once must not take the same number
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if not ORDER["reviewed"] <= ORDER[project.stage] <= ORDER["accepted"]:
        raise Refused("方案通过审查以后、移交以前才出具通行证明", code="certificate_out_of_works")
    errors = _errors(vehicles, route, starts_on, ends_on, today)
    if errors:
        raise Invalid("没有出具：有字段需要更正", errors=errors)
    last = VehicleCertificate.objects.filter(body=body, year=today.year).aggregate(last=Max("serial"))["last"] or 0
    row = VehicleCertificate.objects.create(
        project=project, body=body, year=today.year, serial=last + 1, vehicles=vehicles.strip(), route=route.strip(),
        hours=hours.strip(), starts_on=starts_on, ends_on=ends_on, by=by, at=at,
    )  # fmt: skip
    record(
        by=by, at=at, action="permits.certificate", subject=project, body=body, data={"number": str(row), "uid": str(row.uid)}
    )  # fmt: skip
    return row


def _errors(vehicles: str, route: str, starts_on: dt.date, ends_on: dt.date, today: dt.date) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not vehicles.strip():
        errors["vehicles"] = ["请写明车辆号牌和类型，每行一辆"]
    if not route.strip():
        errors["route"] = ["请写明起止地点和经过的道路"]
    if ends_on < starts_on:
        errors["ends_on"] = ["不能早于开始日期"]
    elif ends_on - starts_on > LONGEST:
        errors["ends_on"] = ["一次最多一年，到期另开"]
    elif ends_on < today:
        errors["ends_on"] = ["已经过去"]
    return errors
