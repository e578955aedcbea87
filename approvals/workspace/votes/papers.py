"""Ballot papers at the desk: 收票, 录入 by keyboard alone, 待核定, and the balance. Everything works with JavaScript off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from approvals.models import Choice, PaperBallot, PaperEntry, Proxy, Vote
from approvals.votes import papers
from approvals.votes.access import require_desk
from approvals.votes.proxies import standing_proxy
from approvals.votes.reconciling import papers_by_building, total
from approvals.votes.turnout import kept_ballots, places_of, unread_papers
from approvals.workspace.votes.common import actor, attempt, crumbs, keeps, show, vote_or_404, words_of
from approvals.workspace.votes.forms import ManyForm, ReceiveForm
from offices import files
from offices.clock import now
from offices.models import User
from policies.refusal import Forbidden, Invalid, Refused

RECENT, MOST, PAGE = 10, 200, 50
KEYS = {"1": "agree", "2": "oppose", "3": "abstain", "0": ""}
KEY_WORDS = (("1", "同意"), ("2", "反对"), ("3", "弃权"), ("0", "无效"))
SIGNED = (("1", "业主本人"), ("2", "代理人"))


def _tabs(vote: Vote, current: str) -> list[dict[str, Any]]:
    unread = unread_papers(vote)
    mismatches = unread[PaperBallot.State.MISMATCH]
    rows = (
        ("vote_receive", "收票", None), ("vote_enter", "录入", sum(unread.values()) - mismatches),
        ("vote_mismatches", "待核定", mismatches), ("vote_papers", "核对", None),
    )  # fmt: skip
    return [
        {"label": label, "url": reverse(f"approvals:{name}", args=[vote.uid]), "current": name == current, "count": number}
        for name, label, number in rows
    ]  # fmt: skip


@login_required
def receive(request: HttpRequest, uid: UUID) -> HttpResponse:
    """收票: one after the other, or many serials at once. After the close the page says why not."""
    vote = vote_or_404(request, uid)
    one = ReceiveForm(request.POST if "serial" in request.POST else None, request.FILES or None)
    many = ManyForm(request.POST if "serials" in request.POST else None)
    refused: Refused | None = None
    results: list[tuple[str, str]] = []
    if request.method == "POST" and one.is_bound and one.is_valid():
        data = one.cleaned_data
        refused = attempt(
            lambda: papers.receive_paper(
                by=actor(request), at=now(), vote=vote, serial=data["serial"], upload=data["file"]
            ),
            one,
        )
        if refused is None:
            messages.success(request, f"{papers.tidy_serial(data['serial'])} 已登记收回。")
            return redirect(request.path)
    elif request.method == "POST" and many.is_bound and many.is_valid():
        refused = attempt(lambda: require_desk(actor(request), vote))
        results = [] if refused else _receive_many(actor(request), vote, many.cleaned_data["serials"])
    recent = PaperBallot.objects.filter(vote=vote).select_related("letter", "received_by").order_by("-pk")[:RECENT]
    context = {
        "vote": vote, "crumbs": crumbs(vote, "收票"), "tabs": _tabs(vote, "vote_receive"), "form": one, "many": many, "recent": recent,
        "results": results, "wrong": sum(bool(words) for _, words in results), "keeps": keeps(request, vote),
        "open": vote.state == Vote.State.ANNOUNCED and vote.opens_at <= now() < vote.closes_at, "early": now() < vote.opens_at,
    }  # fmt: skip
    return show(request, "receive", context, refused)


def _receive_many(by: User, vote: Vote, text: str) -> list[tuple[str, str]]:
    """Each serial by itself: (serial, why not or empty)."""
    found = []
    for serial in list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:MOST]:
        refused = attempt(lambda serial=serial: papers.receive_paper(by=by, at=now(), vote=vote, serial=serial))  # type: ignore[misc]
        found.append(
            (papers.tidy_serial(serial)[: papers.LONGEST_SERIAL] or "（空）", words_of(refused) if refused else "")
        )
    return found


@dataclass
class Entry:
    """The state of the keyboard: which paper lies before the reader, and what he has typed."""

    serial: str = ""
    key: str = ""
    reason: str = ""
    signed: str = ""
    paper: PaperBallot | None = None
    proxy: Proxy | None = None

    @property
    def focus(self) -> str:
        """Where the cursor stands."""
        if self.paper is None:
            return "serial"
        if self.key == "0":
            return "reason"
        return "signed" if self.key in KEYS and self.proxy is not None else "key"

    @property
    def complete(self) -> bool:
        """Whether it can be written: a choice, and who signed where an agent may have; or why it is invalid."""
        if self.key == "0":
            return bool(self.reason)
        return self.key in KEYS and (self.proxy is None or not self.proxy.checked_at or self.signed in dict(SIGNED))

    @property
    def agent(self) -> UUID | None:
        """The proxy of the agent who signed. Raises Refused where nobody may sign for this owner."""
        if self.key == "0" or self.signed != "2":
            return None
        if self.proxy is None:
            raise Refused("这位业主没有登记委托：代理人签名的票，录为无效", code="foreign_proxy")
        return self.proxy.uid


@login_required
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """录入: serial, Enter, 1/2/3/0, Enter. What the other one read is never shown."""
    vote = vote_or_404(request, uid)
    entry, refused = Entry(), None
    if request.method == "POST":
        entry = _typed(request)
        refused = attempt(lambda: _enter(request, vote, entry))
        if refused is None and entry.paper is not None and entry.complete:
            messages.success(request, f"{entry.paper.letter.serial} 已录入。")
            return redirect(request.path)
        if refused is not None and refused.code != "invalid":
            entry = Entry()
    waiting = _waiting(vote, actor(request))
    context = {
        "vote": vote, "crumbs": crumbs(vote, "录入"), "tabs": _tabs(vote, "vote_enter"), "entry": entry, "keys": KEY_WORDS,
        "reasons": papers.INVALID_REASONS, "signers": SIGNED, "waiting": waiting[:RECENT], "count": waiting.count(),
        "keeps": keeps(request, vote),
        "readable": vote.state in papers.READABLE, "places": places_of(entry.paper.voter) if entry.paper else "",
        "mine": PaperEntry.objects.filter(paper__vote=vote, by=actor(request)).count(),
    }  # fmt: skip
    return show(request, "enter", context, refused)


def _typed(request: HttpRequest) -> Entry:
    serial, key, reason, signed = (
        request.POST.get(name, "")[:300].replace("\x00", "").strip() for name in ("serial", "key", "reason", "signed")
    )
    return Entry(serial, key, reason, signed)


def _enter(request: HttpRequest, vote: Vote, entry: Entry) -> None:
    """Find the paper; write what was typed once it is whole."""
    by = actor(request)
    require_desk(by, vote)
    found = papers.find_paper(vote, entry.serial)
    if PaperEntry.objects.filter(paper=found, by=by).exists():
        raise Forbidden(f"{found.letter.serial} 您已录入过：一张票由不同的人各录一次", code="own_entry")
    entry.paper, entry.serial, entry.proxy = found, found.letter.serial, standing_proxy(found.voter_id)
    if entry.key in ("", *KEYS) and not entry.complete:
        return
    choice = KEYS.get(entry.key, entry.key)
    papers.enter_paper(by=by, at=now(), paper=found, choice=choice, invalid_reason=_reason(entry), proxy=entry.agent)


def _reason(entry: Entry) -> str:
    """A digit stands for one of the usual reasons."""
    if entry.key != "0":
        return ""
    if entry.reason in [str(number) for number in range(1, len(papers.INVALID_REASONS) + 1)]:
        return papers.INVALID_REASONS[int(entry.reason) - 1]
    return entry.reason


def _waiting(vote: Vote, user: User) -> QuerySet[PaperBallot]:
    """Papers that this person can still read, in the order in which they came."""
    rows = PaperBallot.objects.filter(vote=vote, state__in=(PaperBallot.State.RECEIVED, PaperBallot.State.ENTERED))
    return rows.exclude(entries__by=user).select_related("letter").order_by("pk")


@require_safe
@login_required
def mismatches(request: HttpRequest, uid: UUID) -> HttpResponse:
    """待核定: papers that two people have read differently."""
    vote = vote_or_404(request, uid)
    rows = PaperBallot.objects.filter(vote=vote, state=PaperBallot.State.MISMATCH)
    rows = rows.select_related("letter", "voter").prefetch_related("entries__by", "voter__homes").order_by("pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    user = actor(request)
    listed = [
        (paper, places_of(paper.voter), any(entry.by_id == user.pk for entry in paper.entries.all())) for paper in page.object_list
    ]  # fmt: skip
    context = {
        "vote": vote, "crumbs": crumbs(vote, "待核定"), "tabs": _tabs(vote, "vote_mismatches"), "page": page, "rows": listed,
        "keeps": keeps(request, vote),
    }  # fmt: skip
    return show(request, "mismatches", context)


def _paper(request: HttpRequest, uid: UUID, paper: UUID) -> PaperBallot:
    rows = PaperBallot.objects.filter(vote=vote_or_404(request, uid)).select_related(
        "vote__division", "vote__community", "letter", "voter", "file"
    )
    return get_object_or_404(rows, uid=paper)


@login_required
def decide(request: HttpRequest, uid: UUID, paper: UUID) -> HttpResponse:
    """One paper over which two differ: the scan, and a third person's reading. Also where a scan is put to a paper."""
    row = _paper(request, uid, paper)
    refused: Refused | None = None
    if request.method == "POST":
        refused = attempt(_work(request, row))
        if refused is None:
            messages.success(request, "扫描件已保存。" if "scan" in request.POST else f"{row.letter.serial} 已核定。")
            here = "scan" in request.POST
            return redirect(request.path if here else reverse("approvals:vote_mismatches", args=[row.vote.uid]))
    entries = list(row.entries.select_related("by", "proxy"))
    user, own = actor(request), any(entry.by_id == request.user.pk for entry in entries)
    desk = keeps(request, row.vote)
    context = {
        "vote": row.vote, "paper": row, "crumbs": crumbs(row.vote, "待核定", row.letter.serial), "places": places_of(row.voter),
        "own": own, "keeps": desk, "keys": KEY_WORDS, "reasons": papers.INVALID_REASONS, "user": user,
        "signers": SIGNED, "proxy": standing_proxy(row.voter_id),
        "entries": entries if desk and not own and row.state == PaperBallot.State.MISMATCH else [], "words": dict(Choice.choices),
        "open": row.state == PaperBallot.State.MISMATCH, "is_picture": bool(row.file and row.file.content_type in files.IMAGES),
    }  # fmt: skip
    return show(request, "decide", context, refused)


