"""公示 from draft to close: its end is the rulebook's, its content is frozen, nobody closes it over an open objection."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from approvals import notices
from approvals.models import Notice, NoticeCount, Remark
from approvals.notices.days import remind
from offices import calendar
from offices.demonstration import Offices
from offices.models import HistoryEntry, Message
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused, Stale
from projects import actions
from projects.gates import gates_of_project
from projects.models import Project
from tests.approvals.notices import AFTER, END, MONDAY, PERSON, Board, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(offices: Offices) -> Board:
    """城中区, by LZ-08."""
    return Board(offices)


def gate(project: Project, day: dt.date, step: Any) -> Any:
    """The answer of the gate ``notice``."""
    project = Project.objects.select_related("division", "county").get(pk=project.pk)
    gates = gates_of_project(project, layers=layers_of(project.division), day=day, steps=(step,))
    return next(each for each in gates if each.gate.evidence == "notice")


@pytest.mark.rule("LZ-08")
def test_five_working_days_end_by_the_rulebook_and_the_skipped_days_are_named(board: Board) -> None:
    notice = board.post()
    assert (notice.state, notice.posted_on, notice.last_day, notice.counted_in) == (
        "posted",
        MONDAY,
        END,
        "working_days",
    )
    count = NoticeCount.objects.get(notice=notice)
    assert (count.rule_id, count.days, count.estimated) == ("LZ-08", 5, False)
    assert [(row["day"], row["counts"], row["why"]) for row in count.notes] == [
        ("2026-03-07", False, "休息日（星期六），不计"), ("2026-03-08", False, "休息日（星期日），不计")
    ]  # fmt: skip


@pytest.mark.rule("RC-12")
def test_calendar_days_that_end_on_a_rest_day_move_on(offices: Offices) -> None:
    board = Board(offices, "芮城县", ("洞宾小区",))
    notice = board.post(day=dt.date(2026, 3, 2))  # the fifth day is Saturday, 7 March
    assert (notice.last_day, notice.counted_in) == (dt.date(2026, 3, 9), "calendar_days")
    assert [row["why"] for row in notice.counts.get().notes] == [
        "期满日为休息日（星期六），顺延",
        "休息日（星期日），顺延",
    ]
    with pytest.raises(RuleRefused, match="公示还不能结束"):
        board.close(notice, dt.date(2026, 3, 9))
    assert gate(board.project, dt.date(2026, 3, 9), "review").outcome == "unmet"
    board.close(notice, dt.date(2026, 3, 10))
    answer = gate(board.project, dt.date(2026, 3, 10), "review")
    assert (answer.outcome, answer.citation.rule) == ("met", "RC-12")


@pytest.mark.rule("CZ-04")
def test_where_no_length_is_stated_the_notice_names_its_own(offices: Offices) -> None:
    board = Board(offices, "潞州区", ("东营小区",))
    draft = board.draft()
    with pytest.raises(Invalid) as refused:
        board.post(draft)
    assert "未作规定" in refused.value.errors["own_days"][0]
    notices.change_notice(
        by=board.clerk, at=at(MONDAY), notice=draft, values={"own_days": 7, "own_counted_in": "calendar_days"}
    )
    notice = board.post(draft)
    assert notice.last_day == MONDAY + dt.timedelta(days=7)
    assert notice.counts.get().rule_id == "CZ-04"
    board.close(notice, MONDAY + dt.timedelta(days=8))
    assert gate(board.project, MONDAY + dt.timedelta(days=8), "review").outcome == "met"


def test_a_longer_length_of_its_own_stands_and_a_shorter_one_does_not(board: Board) -> None:
    assert board.post(own_days=2, own_counted_in="working_days").last_day == END
    other = Board(board.offices, "柳北区", ("跃进小区",))
    assert other.post(own_days=10, own_counted_in="working_days").last_day == dt.date(2026, 3, 16)


def test_a_day_early_across_a_holiday_is_refused(board: Board) -> None:
    posted = dt.date(
        2026, 9, 24
    )  # Mid-Autumn 25–27 September; 28, 29, 30, then National Day until the 7th, 8, 9 October
    notice = board.post(day=posted)
    assert notice.last_day == dt.date(2026, 10, 9)
    for day in (dt.date(2026, 9, 29), dt.date(2026, 10, 1), dt.date(2026, 10, 8), dt.date(2026, 10, 9)):
        with pytest.raises(RuleRefused) as refused:
            board.close(notice, day)
        assert refused.value.reasons[0].missing == "2026年10月9日届满，次日起可以结束"
        assert refused.value.reasons[0].citation is not None and refused.value.reasons[0].citation.rule == "LZ-08"
    why = {row["day"]: row["why"] for row in notice.counts.get().notes}
    assert why["2026-10-01"] == "节假日（国庆节），不计" and "中秋" in why["2026-09-25"]
    assert board.close(notice, dt.date(2026, 10, 10)).state == "closed"


@pytest.mark.rule("LZ-08")
def test_an_open_objection_holds_it_open_and_a_leader_confirms_that_answered_is_settled(board: Board) -> None:
    notice = board.post()
    remark = board.say(notice)
    with pytest.raises(RuleRefused) as refused:
        board.close(notice)
    assert [reason.missing for reason in refused.value.reasons] == ["还有 1 件异议未办结"]
    assert gate(board.project, AFTER, "declare").missing == "映山街小区：正在公示，至2026年3月9日，尚有 1 件异议未办结"
    board.answer(remark)
    with pytest.raises(Forbidden, match="负责人确认"):
        board.close(notice)
    with pytest.raises(Invalid, match="请确认"):
        board.close(notice, by=board.leader)
    closed = board.close(notice, by=board.leader, confirmed=True)
    assert (closed.state, closed.confirmed, closed.closed_by) == ("closed", True, board.leader)
    met = gate(board.project, AFTER, "declare")
    assert met.outcome == "met" and "平台公示" in met.explanation and met.provision.reading


def test_opinions_do_not_hold_it_open_and_without_objections_the_clerk_closes(board: Board) -> None:
    notice = board.post()
    board.say(notice, kind="opinion")
    assert board.close(notice).confirmed is False


def test_what_comes_after_the_period_is_late_and_kept(board: Board) -> None:
    notice = board.post()
    assert board.say(notice, END).late is False
    notices.withdraw_remark(at=at(END, 18), remark=Remark.objects.get())
    late = board.say(notice, AFTER)
    assert late.late
    board.close(notice)
    assert board.say(notice, AFTER).late
    standing = gate(board.project, AFTER, "declare")
    assert standing.outcome == "met"


def test_its_author_reopens_once_within_the_period_and_withdraws(board: Board) -> None:
    notice = board.post()
    remark = board.answer(board.say(notice))
    with pytest.raises(Invalid):
        notices.reopen_remark(at=at(MONDAY), today=MONDAY, remark=remark, text=" ")
    notices.reopen_remark(at=at(MONDAY), today=MONDAY, remark=remark, text="树已经砍了")
    remark.refresh_from_db()
    assert remark.state == "open"
    board.answer(remark, text="补种同种乔木。")
    with pytest.raises(Refused, match="一次"):
        notices.reopen_remark(at=at(MONDAY), today=MONDAY, remark=remark, text="还是不行")
    other = board.answer(board.say(notice))
    with pytest.raises(Refused, match="公示期已过"):
        notices.reopen_remark(at=at(AFTER), today=AFTER, remark=other, text="晚了")
    assert notices.withdraw_remark(at=at(END), remark=other).state == "withdrawn"
    with pytest.raises(Refused):
        notices.withdraw_remark(at=at(END), remark=other)


@pytest.mark.parametrize(
    "words", [{"text": f"{PERSON['name']}同志：已采纳"}, {"summary": "139 8765 0123 来电"}, {"text": "住7栋2单元601的居民"},
              {"text": "证件 110101199001011234"}]
)  # fmt: skip
def test_an_answer_with_personal_values_is_not_published(board: Board, words: dict[str, str]) -> None:
    remark = board.say(board.post())
    with pytest.raises(Invalid, match="更正") as refused:
        board.answer(remark, **words)
    assert "个人信息" in next(iter(refused.value.errors.values()))[0]
    assert not remark.answers.exists()


def test_a_posted_notice_is_frozen_for_actions_and_for_sql(board: Board) -> None:
    notice = board.post()
    with pytest.raises(Refused, match="不能修改"):
        notices.change_notice(by=board.clerk, at=at(MONDAY), notice=notice, values={"text": "改"})
    for column, value in (
        ("text", "改"), ("title", "改"), ("content", "[]"), ("places", "[]"), ("posted_on", "2026-02-02"), ("content_hash", "0"),
        ("last_day", "2026-03-03"), ("own_days", 1), ("posted_on", None), ("files", "[1]"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE approvals_notice SET {column} = %s WHERE id = %s", [value, notice.pk])
    for table in ("approvals_noticecount", "approvals_noticecommunity", "approvals_notice"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    remark = board.say(notice)
    for column, value in (("text", "改"), ("late", True), ("received_on", "2026-04-01"), ("kind", "opinion")):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE approvals_remark SET {column} = %s WHERE id = %s", [value, remark.pk])
    board.answer(remark)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_remarkanswer SET text = 'x'")
    assert Notice.objects.get(pk=notice.pk).text == "拟改造给水、道路。"


def test_a_draft_is_changed_freely_until_then(board: Board) -> None:
    draft = board.draft()
    changed = notices.change_notice(
        by=board.clerk, at=at(MONDAY), notice=draft, values={"text": "另写"}, expected_version=1
    )
    assert (changed.text, changed.version) == ("另写", 2)
    with pytest.raises(Stale):
        notices.change_notice(by=board.clerk, at=at(MONDAY), notice=draft, values={"text": "旧的"}, expected_version=1)
    assert notices.withdraw_notice(by=board.clerk, at=at(MONDAY), notice=draft, reason="写错项目").state == "withdrawn"


def test_withdrawal_and_copy_start_anew_and_never_shorter(board: Board) -> None:
    notice = board.post(own_days=8, own_counted_in="working_days")
    with pytest.raises(Invalid):
        notices.withdraw_notice(by=board.clerk, at=at(MONDAY), notice=notice, reason="  ")
    notices.withdraw_notice(by=board.clerk, at=at(MONDAY), notice=notice, reason="面积有误")
    thursday = dt.date(2026, 3, 5)
    copied = notices.copy_notice(by=board.clerk, at=at(thursday), notice=Notice.objects.get(pk=notice.pk))
    notices.change_notice(
        by=board.clerk, at=at(thursday), notice=copied, values={"own_days": None, "own_counted_in": ""}
    )
    with pytest.raises(Invalid, match="不能更短"):
        board.post(copied, thursday)
    with pytest.raises(Invalid, match="不能更短"):  # nor as a new draft of the same project
        board.post(day=thursday)
    notices.change_notice(
        by=board.clerk, at=at(thursday), notice=copied, values={"own_days": 8, "own_counted_in": "working_days"}
    )
    again = board.post(copied, thursday)
    assert again.posted_on == thursday and again.last_day == dt.date(2026, 3, 17)


def test_one_notice_at_a_time(board: Board) -> None:
    board.post()
    with pytest.raises(Refused, match="正在公示"):
        board.post()


def test_a_changed_scheme_voids_what_was_posted(board: Board) -> None:
    notice = board.close(board.post())
    assert gate(board.project, AFTER, "declare").outcome == "met"
    actions.change_project(
        by=board.clerk, at=at(AFTER), today=AFTER, project=board.project, changes={"works": ["water"]}
    )
    notice.refresh_from_db()
    assert notice.state == "void"
    answer = gate(board.project, AFTER, "declare")
    assert answer.outcome == "unmet" and "须重新公示" in answer.missing
    assert HistoryEntry.objects.filter(action="notice.void").count() == 1
    with pytest.raises(Refused, match="不再接收"):
        board.say(notice, AFTER)
    assert board.post(day=AFTER).state == "posted"


def test_only_who_keeps_the_place_posts_and_answers(board: Board) -> None:
    stranger = board.offices.user("柳北区", "housing", "clerk")
    draft = board.draft()
    with pytest.raises(Forbidden):
        notices.post_notice(by=stranger, at=at(MONDAY), today=MONDAY, notice=draft)
    police = board.offices.user("城中区", "public_security", "clerk")
    with pytest.raises(Forbidden):
        notices.post_notice(by=police, at=at(MONDAY), today=MONDAY, notice=draft)
    notice = board.post(draft)
    with pytest.raises(Forbidden):
        notices.answer_remark(
            by=stranger, at=at(MONDAY), remark=board.say(notice), outcome="adopted", summary="摘要", text="答"
        )
    assert stranger not in [entry.by for entry in HistoryEntry.objects.all()]


def test_a_community_of_another_project_is_not_posted_in(board: Board) -> None:
    outside = board.community("别的小区")
    with pytest.raises(Invalid) as refused:
        board.draft(communities=[*board.communities, outside])
    assert refused.value.errors == {"communities": ["不属于该项目：别的小区"]}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"text": "甲\x00乙"}, "text"), ({"text": "长" * 2001}, "text"), ({"text": " "}, "text"), ({"name": "名" * 41}, "name"),
     ({"kind": "vote"}, "kind"), ({"community": "00000000-0000-0000-0000-000000000000"}, "community")],
)  # fmt: skip
def test_bad_input_names_its_field_and_keeps_nothing(board: Board, given: dict[str, str], field: str) -> None:
    notice = board.post()
    with pytest.raises(Invalid) as refused:
        board.say(notice, **given)
    assert set(refused.value.errors) == {field}
    assert not Remark.objects.exists()


def test_a_draft_takes_no_objection(board: Board) -> None:
    with pytest.raises(Refused, match="不再接收"):
        board.say(board.draft())


@pytest.mark.rule("YL-06")
def test_opinions_by_channel_with_what_became_of_each(offices: Offices) -> None:
    board = Board(offices, "玉州区", ("东明小区",))
    page = notices.queries
    layers = layers_of(offices.divisions["玉州区"])
    assert [label for label, _ in page.unheard(layers, MONDAY, page.channels_of([]))] == [
        "方案公示（书面）", "小区自治组织会议", "业主代表会议"
    ]  # fmt: skip
    for channel, outcome in (
        ("self_governance_meeting", "adopted"), ("owners_representatives_meeting", "not_adopted"), ("owners_representatives_meeting", "")
    ):  # fmt: skip
        remark = notices.enter_remark(
            by=board.clerk, at=at(MONDAY), today=MONDAY, channel=channel, received_on=MONDAY, subject_type="project", subject=board.project,
            given={"kind": "opinion", "text": "增设停车位"},
        )  # fmt: skip
        if outcome:
            board.answer(remark, outcome=outcome, text="场地不足，另行选址。")
    rows = page.remarks_of(board.project.uid)
    counted = {
        each.key: (each.received, each.outcomes["adopted"], each.outcomes["not_adopted"])
        for each in page.channels_of(rows)
    }
    assert counted["self_governance_meeting"] == (1, 1, 0)
    assert counted["owners_representatives_meeting"] == (2, 0, 1)
    unheard = page.unheard(layers, MONDAY, page.channels_of(rows))
    assert [(label, citation.rule, citation.strength) for label, citation in unheard] == [
        ("方案公示（书面）", "YL-06", "strive")
    ]


def test_an_entry_is_not_of_tomorrow_nor_of_before_the_posting(board: Board) -> None:
    notice = board.post()
    for day in (MONDAY + dt.timedelta(days=1), MONDAY - dt.timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            notices.enter_remark(
                by=board.clerk, at=at(MONDAY), today=MONDAY, notice=notice, channel="letter", received_on=day,
                given={"kind": "opinion", "text": "来信"},
            )  # fmt: skip
        assert "received_on" in refused.value.errors


@pytest.mark.rule("N-06")
def test_who_said_it_is_opened_for_a_reason_that_is_recorded(board: Board) -> None:
    remark = board.say(board.post())
    with pytest.raises(Invalid):
        notices.reveal_remark(by=board.clerk, at=at(MONDAY), remark=remark, reason="")
    person = notices.reveal_remark(by=board.clerk, at=at(MONDAY), remark=remark, reason="电话答复")
    assert person is not None and person.phone == PERSON["phone"]
    assert remark.reveals.get().by == board.clerk
    text = str([(entry.action, entry.data) for entry in HistoryEntry.objects.all()])
    assert "remark.reveal" in text and not any(value in text for value in PERSON.values())


def test_an_estimated_year_is_marked_and_recounted_with_a_visible_difference(board: Board) -> None:
    calendar.seed(at=at(MONDAY), years=range(2026, 2029))
    posted, admin = dt.date(2027, 12, 28), board.clerk
    admin.is_superuser = True
    known = [(dt.date(2027, 1, 1), False, "元旦")]
    calendar.load_official_year(by=admin, at=at(MONDAY), today=MONDAY, year=2027, days=known, source="国办发明电")
    notice = board.post(day=posted)
    before = notice.last_day
    assert notice.estimated and notice.counts.get().estimated
    days = [(dt.date(2028, 1, day), False, "元旦") for day in (3, 4)]
    moved = calendar.load_official_year(
        by=admin, at=at(posted), today=posted, year=2028, days=days, source="国办发明电"
    )
    notice.refresh_from_db()
    assert [(row.what, row.before, row.after) for row in moved] == [
        ("改造方案公示：公示截止日", before, notice.last_day)
    ]
    assert notice.last_day is not None and before is not None and notice.last_day > before and not notice.estimated
    assert [row.last_day for row in notice.counts.all()] == [before, notice.last_day]
    assert Message.objects.filter(event__startswith=f"notice:{notice.uid}:moved", recipient=board.clerk).exists()


def test_a_calendar_that_would_end_it_earlier_leaves_residents_the_day_they_were_told(board: Board) -> None:
    posted, admin = dt.date(2027, 12, 28), board.clerk
    admin.is_superuser = True
    notice = board.post(day=posted)
    days = [(dt.date(2028, 1, 1), True, "调休"), (dt.date(2028, 1, 2), True, "调休")]
    assert calendar.load_official_year(by=admin, at=at(posted), today=posted, year=2028, days=days, source="国办") == []
    notice.refresh_from_db()
    counts = list(notice.counts.all())
    assert len(counts) == 2 and counts[1].computed < counts[1].last_day == notice.last_day


def test_the_body_is_reminded_once_the_period_is_over(board: Board) -> None:
    notice = board.post()
    assert remind(at=at(END), today=END) == 0
    for _ in range(3):
        assert remind(at=at(AFTER), today=AFTER) == 1
    assert (
        Message.objects.filter(event=f"notice:{notice.uid}:ended:{END}", recipient=board.clerk, channel="inbox").count()
        == 1
    )
    board.close(notice)
    assert remind(at=at(AFTER), today=AFTER) == 0
