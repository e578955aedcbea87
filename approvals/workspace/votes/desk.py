"""The list of votes, one vote with where it stands, who is missing, and the acts after the drafting."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from approvals.models import Vote
from approvals.votes import closing, drafting, turnout
from approvals.votes.access import LEADERS
from approvals.votes.decides_for import purposes
from approvals.votes.figures import Figures, tally_of
from approvals.votes.objections import objections_of
from approvals.votes.reconciling import papers_by_building, total
from approvals.votes.texts import undelivered
from approvals.workspace.votes.common import act, actor, crumbs, keeps, show, vote_or_404
from approvals.workspace.votes.forms import VoteFilter
from approvals.workspace.votes.objections import objection_rows
from communities.access import KEEPERS
from offices.clock import now, today
from offices.viewing import division_in_view

PAGE, MISSING_PAGE, OBJECTIONS_PAGE = 50, 100, 20
COUNTED = (Vote.State.COUNTED, Vote.State.CONFIRMED)
PREPARERS = {"clerk", "leader"}


@require_safe
@login_required
def votes(request: HttpRequest) -> HttpResponse:
    """Votes of the division in view."""
    form = VoteFilter(request.GET or None)
    if request.GET and not form.is_valid():
        raise BadRequest("filter")
    chosen: dict[str, Any] = form.cleaned_data if request.GET else {}
    user, at = actor(request), now()
    rows = turnout.votes_in_scope(
        user, division=division_in_view(request), state=chosen.get("state", ""), community=chosen.get("community", ""), at=at
    )  # fmt: skip
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    heads = turnout.heads_so_far(found)
    listed = [(vote, turnout.phase(vote, at), heads.get(vote.pk, 0)) for vote in found]
    may_add = any(
        m.role in PREPARERS and KEEPERS & {m.body.kind, *m.body.also} for m in user.active_memberships
    )  # fmt: skip
    context = {
        "page": page,
        "rows": listed,
        "filter": form,
        "may_add": may_add,
        "undelivered": undelivered(user, at).count(),
        "filtered": any(chosen.values()),
    }
    return show(request, "list", context)


@require_safe
@login_required
def vote_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One vote: before the counting its turnout, afterwards the four shares and the balance of the papers."""
    vote, at = vote_or_404(request, uid), now()
    context = {
        "vote": vote, "crumbs": crumbs(vote), "phase": turnout.phase(vote, at), "keeps": keeps(request, vote),
        "leads": keeps(request, vote, *LEADERS), "purpose": _purpose(request, vote),
        "open": vote.state == Vote.State.ANNOUNCED and vote.opens_at <= at < vote.closes_at,
        "over": vote.state == Vote.State.CLOSED or (vote.state == Vote.State.ANNOUNCED and at >= vote.closes_at),
    }  # fmt: skip
    if vote.state in COUNTED:
        context |= _counted(request, vote)
    elif vote.state in (Vote.State.ANNOUNCED, Vote.State.CLOSED):
        context |= {"turnout": turnout.turnout_of(vote), "buildings": turnout.by_building(vote)}
    if vote.state not in (Vote.State.DRAFT, Vote.State.CANCELLED):
        context |= _papers(vote)
    return show(request, "vote", context)


def _purpose(request: HttpRequest, vote: Vote) -> Any:
    if vote.subject_uid is None:
        return None
    return purposes(actor(request), vote.subject_type, [vote.subject_uid]).get(vote.subject_uid)


def _papers(vote: Vote) -> dict[str, Any]:
    unread = {} if vote.state in COUNTED else turnout.unread_papers(vote)  # nothing is counted while one is unread
    return {"papers": total(papers_by_building(vote)), "unread": unread}


