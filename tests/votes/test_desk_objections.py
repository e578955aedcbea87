"""Objections at the desk: seen masked, answered by another than who counted, opened with a reason; open ones stop the confirmation."""

from approvals.models import RollVoter, Vote, VoteObjection
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import finish_counting
from approvals.votes.objections import make_objection
from offices.demonstration import Offices
from offices.models import HistoryEntry
from tests.votes.conftest import DAY, Clock
from tests.votes.letters import three
from tests.votes.test_desk_pages import browser, text, url


def test_an_objection_is_answered_before_the_result_is_confirmed(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    first, second, third = three(offices)
    for voter in voters:
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    clock.to(vote.closes_at)
    finish_counting(by=first, at=clock.now, vote=vote)
    row = make_objection(
        at=clock.now,
        vote=vote,
        given={"text": "请重新核对纸质票", "name": "欧阳小明", "phone": "13912345678", "home": "1-101"},
    )
    page = text(browser(second).get(url("vote", vote.uid)))
    assert "请重新核对纸质票" in page and "欧**" in page and "欧阳小明" not in page and "13912345678" not in page
    said = {"text": "阳台面积没有算", "name": "欧阳大明", "phone": "13912345679"}
    assert browser(second).post(url("vote_object", vote.uid), {**said, "name": ""}).status_code == 400
    assert "B-" in text(browser(second).post(url("vote_object", vote.uid), said, follow=True))
    written = VoteObjection.objects.get(text="阳台面积没有算")
    assert written.entered_by == second and row.entered_by is None
    assert "代录" in text(browser(second).get(url("vote", vote.uid)))
    act = HistoryEntry.objects.filter(action="vote.objection").latest("pk")
    assert act.by_id == second.pk and "欧阳大明" not in str(act.data)
    browser(third).post(url("vote_answer", vote.uid, written.uid), {"text": "面积以登记簿为准。"})
    clock.forward(20 * DAY)
    assert browser(second).post(url("vote_object", vote.uid), said).status_code == 409
    browser(second).post(url("vote_confirm", vote.uid))
    vote.refresh_from_db()
    assert vote.state == "counted"
    answer = url("vote_answer", vote.uid, row.uid)
    assert "另一人答复" in text(browser(first).post(answer, {"text": "无误"}, follow=True))
    assert "答复已保存" in text(browser(third).post(answer, {"text": "已核对，无误。"}, follow=True))
    contact = url("vote_contact", vote.uid, row.uid)
    assert browser(second).post(contact, {"reason": ""}).status_code == 400
    assert "欧阳小明" in text(browser(second).post(contact, {"reason": "电话回访"}))
    assert browser(offices.user("柳北区", "housing", "approver")).post(contact, {"reason": "看看"}).status_code == 403
    browser(second).post(url("vote_confirm", vote.uid))
    vote.refresh_from_db()
    assert vote.state == "confirmed"
