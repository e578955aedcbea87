"""An opinion that is owed too long goes to the leader of the body: once for each time that it was asked. It decides nothing."""

import datetime as dt
from collections import defaultdict

from django.db import connection, transaction

from approvals.models import Case, CaseAsk
from offices.clock import day_of
from offices.duties import escalated_until
from offices.messages import tell
from offices.models import Membership, User

BATCH = 200


def escalate(*, at: dt.datetime, today: dt.date) -> int:
    """Tell leaders of opinions owed for more than ESCALATION_DAYS working days. Returns how many; running it twice changes nothing."""
    last, told = escalated_until(today), 0
    while batch := _escalate_batch(last, at, today):
        told += batch
    return told


@transaction.atomic
def _escalate_batch(last: dt.date, at: dt.datetime, today: dt.date) -> int:
    """Up to BATCH asks: the mark and the messages in one transaction, each message once by its event."""
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min, tzinfo=at.tzinfo)
    rows = CaseAsk.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked, of=("self",)
    )
    asks = list(
        rows.filter(asked_at__lt=end, answered_at__isnull=True, escalated_at__isnull=True, case__state=Case.State.OPEN)
        .select_related("case", "body").order_by("pk")[:BATCH]
    )  # fmt: skip
    leaders: dict[int, list[User]] = defaultdict(list)
    members = Membership.objects.filter(
        body_id__in={ask.body_id for ask in asks}, role=Membership.Role.LEADER, active=True, user__is_active=True
    )
    for row in members.select_related("user").order_by("pk"):
        leaders[row.body_id].append(row.user)
    for ask in asks:
        assert ask.asked_at is not None
        waited = (today - day_of(ask.asked_at)).days
        tell(
            event=f"escalation:{ask.pk}", recipients=leaders[ask.body_id], title=f"请督办：{ask.case.title}",
            text=f"{ask.body}的意见已等待 {waited} 天。", link=f"/staff/cases/{ask.case.uid}/", subject=ask.case, at=at,
        )  # fmt: skip
    CaseAsk.objects.filter(pk__in=[ask.pk for ask in asks]).update(escalated_at=at)
    return len(asks)
