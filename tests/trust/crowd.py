"""How often pages ask: no page of the staff asks the database more than fifteen times, whoever opens it and however much lies in view."""

from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.models import Community
from offices.models import Duty
from projects.models import PlanLine, Project, ProjectCommunity, StageDay
from tests.cast import AT, TODAY
from tests.trust.route import OPEN
from tests.trust.rows import Rows
from tests.trust.table import TABLE

MOST, IN_A_PLAN = 15, 60
PARTS = ("approvals:", "communities:", "funding:", "notices:", "offices:", "projects:", "staff_")
PAGES = [name for name, route in TABLE.items() if name.startswith(PARTS) and route.read not in {None, OPEN}]
# Those that ask the most: what every run looks at, as whoever writes and whoever decides.
HEAVY = (
    "approvals:case approvals:inbox approvals:notice approvals:survey offices:member projects:acceptance projects:body projects:companions "
    "projects:grid projects:paper_table projects:permits projects:plan projects:project projects:projects projects:scheme projects:submit "
    "projects:upper_money projects:works staff_behind staff_dashboard staff_home"
).split()


def crowd(rows: Rows, many: int) -> None:
    """``many`` projects of the county in plans of seven years, each with a community and a planned day; some with a deadline."""
    places = Community.objects.bulk_create(
        Community(**copied(rows.community, name=f"大院{number}", name_key=f"大院{number}")) for number in range(many)
    )
    body = rows.body.pk
    projects = Project.objects.bulk_create(
        Project(
            **copied(rows.project, name=f"大院{number}改造", plan_year=2020 + number % 7, implementing_body_id=body)
        )
        for number in range(many)
    )
    ProjectCommunity.objects.bulk_create(
        ProjectCommunity(project=project, community=place) for project, place in zip(projects, places, strict=True)
    )
    StageDay.objects.bulk_create(
        StageDay(project=project, stage="works", planned_on=TODAY, recorded_at=AT) for project in projects
    )
    duty = Duty.objects.filter(subject_uid=rows.project.uid)[0]
    Duty.objects.bulk_create(
        Duty(**copied(duty, subject_uid=project.uid, body_id=body, due_on=TODAY)) for project in projects[: many // 5]
    )
    for plan, some in ((rows.draft, projects[:IN_A_PLAN]), (rows.issued, projects[IN_A_PLAN : 2 * IN_A_PLAN])):
        PlanLine.objects.bulk_create(
            PlanLine(plan=plan, project=project, position=number, created_at=AT, updated_at=AT)
            for number, project in enumerate(some, 2)
        )


def copied(row: Any, **changed: Any) -> dict[str, Any]:
    """What a row holds, but for its keys and what is changed."""
    held = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: value for name, value in held.items() if name not in {"id", "uid"}} | changed


def asked(full: Rows, name: str, roles: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """How often a page asks, by role; what is no page (a sheet, rows) is left out."""
    route, found = TABLE[name], []
    url = reverse(name.partition("#")[0], kwargs=route.args(full))
    for role in roles:
        client = Client()
        client.force_login(full.users[role], backend="offices.backend.StaffBackend")
        with transaction.atomic():
            with CaptureQueriesContext(connection) as seen:
                response = client.get(url, route.query(full))
            transaction.set_rollback(True)
        assert response.status_code < 500, name
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            found.append((len(seen), name, role))
    return found


def held(found: list[tuple[int, str, str]]) -> None:
    """The worst are told."""
    worst = sorted(found, reverse=True)
    print(*worst[:20], sep="\n")
    assert len(worst) > 0 and [row for row in worst if row[0] > MOST] == []