def _work(request: HttpRequest, row: PaperBallot) -> Callable[[], Any]:
    """The act that was asked for."""
    by = actor(request)
    if "scan" in request.POST:
        return lambda: papers.attach_scan(by=by, at=now(), paper=row, upload=request.FILES.get("file"))
    entry = _typed(request)
    entry.proxy = standing_proxy(row.voter_id)
    return lambda: _decide(by, row, entry)


def _decide(by: User, row: PaperBallot, entry: Entry) -> None:
    """The third one's reading. Raises Invalid where it is not said who signed, although an agent may have."""
    if entry.key in KEYS and entry.key != "0" and not entry.complete:
        raise Invalid("请选择票面由谁签名", errors={"signed": ["请选择业主本人或代理人"]})
    choice = KEYS.get(entry.key, entry.key or "?")
    papers.decide_paper(by=by, at=now(), paper=row, choice=choice, invalid_reason=_reason(entry), proxy=entry.agent)


@require_safe
@login_required
def scan(request: HttpRequest, uid: UUID, paper: UUID) -> HttpResponseBase:
    """The scan, for those who read papers."""
    row = _paper(request, uid, paper)
    found: list[Any] = []
    refused = attempt(lambda: found.append(papers.scan_of(by=actor(request), paper=row)))
    if refused is not None:
        return show(request, "refused", {"vote": row.vote, "crumbs": crumbs(row.vote, "扫描件")}, refused)
    file = found[0]
    response = FileResponse(files.open_stored(file), content_type=file.content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@login_required
def balance(request: HttpRequest, uid: UUID) -> HttpResponse:
    """核对: the balance of the papers by building, and every paper with its state; ``?kept=1``: those kept without counting."""
    vote = vote_or_404(request, uid)
    rows = papers_by_building(vote)
    kept = kept_ballots(vote)
    listed = PaperBallot.objects.filter(vote=vote).annotate(kept=Exists(kept.filter(paper=OuterRef("pk"))))
    only_kept = request.GET.get("kept") == "1"
    if only_kept:
        listed = listed.filter(kept=True)
    listed = listed.select_related("letter", "received_by", "voter")
    page = Paginator(listed.prefetch_related("voter__homes").order_by("pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "vote": vote, "crumbs": crumbs(vote, "核对"), "tabs": _tabs(vote, "vote_papers"), "rows": rows, "total": total(rows),
        "kept_number": kept.count(), "only_kept": only_kept, "page": page,
        "papers": [(paper, places_of(paper.voter), _kind(paper.state)) for paper in page.object_list], "keeps": keeps(request, vote),
    }  # fmt: skip
    return show(request, "balance", context)


def _kind(state: str) -> str:
    return {"valid": "done", "invalid": "stop", "mismatch": "due"}.get(state, "wait")
