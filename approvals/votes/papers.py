"""Ballot papers: received by serial while the vote is open, read by two persons who don't see each other, settled by a third."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from approvals.models import Choice, Letter, PaperBallot, PaperEntry, Proxy, Vote
from approvals.votes.access import require_desk
from approvals.votes.casting import count_paper, phase_words
from approvals.votes.proxies import named_proxy
from offices import files
from offices.history import record
from offices.models import User
from policies.refusal import Forbidden, Invalid, Refused
from policies.words import moment_words

State = PaperBallot.State
LONGEST_SERIAL = 24
READABLE = (Vote.State.ANNOUNCED, Vote.State.CLOSED)
# What makes a paper invalid, in the order of the digits that the keyboard offers.
INVALID_REASONS = (
    "没有作出选择", "选了两项以上", "字迹或涂改无法辨认", "没有业主签名或盖章", "不是发出的原件", "代理人签名而没有有效的委托",
)  # fmt: skip


def tidy_serial(text: str) -> str:
    """A serial as typed or scanned: full-width and small letters, spaces; of an address that a QR code holds, its last part."""
    plain = unicodedata.normalize("NFKC", text)[:300].strip().rstrip("/")
    if "/" in plain:
        plain = plain.rsplit("/", 1)[-1]
    return "".join(plain.rpartition("=")[2].upper().split())


def find_letter(vote: Vote, text: str) -> Letter:
    """The letter of this vote with the serial that was typed. Raises Refused for none, another vote's and a voided one, by name."""
    serial = tidy_serial(text)
    if not serial or len(serial) > LONGEST_SERIAL or "\x00" in serial:
        raise Invalid("请输入或扫描表决票上的编号", errors={"serial": ["编号为空或过长"]})
    letter = Letter.objects.filter(serial__in={serial, serial.replace("-", "")}).first()
    if letter is None:
        raise Refused(f"没有编号为 {serial} 的表决票，请对照原件重新输入", code="serial_unknown")
    if letter.vote_id != vote.pk:
        raise Refused(f"{serial} 是另一次表决的票，不能登记到本次表决", code="serial_foreign")
    if letter.voided_at is not None:
        newer = Letter.objects.filter(vote=vote, voter=letter.voter_id, voided_at__isnull=True).first()
        words = f"，补发的新票编号为 {newer.serial}" if newer else ""
        raise Refused(f"{serial} 已作废：这位业主的表决票已补发{words}，旧票不再收取", code="letter_void")
    return letter


def find_paper(vote: Vote, text: str) -> PaperBallot:
    """The returned paper with this serial. Raises Refused where it has not come back."""
    letter = find_letter(vote, text)
    paper = PaperBallot.objects.filter(letter=letter).select_related("letter").first()
    if paper is None:
        raise Refused(f"{letter.serial} 还没有登记收回，请先在“收票”登记", code="paper_not_received")
    return paper


@transaction.atomic
def receive_paper(
    *, by: User, at: dt.datetime, vote: Vote, serial: str, upload: Any = None, name: str = ""
) -> PaperBallot:
    """Register that a paper came back, with its scan where there is one. The database takes none outside the voting time.

    Raises Refused before the opening and after the close, for a serial that is unknown, another vote's, voided or received already;
    Invalid for a file that is no picture or PDF.
    """
    require_desk(by, vote)
    _require_open(vote, at)
    letter = find_letter(vote, serial)
    before = PaperBallot.objects.filter(letter=letter).first()
    if before is not None:
        raise _received_before(letter, before)
    file = _scan(upload, vote, by, at, name)
    paper = PaperBallot(
        vote=vote, voter_id=letter.voter_id, letter=letter, file=file, received_by=by, received_at=at, created_at=at, updated_at=at
    )  # fmt: skip
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError as error:
        twin = PaperBallot.objects.filter(letter=letter).first()
        raise _received_before(letter, twin) if twin else _too_late(Vote.objects.get(pk=vote.pk)) from error
    record(by=by, at=at, action="ballot_paper.receive", subject=vote, data={"paper": str(paper.uid)})
    return paper


