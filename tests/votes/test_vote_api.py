"""The desk over REST: the acts of a vote with If-Match, once per key, and nothing of the choices before the counting."""

from typing import Any

from rest_framework.test import APIClient

from approvals.models import Vote
from approvals.votes.casting import cast_ballot
from communities.models import Community
from offices.demonstration import Offices
from offices.models import User
from tests.votes.conftest import DAY, HOUR, Clock
from tests.votes.letters import three


def program(user: User) -> APIClient:
    """A signed-in program."""
    client = APIClient()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def act(client: APIClient, vote: str, word: str = "", body: dict[str, Any] | None = None) -> Any:
    """Read it, then act on what was read."""
    etag = client.get(vote)["ETag"]
    return client.post(f"{vote}{word}/", body or {}, format="json", headers={"If-Match": etag})


def state() -> str:
    """Of the one vote."""
    return str(Vote.objects.get().state)


def test_the_acts_of_a_vote(offices: Offices, community: Community, clock: Clock) -> None:
    first, second, _ = three(offices)
    clerk, leader, anyone = program(first), program(second), APIClient()
    given = {
        "community": str(community.uid), "matter": "scheme", "title": "表决", "text": "是否同意？",
        "opens_at": (clock.now + HOUR).isoformat(), "closes_at": (clock.now + 7 * DAY).isoformat(),
    }  # fmt: skip
    wrong = clerk.post("/api/v1/votes/", {**given, "state": "confirmed"}, format="json")
    assert wrong.status_code == 400 and "state" in wrong.json()["errors"]
    made = [clerk.post("/api/v1/votes/", given, format="json", headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert [row.status_code for row in made] == [201, 201] and Vote.objects.count() == 1
    path = made[0]["Location"]
    assert anyone.get(path).status_code == 404
    assert leader.post(f"{path}announce/").status_code == 428
    own = act(clerk, path, "announce")
    assert own.status_code == 403 and own.json()["code"] == "own_vote"
    assert act(leader, path, "announce").status_code == 200 and state() == "announced"
    shown = anyone.get(path).json()
    assert shown["roll_heads"] == 12 and len(shown["thresholds"]) == 4
    terms = {key: value for key, value in given.items() if key != "community"}
    late = clerk.patch(path, terms, format="json", headers={"If-Match": clerk.get(path)["ETag"]})
    assert late.status_code == 409 and late.json()["code"] == "vote_announced"
    vote = Vote.objects.get()
    clock.to(vote.opens_at + HOUR)
    for voter in vote.voters.all()[:9]:
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    assert act(clerk, path, "close").json()["code"] == "vote_open"
    for client in (clerk, anyone):
        seen = client.get(path).content.decode() + client.get("/api/v1/votes/").content.decode()
        assert not [word for word in ("agreeing", "opposing", "choice", "passed") if word in seen]
    clock.to(vote.closes_at)
    assert act(clerk, path, "count").json()["result"]["agreeing_heads"] == 9 and state() == "counted"
    assert act(leader, path, "confirm").json()["code"] == "vote_objections"
    clock.forward(20 * DAY)
    assert act(leader, path, "confirm").status_code == 200 and state() == "confirmed"
    assert act(leader, path, "cancel", {"reason": "反悔"}).json()["code"] == "vote_over"
