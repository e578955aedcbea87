"""The demonstration that ``make run`` leaves: places of all five documents, believable and in every state."""

import datetime as dt

from django.db import transaction

from approvals.escalation import escalate
from communities.models import Community
from offices import calendar, duties, history, rulebooks
from offices.demonstration import Offices, build_offices
from projects.actions.snapshots import keep_figures
from renovation.demonstration import (
    aftercare,
    around,
    board,
    desk,
    guangxi,
    homes,
    money,
    others,
    rolls,
    ruicheng,
    schemes,
    settled,
    stages,
    surveys,
    votes,
    works,
)
from renovation.demonstration.story import Story

YEARS = range(2019, 2031)


def build(*, at: dt.datetime, today: dt.date, accounts_only: bool = False) -> Offices:
    """Build what is missing: offices and accounts always, the places once. Idempotent; all or nothing."""
    with transaction.atomic():
        calendar.seed(at=at, years=YEARS)
        rulebooks.remember(at=at)
        offices = build_offices(at=at, today=dt.date(2019, 1, 2))
        if not accounts_only and not Community.objects.exists():
            story = Story(offices, at)
            places = (ruicheng.tell, guangxi.liuzhou, guangxi.yulin, others.changzhi, others.jiangxi)
            for tell in (
                *places,
                aftercare.tell,
                schemes.tell,
                rolls.tell,
                surveys.tell,
                board.tell,
                works.tell,
                money.tell,
                settled.tell,
                homes.tell,
                votes.tell,
                around.tell,
                stages.tell,
                desk.tell,
            ):
                tell(story, today)
    duties.sweep(at=at, today=today)
    escalate(at=at, today=today)
    keep_figures(at=at, today=today)
    history.seal(at=at)
    return offices
