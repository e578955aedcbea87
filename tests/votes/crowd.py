"""Communities of thousands of homes, each with an owner of its own, without a query a home."""

from django.utils import timezone

from communities.models import Building, Community, Home, Ownership, Person
from offices.demonstration import Offices


def big_community(offices: Offices, homes: int, *, buildings: int = 1) -> Community:
    """As many homes, spread over the buildings, ten to a floor."""
    at = timezone.now()
    community = Community(name="万家小区", created_at=at, updated_at=at)
    community.place_in(offices.divisions["胜利社区"])
    community.save()
    stamps = {"created_at": at, "updated_at": at}
    places = Building.objects.bulk_create(
        Building(community=community, name=f"{number}号楼", **stamps) for number in range(1, buildings + 1)
    )
    rows = Home.objects.bulk_create(
        (
            Home(
                building=places[n % buildings], unit="1单元", room=str(n), floor=1 + n // buildings // 10,
                private_area=f"{40 + n % 90}.{n % 100:02d}", area_source="register", **stamps,
            )
            for n in range(homes)
        ),
        batch_size=500,
    )  # fmt: skip
    people = Person.objects.bulk_create(
        (
            Person(community=community, name=f"业主{n}", phone=f"139{n:08d}", id_number=f"450205{n:08d}0018", **stamps)
            for n in range(homes)
        ),
        batch_size=500,
    )
    Ownership.objects.bulk_create(
        (
            Ownership(home=home, person=person, evidence="不动产权证", **stamps)
            for home, person in zip(rows, people, strict=True)
        ),
        batch_size=500,
    )
    return community