def _require_open(vote: Vote, at: dt.datetime) -> None:
    if vote.state == Vote.State.ANNOUNCED and at < vote.opens_at:
        raise Refused("投票还没有开始，不能收票", code="vote_not_open")
    if vote.state != Vote.State.ANNOUNCED or at >= vote.closes_at:
        raise _too_late(vote)


def _too_late(vote: Vote) -> Refused:
    if vote.state in (Vote.State.DRAFT, Vote.State.CANCELLED):
        return Refused(phase_words(vote), code="vote_not_open")
    return Refused("投票已经截止：截止之后收到的纸质票不能登记，也不计入结果", code="vote_not_open")


def _received_before(letter: Letter, paper: PaperBallot) -> Refused:
    words = f"{letter.serial} 已于{moment_words(localtime(paper.received_at))}登记收回，不重复登记"
    return Refused(words, code="paper_received")


def _scan(upload: Any, vote: Vote, by: User, at: dt.datetime, name: str) -> Any:
    if upload is None:
        return None
    file = files.store(upload=upload, division=vote.division, by=by, at=at, name=name, personal=True)
    if file.content_type not in {*files.IMAGES, "application/pdf"}:
        raise Invalid("扫描件应为图片或 PDF", errors={"file": ["请上传 JPG、PNG、WEBP 或 PDF"]})
    return file


@transaction.atomic
def attach_scan(*, by: User, at: dt.datetime, paper: PaperBallot, upload: Any) -> PaperBallot:
    """Put the scan to a paper that was received without one, until the counting ends. Never a second one over it."""
    paper = _locked(paper)
    require_desk(by, paper.vote)
    _require_readable(paper.vote)
    if paper.file_id is not None:
        raise Refused("这张票已有扫描件", code="scan_there")
    if upload is None:
        raise Invalid("请选择扫描件", errors={"file": ["请选择文件"]})
    paper.file = _scan(upload, paper.vote, by, at, "")
    _save(paper, at)
    record(by=by, at=at, action="ballot_paper.scan", subject=paper.vote, data={"paper": str(paper.uid)})
    return paper


@transaction.atomic
def enter_paper(
    *, by: User, at: dt.datetime, paper: PaperBallot, choice: str, invalid_reason: str = "", proxy: UUID | None = None
) -> PaperBallot:
    """What one person reads on a paper: a choice and who signed, or why it is invalid. The second one who agrees makes the ballot.

    ``proxy``: of the agent who signed; None: the owner did. Raises Forbidden for who has read this paper already, Refused where it is
    settled or waits for a third person, and for a proxy that is another owner's, unchecked or withdrawn.
    """
    _require_content(choice, invalid_reason, proxy)
    paper = _locked(paper)
    require_desk(by, paper.vote)
    _require_readable(paper.vote)
    if paper.state in (State.VALID, State.INVALID):
        raise Refused("这张票已由两人录入完毕", code="paper_settled")
    entries = list(paper.entries.all())
    _require_another(by, entries)
    if paper.state == State.MISMATCH:
        raise Refused("这张票两次录入不一致，请在“待核定”中由第三人对照原件核定", code="paper_mismatch")
    agent = named_proxy(paper.voter, proxy)
    _write(paper, by, at, choice, invalid_reason, agent)
    record(by=by, at=at, action="ballot_paper.enter", subject=paper.vote, data={"paper": str(paper.uid)})
    if not entries:
        return _move(paper, State.ENTERED, at)
    if (entries[0].choice, entries[0].proxy_id) != (choice, agent.pk if agent else None):
        return _move(paper, State.MISMATCH, at)
    return _settle(paper, choice, agent, by, at)


