"""The only writers of special plans (专项规划): drafted, issued by a document, revised by the next version."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from approvals.cases import content_hash
from communities.models import Community
from offices import files
from offices.history import record
from offices.models import Division, User
from policies.refusal import Invalid, Refused, Stale
from projects.models import SpecialPlan, SpecialPlanEntry, SpecialPlanPlace, SpecialPlanVersion
from projects.permissions import keeping_body
from projects.queries.special import content_of
from projects.rules.special import difference

YEARS = range(2015, 2101)
KINDS = frozenset({Division.Kind.CITY, Division.Kind.COUNTY, Division.Kind.FUNCTIONAL_ZONE})


@transaction.atomic
def open_special_plan(
    *, by: User, at: dt.datetime, division: Division, title: str, first_year: int, last_year: int
) -> SpecialPlan:
    """Begin a special plan of a city or a county. Raises Forbidden, Invalid naming each field."""
    body = keeping_body(by, division)
    if division.kind not in KINDS:
        raise Invalid("专项规划由市或县（市、区）编制", errors={"division": ["请选择市、县（市、区）或新区"]})
    plan = SpecialPlan(created_at=at, updated_at=at)
    plan.place_in(division)
    _say(plan, title, first_year, last_year)
    record(by=by, at=at, action="special.open", subject=plan, body=body, data={"year": first_year})
    return plan


@transaction.atomic
def describe_special_plan(
    *, by: User, at: dt.datetime, plan: SpecialPlan, title: str, first_year: int, last_year: int, expected_version: int | None = None
) -> SpecialPlan:  # fmt: skip
    """Change the title or the years of what is being written; issued versions stay as they are."""
    plan = _held(by, plan, expected_version)
    _say(plan, title, first_year, last_year)
    _touch(plan, at)
    record(by=by, at=at, action="special.describe", subject=plan, data={"version": plan.version})
    return plan


@transaction.atomic
def choose_communities(
    *, by: User, at: dt.datetime, plan: SpecialPlan, add: Iterable[UUID] = (), remove: Iterable[UUID] = ()
) -> SpecialPlan:
    """Take communities of the plan's division in or out. Raises Invalid for one that is not of the division."""
    plan = _held(by, plan)
    wanted = set(add)
    of_division = Community.objects.public().filter(**{plan.division.column: plan.division_id})
    found = list(of_division.filter(uid__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise Invalid("有小区不在本辖区的登记册里", errors={"add": ["请从本辖区的登记册选择"]})
    SpecialPlanPlace.objects.bulk_create(
        [SpecialPlanPlace(plan=plan, community=row) for row in found], ignore_conflicts=True
    )
    gone, _ = SpecialPlanPlace.objects.filter(plan=plan, community__uid__in=list(remove)).delete()
    _touch(plan, at)
    record(by=by, at=at, action="special.choose", subject=plan, data={"to": len(found), "from": gone})
    return plan


@transaction.atomic
def issue_special_plan(
    *, by: User, at: dt.datetime, today: dt.date, plan: SpecialPlan, document_number: str, issued_on: dt.date, upload: Any,
    reason: str = "", expected_version: int | None = None,
) -> SpecialPlanVersion:  # fmt: skip
    """Issue what is written as the next version: it is frozen. A revision says why, and differs from the version before."""
    plan = _held(by, plan, expected_version, roles=("leader",))
    content = content_of(plan)
    before = plan.versions.order_by("-number").first()
    _check_issue(content, before, document_number, issued_on, reason, today)
    version = SpecialPlanVersion.objects.create(
        plan=plan, number=before.number + 1 if before else 1, content=content, content_hash=content_hash(content),
        document_number=document_number.strip(), issued_on=issued_on, reason=reason.strip(), by=by, at=at,
        file=files.store(upload=upload, division=plan.division, by=by, at=at),
    )  # fmt: skip
    SpecialPlanEntry.objects.bulk_create(
        [
            SpecialPlanEntry(version=version, community_id=pk)
            for pk in plan.places.values_list("community_id", flat=True)
        ]
    )
    _touch(plan, at)
    data = {"version": version.number, "hash": version.content_hash, "issued_on": issued_on.isoformat()}
    record(by=by, at=at, action="special.issue", subject=plan, data=data)
    return version


def _check_issue(
    content: dict[str, Any], before: SpecialPlanVersion | None, document_number: str, issued_on: dt.date, reason: str,
    today: dt.date,
) -> None:  # fmt: skip
    if not content["communities"]:
        raise Refused("规划里还没有小区，不能印发", code="special_plan_empty")
    errors: dict[str, list[str]] = {}
    if not document_number.strip() or len(document_number.strip()) > 60:
        errors["document_number"] = ["请填写文号，最多 60 字"]
    if issued_on > today or (before is not None and issued_on < before.issued_on):
        errors["issued_on"] = ["不能晚于今天，也不能早于上一版的印发日期"]
    if len(reason.strip()) > 300 or (before is not None and not reason.strip()):
        errors["reason"] = ["修订要写明原因，最多 300 字"]
    if errors:
        raise Invalid("专项规划没有印发：有内容需要更正", errors=errors)
    if before is not None and difference(before.content, content).empty:
        raise Refused(f"与第 {before.number} 版没有差别，不用再印发", code="special_plan_unchanged")


def _say(plan: SpecialPlan, title: str, first_year: int, last_year: int) -> None:
    errors: dict[str, list[str]] = {}
    title = title.strip()
    if not title or len(title) > 120 or "\0" in title:
        errors["title"] = ["应有 1 至 120 字"]
    if first_year not in YEARS:
        errors["first_year"] = [f"应在 {YEARS[0]}–{YEARS[-1]} 之间"]
    if last_year not in YEARS or last_year < first_year:
        errors["last_year"] = ["不能早于起始年份"]
    if errors:
        raise Invalid("专项规划没有保存：有内容需要更正", errors=errors)
    plan.title, plan.first_year, plan.last_year = title, first_year, last_year
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise Invalid("专项规划没有保存：同名的规划已有", errors={"title": ["本级已有同名的专项规划"]}) from error


def _held(
    by: User, plan: SpecialPlan, expected_version: int | None = None, roles: tuple[str, ...] = ("clerk", "leader")
) -> SpecialPlan:
    row = SpecialPlan.objects.select_for_update(of=("self",)).select_related("division").get(pk=plan.pk)
    keeping_body(by, row.division, roles=roles)
    if expected_version is not None and row.version != expected_version:
        raise Stale("专项规划已被他人修改，请刷新后再试")
    return row


def _touch(plan: SpecialPlan, at: dt.datetime) -> None:
    plan.version, plan.updated_at = plan.version + 1, at
    plan.save(update_fields=("version", "updated_at"))
