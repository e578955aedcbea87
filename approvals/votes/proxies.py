"""Proxies: an owner lets another act for him by a paper. Entered by one, checked by another, limited per agent under the vote's lock."""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from approvals.models import Ballot, PaperBallot, PaperEntry, Proxy, RollVoter, Vote
from approvals.votes.access import require_desk
from approvals.votes.drafting import locked
from communities.rules.roll_problems import phone_key
from offices import files
from offices.history import record, salted
from offices.models import User
from offices.texts import Texts
from policies.refusal import Forbidden, Invalid, Refused

READ = PaperBallot.State
NOT_SAVED = "委托没有登记：有内容需要更正"
FIELDS = {"name": ("代理人姓名", 80), "id_number": ("代理人证件号码", 40), "phone": ("代理人电话", 40)}


def tidy(text: str) -> str:
    """A name or number as it is compared: full width, small letters, spaces and dashes don't tell two people apart."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


@transaction.atomic
def enter_proxy(
    *, by: User, at: dt.datetime, vote: Vote, voter: RollVoter, given: Mapping[str, Any], upload: Any = None
) -> Proxy:
    """Register who acts for ``voter``, with the scan of the authorisation. It counts once another person has checked it.

    ``given``: name, id_number, phone. Raises Invalid naming each field, Forbidden, and Refused after the close, for a voter who has
    a proxy, and where the agent acts for as many as the announcement allows already.
    """
    vote = locked(vote)
    require_desk(by, vote)
    _require_running(vote, at)
    if voter.vote_id != vote.pk:
        raise Refused("不是本次表决名册上的业主", code="foreign_voter")
    texts = Texts()
    person = {
        key: texts.read(given.get(key), key, label, most, required=key == "name")
        for key, (label, most) in FIELDS.items()
    }
    if not tidy(person["id_number"]) and not phone_key(person["phone"]):
        texts.wrong("id_number", "请填写代理人证件号码；没有证件的填写电话")
    if upload is None:
        texts.wrong("file", "请上传授权委托书扫描件")
    texts.check(NOT_SAVED)
    if Proxy.objects.filter(vote=vote, voter=voter, withdrawn_at__isnull=True).exists():
        raise Refused("这位业主已有委托：先撤回原来的，再登记新的", code="proxy_there")
    file = files.store(upload=upload, division=vote.division, by=by, at=at, personal=True)
    if file.content_type not in {*files.IMAGES, "application/pdf"}:
        raise Invalid(NOT_SAVED, errors={"file": ["授权委托书应为图片或 PDF"]})
    proxy = Proxy.objects.create(
        vote=vote, voter=voter, **person, agent_key=_agent(vote, person), file=file, entered_by=by, entered_at=at, created_at=at,
        updated_at=at,
    )  # fmt: skip
    data = {"proxy": str(proxy.uid), "voter": voter.pseudonym, "agent": proxy.agent_key}
    record(by=by, at=at, action="proxy.enter", subject=vote, data=data)
    return proxy


def _agent(vote: Vote, person: Mapping[str, str]) -> str:
    """The key of the agent, the same for one who is written once with his number and once with name and telephone.

    Raises Refused where he acts for as many owners as the announcement allows. The vote's row is locked: two entries don't pass together.
    """
    number, name, phone = tidy(person["id_number"]), tidy(person["name"]), phone_key(person["phone"])
    rows = list(
        Proxy.objects.filter(vote=vote, withdrawn_at__isnull=True).only("id_number", "name", "phone", "agent_key")
    )
    same = [
        row
        for row in rows
        if (number and tidy(row.id_number) == number)
        or (phone and phone_key(row.phone) == phone and tidy(row.name) == name)
    ]
    keys = {row.agent_key for row in same}
    acting = sum(row.agent_key in keys for row in rows)
    if acting >= vote.proxy_limit:
        raise Refused(f"按公告一名代理人最多代理 {vote.proxy_limit} 名业主，此人已代理 {acting} 名", code="proxy_limit")
    return min(keys) if keys else salted(f"{vote.uid}:{number or f'{name}:{phone}'}")


@transaction.atomic
def check_proxy(*, by: User, at: dt.datetime, proxy: Proxy) -> Proxy:
    """A second person has held the entry against the paper. Raises Forbidden for the one who entered it, Refused where it is over."""
    vote, proxy = _locked(proxy)
    require_desk(by, vote)
    _require_running(vote, at)
    if proxy.entered_by_id == by.pk:
        raise Forbidden("登记人不能核对自己登记的委托，请由另一人核对", code="own_entry")
    if proxy.checked_at is not None or proxy.withdrawn_at is not None:
        raise Refused("这份委托已经核对或撤回", code="proxy_over")
    proxy.checked_by, proxy.checked_at = by, at
    _save(proxy, at)
    record(by=by, at=at, action="proxy.check", subject=vote, data={"proxy": str(proxy.uid)})
    return proxy


@transaction.atomic
def withdraw_proxy(*, by: User, at: dt.datetime, proxy: Proxy, reason: str) -> Proxy:
    """The owner takes it back, or it was entered wrongly. Raises Refused where it was used, and after the close."""
    vote, proxy = _locked(proxy)
    require_desk(by, vote)
    _require_running(vote, at)
    if not reason.strip() or len(reason) > 200:
        raise Invalid("委托没有撤回", errors={"reason": ["请写明原因，最多 200 个字"]})
    if proxy.withdrawn_at is not None:
        raise Refused("这份委托已经撤回", code="proxy_over")
    if Ballot.objects.filter(proxy=proxy).exists():
        raise Refused("代理人已经投票，委托不能撤回", code="proxy_used")
    if PaperEntry.objects.filter(proxy=proxy, paper__state__in=(READ.ENTERED, READ.MISMATCH)).exists():
        raise Refused("代理人签名的纸质票正在录入，委托不能撤回", code="proxy_used")
    proxy.withdrawn_at = at
    _save(proxy, at)
    record(by=by, at=at, action="proxy.withdraw", subject=vote, data={"proxy": str(proxy.uid)}, reason=reason)
    return proxy


def proxies_of(vote: Vote) -> QuerySet[Proxy]:
    """All of a vote for the desk, those in force first; mask whatever is personal."""
    rows = Proxy.objects.filter(vote=vote).select_related("voter", "entered_by", "checked_by", "file")
    return rows.prefetch_related("voter__homes").order_by("withdrawn_at", "pk")


def checked_proxies(vote: Vote, voters: Iterable[int]) -> dict[int, Proxy]:
    """Voter pk → the paper by which another acts for him, where a second person has checked it."""
    rows = Proxy.objects.filter(vote=vote, voter__in=list(voters), checked_at__isnull=False, withdrawn_at__isnull=True)
    return {row.voter_id: row for row in rows}


def standing_proxy(voter: int) -> Proxy | None:
    """The proxy of a voter that is not withdrawn, checked or not yet."""
    return Proxy.objects.filter(voter=voter, withdrawn_at__isnull=True).first()


def named_proxy(voter: RollVoter, uid: UUID | None) -> Proxy | None:
    """The proxy that a ballot or an entry names; None where it names none. Raises Refused as ``require_in_force`` does."""
    if uid is None:
        return None
    found = Proxy.objects.filter(uid=uid, vote=voter.vote_id).first()
    if found is None:
        raise Refused("本次表决没有这份委托书", code="foreign_proxy")
    return require_in_force(found, voter)


def require_in_force(proxy: Proxy | None, voter: RollVoter) -> Proxy | None:
    """The proxy by which another acts for ``voter``. Raises Refused for another's, an unchecked and a withdrawn one."""
    if proxy is None:
        return None
    if proxy.voter_id != voter.pk:
        raise Refused("这份委托书不是这位业主的", code="foreign_proxy")
    if proxy.withdrawn_at is not None:
        raise Refused("这份委托已经撤回，代理人不能再投票", code="proxy_over")
    if proxy.checked_at is None:
        raise Refused("委托书还没有经第二人核对", code="proxy_unchecked")
    return proxy


def _locked(proxy: Proxy) -> tuple[Vote, Proxy]:
    """The vote first, then the row: the same order everywhere."""
    vote = locked(proxy.vote)
    return vote, Proxy.objects.select_for_update(of=("self",)).get(pk=proxy.pk)


def _require_running(vote: Vote, at: dt.datetime) -> None:
    if vote.state != Vote.State.ANNOUNCED or at >= vote.closes_at:
        raise Refused("表决公告之后、截止之前才能办理委托", code="vote_not_open")
    if not vote.proxy_limit:
        raise Refused("按公告本次表决不接受委托投票", code="proxy_limit")


def _save(proxy: Proxy, at: dt.datetime) -> None:
    proxy.version += 1
    proxy.updated_at = at
    proxy.save()
