"""A vote before it is announced: the draft, and the page on which a second person announces it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from approvals.models import Vote
from approvals.rules.tally import TEST_LABELS
from approvals.votes import drafting
from approvals.votes.access import desk_body
from approvals.votes.decides_for import Purpose, purposes, require_purpose
from approvals.votes.turnout import Share, phase, shares_of
from approvals.workspace.votes.common import actor, attempt, crumbs, keeps, show, vote_or_404, vote_url
from approvals.workspace.votes.forms import CommunityChoice, VoteForm
from communities.models import Community
from communities.queries.voters import draft_roll
from offices.clock import day_of, now, today
from offices.models import Division
from offices.rulebooks import layers_of
from offices.viewing import division_in_view
from policies.answer import citation
from policies.refusal import Invalid, Refused

PAGE, PROBLEMS = 50, 20
SUBJECT = "project"


@dataclass(frozen=True)
class MatterRow:
    """A matter as the form offers it: its thresholds are seen before it is chosen."""

    key: str
    label: str
    checked: bool
    demands: list[dict[str, Any]]


def matters(division: Division, chosen: str) -> list[MatterRow]:
    """Every matter with its thresholds under the documents in force today."""
    layers = layers_of(division)
    found = []
    for key, label in Vote.Matter.choices:
        results = drafting.asked(layers, day=today(), matter=key).results
        demands = [
            {
                "label": TEST_LABELS[result.test], "threshold": result.threshold,
                "citation": citation(layers, result.provision), "new": number == 0 or results[number - 1].provision != result.provision,
            }
            for number, result in enumerate(results)
        ]  # fmt: skip
        found.append(MatterRow(key, label, key == chosen, demands))
    return found


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """First the community, then the form. ``?project=&community=&matter=`` come from a gate."""
    wanted, purpose = _uid(request.GET.get("community", "")), _asked_purpose(request)
    if wanted is None:
        return _choose(request, purpose)
    rows = Community.objects.visible_to(actor(request)).select_related("division", "county")
    community = get_object_or_404(rows, uid=wanted)
    matter = request.GET.get("matter", "")
    initial = {"matter": matter if matter in Vote.Matter.values else None}
    form = VoteForm(request.POST or None, community=community, initial=initial)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        made: list[Vote] = []
        refused = attempt(lambda: made.append(_draft(request, community, purpose, form)), form)
        if refused is None:
            messages.success(request, "草稿已保存。请由另一人核对后公告。")
            return redirect(vote_url(made[0]))
    return _form(request, form, community, purpose, None, refused)


def _draft(request: HttpRequest, community: Community, purpose: Purpose | None, form: VoteForm) -> Vote:
    user = actor(request)
    subject = require_purpose(user, purpose.kind, purpose.uid, community) if purpose else None
    return drafting.draft_vote(by=user, at=now(), community=community, terms=form.terms(subject))


def _asked_purpose(request: HttpRequest) -> Purpose | None:
    """The project of the address, where the user sees it. Raises BadRequest for one that he doesn't."""
    text = request.GET.get("project", "")
    if not text:
        return None
    uid = _uid(text)
    found = purposes(actor(request), SUBJECT, [uid]).get(uid) if uid else None
    if found is None:
        raise BadRequest("project")
    return found


