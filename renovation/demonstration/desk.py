"""The desks of whoever decides: phrases of a person and of an office, cases copied to whom they concern, planned days of works."""

import datetime as dt

from approvals.copies import send_copy
from approvals.models import Case
from approvals.phrases import save_phrase
from projects import actions
from projects.models import Project
from renovation.demonstration.story import Story

D = dt.date
# (place, body, of the whole office, text)
PHRASES = (
    ("柳州市", "finance", False, "经审核，资金筹措方案可行，同意。"),
    ("柳州市", "finance", False, "请补充居民和企业出资的依据后再报。"),
    ("柳州市", "finance", True, "同意。请按规定落实配套资金，专款专用。"),
    ("柳州市", "housing", True, "经审查，符合年度计划申报要求，同意列入。"),
    ("芮城县", "government", False, "原则同意，请按时限组织实施。"),
)


def tell(story: Story, today: dt.date) -> None:
    """After everything else: cases that wait are copied, offices have their phrases, works of 2024 and 2026 their planned days."""
    offices = story.offices
    for place, kind, shared, text in PHRASES:
        by = offices.user(place, kind, "approver")
        body = offices.body(place, kind) if shared else None
        save_phrase(by=by, at=story.at(D(2026, 9, 1)), text=text, body=body)
    plan = Case.objects.filter(subject_type="annualplan", state="open", county=offices.divisions["柳北区"]).first()
    scheme = Case.objects.filter(subject_type="scheme", state="open", county=offices.divisions["城中区"]).first()
    if plan is not None:
        send_copy(
            by=story.clerk("柳北区"), at=story.at(D(2026, 10, 27)), case=plan, body=offices.body("柳州市", "power"),
            note="涉及三个小区的电力管线，请提前了解。",
        )  # fmt: skip
    if scheme is not None:
        send_copy(
            by=story.clerk("城中区"), at=story.at(D(2026, 10, 28)), case=scheme, body=offices.body("柳州市", "finance"),
            note="方案总投资变动较大，供财政部门了解。",
        )  # fmt: skip
    _planned(story, "芮城县", 2024, D(2024, 5, 20), D(2024, 11, 30))
    _planned(story, "东湖区", 2026, D(2026, 6, 25), D(2026, 12, 20))


def _planned(story: Story, place: str, year: int, start: dt.date, end: dt.date) -> None:
    """Planned days of works and acceptance of a year's projects that have none."""
    rows = Project.objects.filter(county=story.offices.divisions[place], plan_year=year).order_by("pk")
    for number, project in enumerate(rows):
        held = set(project.stage_days.filter(planned_on__isnull=False).values_list("stage", flat=True))
        shift = dt.timedelta(days=6 * number)
        days = {stage: day + shift for stage, day in (("works", start), ("accepted", end)) if stage not in held}
        at = story.at(start - dt.timedelta(days=40))
        actions.plan_days(by=story.clerk(place), at=at, project=project, days=days)
