"""What a person may see of himself: his homes, who else holds them (masked), his complaints, who opened his values."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from communities.models import Agency, Community, Complaint, ComplaintAnswer, Home, Ownership, Person, Reveal
from communities.rules.masks import mask_name
from communities.rules.roll_problems import phone_key
from offices.history import salted

MOST = 50


@dataclass(frozen=True)
class OwnHome:
    """A home of his, with the share that he holds and the others masked."""

    home: Home
    share: str
    since: dt.date | None
    others: tuple[str, ...]


def persons_of_phone(community: int, number: str) -> set[int]:
    """Persons of a community's register with exactly this telephone number (its digits)."""
    rows = Person.objects.filter(community=community, phone__endswith=number[-4:]).values_list("pk", "phone")
    return {pk for pk, phone in rows if phone_key(phone) == number}


def person_of_holder(community: Community, holder: str) -> Person | None:
    """The person whom a letter's code stands for; None where he is not in the register any more."""
    return Person.objects.filter(uid=UUID(holder), community=community).first()


def persons_by_id(pks: Collection[int]) -> list[Person]:
    """Persons in the order of their ids."""
    return list(Person.objects.filter(pk__in=list(pks)).order_by("pk"))


def own_homes(persons: Collection[int], day: dt.date) -> list[OwnHome]:
    """Homes that these persons own on a day (three queries)."""
    own = Ownership.objects.in_force(day).filter(person__in=list(persons))
    everybody = Ownership.objects.in_force(day).select_related("person").order_by("pk")
    homes = Home.objects.filter(ownerships__in=own).distinct().select_related("building")
    rows = homes.prefetch_related(Prefetch("ownerships", queryset=everybody, to_attr="open_ones"))
    found = []
    for home in rows.order_by("building_id", "unit", "room", "pk"):
        holding: list[Ownership] = home.open_ones
        mine = [row for row in holding if row.person_id in persons]
        share = "、".join(f"{row.share_numerator}/{row.share_denominator}" for row in mine)
        others = tuple(mask_name(row.person.name) for row in holding if row.person_id not in persons)
        found.append(OwnHome(home, "全部" if share == "1/1" else share, mine[0].since, others))
    return found


def own_numbers(persons: Sequence[Person]) -> set[str]:
    """Their telephone numbers (as entered in the register) that stand for nobody else of the community."""
    found = set()
    for person in persons:
        others = persons_of_phone(person.community_id, phone_key(person.phone)) if phone_key(person.phone) else set()
        if others and others <= {row.pk for row in persons}:
            found.add(person.phone)
    return found


def own_agencies(persons: Collection[int]) -> list[Agency]:
    """Papers by which another acts for them."""
    return list(Agency.objects.filter(person__in=list(persons)).order_by("-pk")[:MOST])


def own_complaints(persons: Sequence[Person]) -> list[tuple[Complaint, list[ComplaintAnswer]]]:
    """Complaints that came with his number, with their answers; none where the number stands for others of the community too."""
    digits = {"".join(sign for sign in number if sign.isdigit()) for number in own_numbers(persons)}
    if not digits:
        return []
    hashes = {salted(f"phone:{number}") for number in digits}
    answers = Prefetch("answers", queryset=ComplaintAnswer.objects.select_related("body"))
    rows = Complaint.objects.filter(person__phone_hash__in=hashes, community=persons[0].community_id)
    return [
        (row, list(row.answers.all())) for row in rows.select_related("handler_body").prefetch_related(answers)[:MOST]
    ]


def opened(persons: Collection[int]) -> list[Reveal]:
    """When the offices opened his values. Their written reasons may name others and are not for this page."""
    return list(Reveal.objects.filter(person__in=list(persons)).order_by("-pk")[:MOST])