@transaction.atomic
def decide_paper(
    *, by: User, at: dt.datetime, paper: PaperBallot, choice: str, invalid_reason: str = "", proxy: UUID | None = None
) -> PaperBallot:
    """A third person, neither of the two, reads a paper on which they differ in the choice or in who signed, and that stands."""
    _require_content(choice, invalid_reason, proxy)
    paper = _locked(paper)
    require_desk(by, paper.vote)
    _require_readable(paper.vote)
    if paper.state != State.MISMATCH:
        raise Refused("这张票没有不一致需要核定", code="paper_settled")
    _require_another(by, list(paper.entries.all()))
    agent = named_proxy(paper.voter, proxy)
    _write(paper, by, at, choice, invalid_reason, agent, deciding=True)
    record(by=by, at=at, action="ballot_paper.decide", subject=paper.vote, data={"paper": str(paper.uid)})
    return _settle(paper, choice, agent, by, at)


def scan_of(*, by: User, paper: PaperBallot) -> Any:
    """The scan's stored file, for those who read papers: they have the original in their hands. Forbidden; Refused where there is none."""
    require_desk(by, paper.vote)
    if paper.file is None:
        raise Refused("这张票没有扫描件，请对照原件", code="scan_missing")
    return paper.file


def _require_content(choice: str, invalid_reason: str, proxy: UUID | None) -> None:
    """A choice, or a reason of at most 200 signs why there is none, never both."""
    if choice and choice not in Choice.values:
        raise Invalid("没有这个选项", errors={"choice": ["按 1 同意、2 反对、3 弃权、0 无效"]})
    if choice and invalid_reason:
        raise Invalid("有效票不填无效原因", errors={"invalid_reason": ["有效票不填"]})
    if not choice and not invalid_reason.strip():
        raise Invalid("请写明无效的原因", errors={"invalid_reason": ["请选择或填写"]})
    if not choice and proxy is not None:
        raise Invalid("无效票不填代理人", errors={"signed": ["无效票不填"]})
    if len(invalid_reason) > 200 or "\x00" in invalid_reason:
        raise Invalid("无效原因过长", errors={"invalid_reason": ["最多 200 个字"]})


def _require_another(by: User, entries: Sequence[PaperEntry]) -> None:
    if any(entry.by_id == by.pk for entry in entries):
        raise Forbidden("您已录入过这张票：一张票由不同的人各录一次", code="own_entry")


def _require_readable(vote: Vote) -> None:
    if vote.state not in READABLE:
        over = vote.state in (Vote.State.COUNTED, Vote.State.CONFIRMED)
        raise Refused("计票已结束，不能再录入" if over else phase_words(vote), code="counting_over")


def _locked(paper: PaperBallot) -> PaperBallot:
    rows = PaperBallot.objects.select_for_update(of=("self",)).select_related(
        "vote__division", "letter", "file", "voter"
    )
    return rows.get(pk=paper.pk)


def _write(
    paper: PaperBallot, by: User, at: dt.datetime, choice: str, reason: str, agent: Proxy | None, *, deciding: bool = False
) -> None:  # fmt: skip
    entry = PaperEntry(
        paper=paper, choice=choice, invalid_reason=reason.strip(), proxy=agent, deciding=deciding, by=by, at=at
    )
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        raise Refused("这张票刚刚已被录入、委托刚刚已撤回，或计票已结束，请刷新后再看", code="counting_over") from error


def _settle(paper: PaperBallot, choice: str, agent: Proxy | None, by: User, at: dt.datetime) -> PaperBallot:
    if choice:
        count_paper(at=at, paper=paper, choice=choice, by=by, proxy=agent)
    return _move(paper, State.VALID if choice else State.INVALID, at)


def _move(paper: PaperBallot, state: PaperBallot.State, at: dt.datetime) -> PaperBallot:
    paper.state = state
    _save(paper, at)
    return paper


def _save(paper: PaperBallot, at: dt.datetime) -> None:
    paper.version += 1
    paper.updated_at = at
    paper.save()
