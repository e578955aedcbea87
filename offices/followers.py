"""Following something by e-mail: asked for, confirmed through the letter, told of each event once, left by one click.

No account and no password: the links carry a signature over the follower's uid, so that no table or backup holds a key. An address that
does not confirm within days is forgotten; whoever leaves is deleted with his letters. Addresses stand in their own column alone.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from offices.history import record, salted
from offices.models import Follower, Message
from policies.refusal import Invalid

ASKED_A_DAY = 5  # letters with a link to one address, whatever it wants to follow
PAUSE = dt.timedelta(minutes=5)  # between two such letters for the same subject
MOST = 30  # subjects of one address
UNCONFIRMED = dt.timedelta(days=3)
LETTERS_KEPT = dt.timedelta(days=30)
DAY = dt.timedelta(days=1)
CONFIRM, STOP = "confirm", "stop"


def link(follower: UUID, what: str) -> str:
    """The path that confirms or leaves; its signature stands in the query, which no log keeps."""
    return f"{reverse(f'portal:mail_{what}', args=[follower])}?key={token(follower, what)}"


def token(follower: UUID, what: str) -> str:
    """The signature of a link that confirms or leaves."""
    return salted_hmac(f"offices.follower.{what}", str(follower), algorithm="sha256").hexdigest()[:40]


def _signed(follower: UUID, what: str, given: str) -> bool:
    return constant_time_compare(token(follower, what), given)


@transaction.atomic
def ask(*, at: dt.datetime, subject: Model, name: str, address: str, site: str) -> None:
    """Send a letter with the link that confirms. Whether the address follows already, or was asked too often, is told to nobody.

    ``site``: scheme and host of the links. Raises Invalid where it is no address.
    """
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(
            "没有订阅：邮箱地址不对", errors={"address": ["请填写完整的邮箱地址，如 name@example.com"]}
        ) from error
    hashed = salted(address.casefold())
    uid = getattr(subject, "uid")  # noqa: B009
    known = Follower.objects.filter(address_hash=hashed)
    asked = Message.objects.filter(follower__in=known, event__startswith=CONFIRM, created_at__gt=at - DAY).count()
    mine = known.select_for_update().filter(subject_uid=uid).first()
    if asked >= ASKED_A_DAY or (mine is None and known.count() >= MOST):
        return
    if mine is None:
        mine, _ = Follower.objects.get_or_create(
            subject_uid=uid, address_hash=hashed, defaults={
                "subject_type": str(subject._meta.model_name), "name": name[:120], "address": address, "site": site.rstrip("/"),
                "asked_at": at, "created_at": at, "updated_at": at,
            },
        )  # fmt: skip
    elif mine.asked_at > at - PAUSE:
        return
    Follower.objects.filter(pk=mine.pk).update(asked_at=at, updated_at=at)
    Message.objects.create(
        event=f"{CONFIRM}:{at.isoformat()}", follower=mine, channel=Message.Channel.EMAIL, title=f"请确认订阅：{mine.name}"[:200],
        text=f"有人（应该是您）用这个邮箱订阅“{mine.name}”的改造进展。点下面的链接确认；不是您本人，不用理会，{UNCONFIRMED.days}天后自动删除。",
        link=link(mine.uid, CONFIRM), created_at=at,
    )  # fmt: skip


def find(uid: UUID, what: str, given: str) -> Follower | None:
    """The follower of a link of this kind; None where the signature is wrong or the follower is gone."""
    return Follower.objects.filter(uid=uid).first() if _signed(uid, what, given) else None


@transaction.atomic
def confirm(*, at: dt.datetime, follower: Follower) -> None:
    """He has opened the letter: from now on he is told. A second time changes nothing."""
    fresh = Follower.objects.filter(pk=follower.pk, confirmed_at__isnull=True)
    if fresh.update(confirmed_at=at, updated_at=at):
        record(by=None, at=at, action="follower.confirm", subject=follower)


@transaction.atomic
def stop(*, at: dt.datetime, follower: Follower) -> None:
    """He leaves: gone with his letters, also those that wait to be sent."""
    if Follower.objects.filter(pk=follower.pk).delete()[0]:
        record(by=None, at=at, action="follower.stop", subject=follower)


def tell(*, rows: Iterable[tuple[Follower, str, str, str, str]], at: dt.datetime) -> int:
    """Letters into the outbox, one for each (follower, event, title, text, link) that he was not told of; how many were new."""
    wanted = [
        Message(
            event=event[:120], follower=follower, channel=Message.Channel.EMAIL, title=title[:200], text=text, link=link, created_at=at
        )
        for follower, event, title, text, link in rows
    ]  # fmt: skip
    told = set(
        Message.objects.filter(
            follower__in={row.follower_id for row in wanted}, event__in={row.event for row in wanted}
        ).values_list("follower_id", "event")
    )
    fresh = [row for row in wanted if (row.follower_id, row.event) not in told]
    Message.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)  # the table decides between two at work
    return len(fresh)


def confirmed(subject_type: str) -> Sequence[Follower]:
    """Everybody who follows a subject of this kind, by letter or by short message."""
    return list(Follower.objects.filter(subject_type=subject_type, confirmed_at__isnull=False).order_by("pk"))


def letter_of(follower: Follower, row: Message) -> tuple[str, dict[str, str]]:
    """Text and headers of a letter: why it came, the link that leaves, and what a mail program's own button needs (RFC 8058)."""
    leave = f"{follower.site}{link(follower.uid, STOP)}"
    about = f"{follower.site}{row.link}" if row.link else ""
    why = f"您收到这封信，是因为这个邮箱订阅了“{follower.name}”的改造进展。不想再收到，点这里退订：\n{leave}"
    headers = {
        "List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    return "\n\n".join(part for part in (row.text, about, "——", why) if part), headers


def forget(*, at: dt.datetime) -> int:
    """Addresses that did not confirm in time, and letters that went out long ago; how many rows went."""
    gone = Follower.objects.filter(confirmed_at__isnull=True, asked_at__lt=at - UNCONFIRMED).delete()[0]
    letters = Message.objects.filter(follower__isnull=False, created_at__lt=at - LETTERS_KEPT).delete()[0]
    return gone + letters