def _uid(text: str) -> UUID | None:
    """A uid of an address; None for an empty text. Raises BadRequest for nonsense."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest("uid") from error


def _choose(request: HttpRequest, purpose: Purpose | None) -> HttpResponse:
    """Which community votes: those of the project, or of the division in view."""
    form = CommunityChoice(request.GET or None)
    if request.GET and not form.is_valid():
        raise BadRequest("text")
    rows = Community.objects.visible_to(actor(request)).filter(merged_into=None, withdrawn=False)
    division = division_in_view(request)
    if purpose is not None:
        rows = rows.filter(uid__in=purpose.communities)
    elif division is not None:
        rows = rows.filter(**{division.column: division.pk})
    if request.GET and form.cleaned_data["text"]:
        rows = rows.filter(search_text__icontains=form.cleaned_data["text"].lower())
    page = Paginator(rows.select_related("division").order_by("pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filter": form,
        "purpose": purpose,
        "crumbs": crumbs(None, "发起表决"),
        "matter": request.GET.get("matter", ""),
    }
    return show(request, "choose", context)


@login_required
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a draft."""
    vote = vote_or_404(request, uid)
    held = {name: getattr(vote, name) for name in VoteForm.base_fields if name not in ("version", "building")}
    initial = {**held, "version": vote.version, "building": vote.building.uid if vote.building else None}
    form = VoteForm(request.POST or None, community=vote.community, initial=initial)
    refused: Refused | None = None
    if vote.state != Vote.State.DRAFT and request.method != "POST":
        return redirect(vote_url(vote))
    if request.method == "POST" and form.is_valid():
        subject = (vote.subject_type, vote.subject_uid) if vote.subject_uid else None
        refused = attempt(
            lambda: drafting.change_vote(
                by=actor(request), at=now(), vote=vote, terms=form.terms(subject), expected_version=form.cleaned_data["version"] or 0
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, "草稿已保存。")
            return redirect(vote_url(vote))
    purpose = (
        purposes(actor(request), vote.subject_type, [vote.subject_uid]).get(vote.subject_uid)
        if vote.subject_uid
        else None
    )
    return _form(request, form, vote.community, purpose, vote, refused)


def _form(
    request: HttpRequest, form: VoteForm, community: Community, purpose: Purpose | None, vote: Vote | None, refused: Refused | None
) -> HttpResponse:  # fmt: skip
    units = sorted(set(community.buildings.values_list("homes__unit", flat=True)) - {None, ""})
    context = {
        "form": form, "community": community, "purpose": purpose, "vote": vote, "units": units,
        "matters": matters(community.division, str(form["matter"].value() or "")),
        "may": desk_body(actor(request), community) is not None,
        "crumbs": crumbs(vote, "修改草稿") if vote else crumbs(None, "发起表决"),
        "back": vote_url(vote) if vote else reverse("approvals:votes"),
    }  # fmt: skip
    return show(request, "form", context, refused)


@login_required
def announce(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What will be frozen, whether the roll is ready; a POST by another than the drafter announces."""
    vote = vote_or_404(request, uid)
    refused: Refused | None = None
    if request.method == "POST":
        refused = attempt(lambda: _announce(request, vote))
        if refused is None:
            messages.success(request, "已公告：内容、门槛和名册已冻结，到开始时间即可投票。")
            return redirect(vote_url(vote))
    if vote.state != Vote.State.DRAFT and refused is None:
        return redirect(vote_url(vote))
    layers, at = layers_of(vote.division), now()
    roll = draft_roll(vote.community, day=today(), building=vote.building, unit=vote.unit)
    stands = [problem for problem in roll.problems if problem.blocks and not problem.settled]
    results = drafting.asked(layers, day=day_of(vote.opens_at), matter=vote.matter).results
    shares: tuple[Share, ...] = shares_of(vote, results)
    context = {
        "vote": vote, "crumbs": crumbs(vote, "公告"), "phase": phase(vote, at), "roll": roll, "stands": stands[:PROBLEMS],
        "standing": len(stands), "shares": shares, "own": vote.made_by_id == actor(request).pk, "past": vote.opens_at < at,
        "keeps": keeps(request, vote), "area": Decimal(roll.area).scaleb(-2),
        "settled": sum(problem.settled for problem in roll.problems), "hints": sum(not problem.blocks for problem in roll.problems),
    }  # fmt: skip
    return show(request, "announce", context, refused)


def _announce(request: HttpRequest, vote: Vote) -> None:
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid("请从公告页提交", errors={"version": ["缺少所核对的版本"]})
    drafting.announce_vote(by=actor(request), at=now(), vote=vote, expected_version=int(version))
