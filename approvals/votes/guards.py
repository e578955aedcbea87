"""What the database itself promises of a vote (invariants 1 to 4), on PostgreSQL and on SQLite.

A ballot is inserted while its vote is open by the database's clock; on PostgreSQL the vote's row is locked for share, so that a
close waits for the ballots under way and a ballot behind the close sees it. A roll is written before the announcement and never
after. A result is what was counted.
"""

from approvals.models import (
    Ballot,
    Counting,
    Letter,
    PaperBallot,
    PaperEntry,
    RollHome,
    RollVoter,
    Vote,
    VoteConfirmation,
    VoteResult,
)
from offices.triggers import check, protect

VOTE = Vote._meta.db_table
OPEN = "v.state = 'announced' AND v.opens_at <= renovation_now() AND renovation_now() < v.closes_at"
COUNTABLE = "v.state IN ('announced', 'closed')"
# From which state to which; nothing leads out of confirmed or cancelled.
MOVES = (
    "draft>draft", "draft>announced", "draft>cancelled", "announced>announced", "announced>closed", "announced>cancelled", "closed>closed",
    "closed>counted", "closed>cancelled", "counted>counted", "counted>confirmed", "counted>cancelled", "confirmed>confirmed",
    "cancelled>cancelled",
)  # fmt: skip


def register() -> None:
    """Every promise, once, at start-up."""
    for model in (RollVoter, RollHome, Ballot, PaperEntry, VoteResult, VoteConfirmation):
        protect(model)
    protect(Vote, frozen=("made_by", "community"), insert_only=False)
    protect(Counting, frozen=("vote", "voter"), insert_only=False)
    protect(Letter, frozen=("vote", "voter", "serial", "issued_at"), insert_only=False)
    protect(PaperBallot, frozen=("vote", "voter", "letter", "received_at", "received_by"), insert_only=False)
    _while(
        "open",
        (Ballot,),
        f"(NEW.channel <> 'paper' AND {OPEN}) OR (NEW.channel = 'paper' AND {COUNTABLE})",
        "表决不在投票时间内",
    )
    _while("open", (PaperBallot,), OPEN, "表决不在投票时间内，不能再收票")
    _while("draft", (RollVoter, RollHome), "v.state = 'draft'", "名册已冻结，不能增加")
    _while("countable", (Counting,), COUNTABLE, "计票已结束", events=("INSERT", "UPDATE"))
    _while("closed", (VoteResult,), f"v.state = 'closed' AND {_as_counted()}", "结果与计入的票不符或表决未截止")
    _while("counted", (VoteConfirmation,), "v.state = 'counted'", "尚未计票")
    _entries()
    _supersedes()
    _frozen()


def _while(name: str, tables: tuple, condition: str, words: str, *, events: tuple[str, ...] = ("INSERT",)) -> None:
    """Rows of these tables are written only while their vote ``v`` meets the condition."""
    for model in tables:
        found = f'SELECT 1 FROM "{VOTE}" v WHERE v.id = NEW.vote_id AND ({condition})'
        check(
            model, name, events=events, words=words, sqlite=f"NOT EXISTS ({found})",
            # The lock comes first, the question after it: what waited for a close sees the closed vote.
            postgresql=f'BEGIN PERFORM 1 FROM "{VOTE}" WHERE id = NEW.vote_id FOR SHARE; '
            f"IF NOT EXISTS ({found}) THEN PERFORM renovation_refuse(); END IF;",
        )  # fmt: skip


def _as_counted() -> str:
    """SQL: the figures of a result (NEW) are those of the counting ballots."""
    ballots = f'FROM "{Counting._meta.db_table}" c JOIN "{Ballot._meta.db_table}" b ON b.id = c.ballot_id WHERE c.vote_id = NEW.vote_id'
    parts = []
    for word, choice in (("participating", ""), ("agreeing", "agree"), ("opposing", "oppose")):
        condition = f" AND b.choice = '{choice}'" if choice else ""
        parts.append(f"NEW.{word}_heads = (SELECT count(*) {ballots}{condition})")
        parts.append(f"NEW.{word}_area = (SELECT coalesce(sum(b.area), 0) {ballots}{condition})")
    return " AND ".join(parts)


def _entries() -> None:
    """A paper is read until the counting ends."""
    found = f'SELECT 1 FROM "{PaperBallot._meta.db_table}" p JOIN "{VOTE}" v ON v.id = p.vote_id WHERE p.id = NEW.paper_id AND {COUNTABLE}'
    refused = f"IF NOT EXISTS ({found}) THEN PERFORM renovation_refuse(); END IF;"
    check(
        PaperEntry,
        "countable",
        words="计票已结束，不能再录入",
        sqlite=f"NOT EXISTS ({found})",
        postgresql=f"BEGIN {refused}",
    )


def _supersedes() -> None:
    """The counting ballot changes to one that supersedes it, and to nothing else."""
    found = f'SELECT 1 FROM "{Ballot._meta.db_table}" b WHERE b.id = NEW.ballot_id AND b.supersedes_id = OLD.ballot_id'
    changed = f"NEW.ballot_id <> OLD.ballot_id AND NOT EXISTS ({found})"
    check(
        Counting, "supersedes", events=("UPDATE",), words="只能由改投的票取代", sqlite=changed,
        postgresql=f"BEGIN IF {changed} THEN PERFORM renovation_refuse(); END IF;",
    )  # fmt: skip


def _frozen() -> None:
    """An announced vote keeps what was announced, goes through its states in order, and is not closed before its time."""
    columns = [str(field.column) for field in Vote._meta.concrete_fields if field.name in Vote.FROZEN]
    voters, homes = RollVoter._meta.db_table, RollHome._meta.db_table
    roll = (
        f'NEW.roll_heads IS (SELECT count(*) FROM "{voters}" r WHERE r.vote_id = NEW.id) '
        f'AND NEW.roll_area IS (SELECT sum(r.area) FROM "{voters}" r WHERE r.vote_id = NEW.id) '
        f'AND NOT EXISTS (SELECT 1 FROM "{voters}" r WHERE r.vote_id = NEW.id AND r.area <> '
        f'(SELECT coalesce(sum(h.area), 0) FROM "{homes}" h WHERE h.voter_id = r.id))'
    )
    moves = ", ".join(f"'{move}'" for move in MOVES)

    def sql(distinct: str, same: str) -> str:
        changed = " OR ".join(f'OLD."{column}" {distinct} NEW."{column}"' for column in columns)
        return (
            f"(OLD.state <> 'draft' AND ({changed})) OR (OLD.state || '>' || NEW.state) NOT IN ({moves}) "
            f"OR (OLD.state = 'announced' AND NEW.state = 'closed' AND renovation_now() < NEW.closes_at) "
            f"OR (OLD.state = 'draft' AND NEW.state = 'announced' AND NOT ({roll.replace(' IS (', f' {same} (')}))"
        )

    check(
        Vote, "frozen", events=("UPDATE",), words="已公告的表决不能改动、跳步或提前截止", sqlite=sql("IS NOT", "IS"),
        postgresql=f"BEGIN IF {sql('IS DISTINCT FROM', 'IS NOT DISTINCT FROM')} THEN PERFORM renovation_refuse(); END IF;",
    )  # fmt: skip
    check(
        Vote, "born_draft", words="表决从草稿开始", sqlite="NEW.state <> 'draft'",
        postgresql="BEGIN IF NEW.state <> 'draft' THEN PERFORM renovation_refuse(); END IF;",
    )  # fmt: skip