def _counted(request: HttpRequest, vote: Vote) -> dict[str, Any]:
    result = vote.result
    shown = result_figures(vote)
    objections = Paginator(objections_of(vote), OBJECTIONS_PAGE).get_page(request.GET.get("page"))
    return {
        "result": result, "shares": turnout.shares_of(vote, tally_of(vote, shown).results), "figures": choices_of(vote),
        "kept_number": turnout.kept_ballots(vote).count(),
        "may_confirm": vote.state == Vote.State.COUNTED and keeps(request, vote, *LEADERS),
        "objecting": vote.objections_until is not None and today() <= vote.objections_until,
        "own_count": result.counted_by_id == actor(request).pk, "channels": turnout.channels_of(vote),
        "buildings": turnout.by_building(vote), "counted": True,
        "objections": objection_rows(objections.object_list), "page": objections,
    }  # fmt: skip


def result_figures(vote: Vote) -> Figures:
    """The counted result as the rule's figures (areas in 0.01 ㎡)."""
    row = vote.result
    assert vote.roll_area is not None and vote.roll_heads is not None
    return Figures(
        int(vote.roll_area * 100), vote.roll_heads, int(row.participating_area * 100), row.participating_heads,
        int(row.agreeing_area * 100), row.agreeing_heads, int(row.opposing_area * 100), row.opposing_heads,
    )  # fmt: skip


def choices_of(vote: Vote) -> list[tuple[str, int, Any]]:
    """同意, 反对, 弃权, 未参与 with heads and ㎡; for a counted vote alone."""
    row = vote.result
    assert vote.roll_area is not None and vote.roll_heads is not None
    return [
        ("同意", row.agreeing_heads, row.agreeing_area), ("反对", row.opposing_heads, row.opposing_area),
        (
            "弃权", row.participating_heads - row.agreeing_heads - row.opposing_heads,
            row.participating_area - row.agreeing_area - row.opposing_area,
        ),
        ("未参与", vote.roll_heads - row.participating_heads, vote.roll_area - row.participating_area),
    ]  # fmt: skip


@require_safe
@login_required
def missing(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who has not taken part: places, masked names, never more."""
    vote = vote_or_404(request, uid)
    if vote.state in (Vote.State.DRAFT, Vote.State.CANCELLED):
        return show(request, "missing", {"vote": vote, "crumbs": crumbs(vote, "尚未参与"), "page": None})
    building = request.GET.get("building", "")[:60].replace("\x00", "")
    page = Paginator(turnout.missing_voters(vote, building=building), MISSING_PAGE).get_page(request.GET.get("page"))
    context = {
        "vote": vote, "crumbs": crumbs(vote, "尚未参与"), "page": page, "rows": turnout.voter_rows(list(page.object_list)),
        "building": building, "buildings": turnout.by_building(vote), "open": turnout.phase(vote, now())[1] == "投票中",
        "keeps": keeps(request, vote),
    }  # fmt: skip
    return show(request, "missing", context)


@require_POST
@login_required
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Register that the time is up; before its time the action says no."""
    vote = vote_or_404(request, uid)
    work = lambda: closing.close_vote(by=actor(request), at=now(), vote=vote)  # noqa: E731
    return act(request, vote, work, "已登记截止。纸质票录入完毕后即可计票。")


@require_POST
@login_required
def count(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Count."""
    vote = vote_or_404(request, uid)
    work = lambda: closing.finish_counting(by=actor(request), at=now(), vote=vote)  # noqa: E731
    return act(request, vote, work, "计票结束，结果开始公示。")


@require_POST
@login_required
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another leader confirms the result."""
    vote = vote_or_404(request, uid)
    work = lambda: closing.confirm_vote(by=actor(request), at=now(), vote=vote)  # noqa: E731
    return act(request, vote, work, "结果已确认。")


@require_POST
@login_required
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the vote up, with a reason."""
    vote, reason = vote_or_404(request, uid), request.POST.get("reason", "")[:300].replace("\x00", "")
    work = lambda: drafting.cancel_vote(by=actor(request), at=now(), vote=vote, reason=reason)  # noqa: E731
    return act(request, vote, work, "表决已取消。")
