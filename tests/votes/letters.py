"""Letters and papers for the tests of the desk."""

import itertools

from approvals.models import Letter, RollVoter, Vote
from offices.demonstration import Offices
from offices.models import User
from tests.votes.conftest import Clock

_serials = itertools.count(1)


def letter(vote: Vote, voter: RollVoter, by: User, clock: Clock, *, voided: bool = False) -> Letter:
    """A letter with a serial of its own."""
    return Letter.objects.create(
        vote=vote, voter=voter, serial=f"LB26{next(_serials):06d}", issued_by=by, issued_at=clock.now, created_at=clock.now,
        updated_at=clock.now, voided_at=clock.now if voided else None,
    )  # fmt: skip


def three(offices: Offices) -> tuple[User, User, User]:
    """Three people of 柳北区 and 柳州市 who may run a vote there."""
    return (
        offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader"), offices.user("柳州市", "housing", "clerk"),
    )  # fmt: skip
