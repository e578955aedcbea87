"""Projects of which nobody reported for a month: residents read it, and whoever should report is told, once for each silence."""

import datetime as dt

from offices.messages import tell
from offices.queries import bodies_by_slug, members
from policies.words import date_words
from projects.models import Project
from projects.rules.stages import REPORTING, SILENT_AFTER

ANSWERING = ("county_renovation_authority", "county_housing", "city_housing")


def remind_silent(*, at: dt.datetime, today: dt.date) -> int:
    """Tell the clerks of the implementing body, else of the office in charge; how many projects are silent."""
    rows = Project.objects.public().filter(stage__in=REPORTING, reported_on__lt=today - dt.timedelta(days=SILENT_AFTER))
    silent = 0
    for row in rows.select_related("division", "implementing_body").order_by("pk").iterator(chunk_size=200):
        assert row.reported_on is not None
        body = row.implementing_body
        people = members(body, "clerk") if body is not None else []
        if not people:
            bodies = bodies_by_slug(row.division, ANSWERING)
            people = next(
                (told for slug in ANSWERING if slug in bodies and (told := members(bodies[slug], "clerk"))), []
            )
        tell(
            event=f"silent:{row.uid}:{row.reported_on}", recipients=people, title=f"已{(today - row.reported_on).days}天未更新：{row.name}",
            text=f"上次填报是{date_words(row.reported_on)}，居民页面已注明。请填报进度或施工月报。", link=f"/staff/projects/{row.uid}/",
            subject=row, at=at,
        )  # fmt: skip
        silent += 1
    return silent
