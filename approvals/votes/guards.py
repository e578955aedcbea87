"""What the database itself promises of a vote (invariants 1 to 4), on PostgreSQL and on SQLite.

A ballot is inserted while its vote is open by the database's clock; on PostgreSQL the vote's row is locked for share, so that a
close waits for the ballots under way and a ballot behind the close sees it. A roll is written before the announcement and never
after. A result is what was counted: its figures, its papers and whether it passed are computed again by the database, and from then on
nothing that the evidence is made of changes.
"""

from approvals.models import (
    Ballot,
    Counting,
    Letter,
    PaperBallot,
    PaperEntry,
    Proxy,
    RollHome,
    RollVoter,
    Vote,
    VoteConfirmation,
    VoteObjection,
    VoteResult,
)
from offices.demands import BOTH, On, refuse
from offices.triggers import protect

VOTE = Vote._meta.db_table
OPEN = "v.state = 'announced' AND v.opens_at <= renovation_now() AND renovation_now() < v.closes_at"
COUNTABLE = "v.state IN ('announced', 'closed')"
IN_PERIOD = "v.opens_at <= NEW.received_at AND NEW.received_at < v.closes_at"
AS_ANNOUNCED = "(NEW.supersedes_id IS NULL OR v.may_change OR (v.paper_wins AND NEW.channel = 'paper'))"
OF_ITS_PAPER = (
    f'(NEW.paper_id IS NULL OR EXISTS (SELECT 1 FROM "{PaperBallot._meta.db_table}" p '
    f"WHERE p.id = NEW.paper_id AND p.received_at = NEW.received_at))"
)
# The Asia/Shanghai day of the database's clock, as SQLite and as PostgreSQL spell it.
DAYS = "date(renovation_now(), '+8 hours')", "(renovation_now() AT TIME ZONE 'Asia/Shanghai')::date"
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
    _while("open", (PaperBallot,), f"{OPEN} AND {IN_PERIOD}", "表决不在投票时间内，不能再收票")
    _while(
        "terms",
        (Ballot,),
        f"{IN_PERIOD} AND {AS_ANNOUNCED} AND {OF_ITS_PAPER}",
        "收到的时间不在投票时间内，或公告不允许改投",
    )
    _while("draft", (RollVoter, RollHome), "v.state = 'draft'", "名册已冻结，不能增加")
    _while("countable", (Counting,), COUNTABLE, "计票已结束", events=BOTH)
    _result()
    _while(
        "evidence",
        (Letter, PaperBallot, Proxy),
        COUNTABLE,
        "计票已结束，纸质票和委托书不能再改动",
        events=BOTH,
    )
    _confirmation()
    _objections()
    _proxies()
    _voided()
    _entries()
    _supersedes()
    _frozen()


def _while(name: str, tables: tuple, condition: str, words: str, *, events: tuple[On, ...] = ("insert",)) -> None:
    """Rows of these tables are written only while their vote ``v`` meets the condition."""
    for model in tables:
        _while_each(model, name, condition, condition, words, events)


def _while_each(model: type, name: str, sqlite: str, postgresql: str, words: str, events: tuple[On, ...]) -> None:
    """The same where the two databases spell the condition differently."""
    found = f'SELECT 1 FROM "{VOTE}" v WHERE v.id = NEW.vote_id AND '
    refuse(
        model, name, on=events, words=words, when=f"NOT EXISTS ({found} ({sqlite}))", postgres=f"NOT EXISTS ({found} ({postgresql}))",
        # The lock comes first, the question after it: what waited for a close sees the closed vote.
        lock=f'SELECT 1 FROM "{VOTE}" WHERE id = NEW.vote_id FOR SHARE',
    )  # fmt: skip


def _proxies() -> None:
    """No agent acts for more owners than was announced; on PostgreSQL two entries wait for one another at the vote's row.

    A ballot by any channel, and a reading of a paper, name a proxy that another has checked and that is in force; one that was named
    stays in force, so that what the limit counts is what was voted by.
    """
    table, entries, papers = (model._meta.db_table for model in (Proxy, PaperEntry, PaperBallot))
    acting = f'SELECT count(*) FROM "{table}" p WHERE p.vote_id = NEW.vote_id AND p.agent_key = NEW.agent_key AND p.withdrawn_at IS NULL'
    full = f'({acting}) >= (SELECT v.proxy_limit FROM "{VOTE}" v WHERE v.id = NEW.vote_id)'
    refuse(
        Proxy, "limit", on="insert", words="代理人代理的业主超过公告的限额", when=f"NEW.withdrawn_at IS NULL AND {full}",
        lock=f'SELECT 1 FROM "{VOTE}" WHERE id = NEW.vote_id FOR NO KEY UPDATE',
    )  # fmt: skip
    protect(
        Proxy, frozen=("vote", "voter", "agent_key", "entered_by", "entered_at"), insert_only=False,
        rising=("checked_at", "withdrawn_at"),
    )  # fmt: skip
    checked = "p.checked_at IS NOT NULL AND p.checked_by_id IS NOT NULL"
    good = f'SELECT 1 FROM "{table}" p WHERE p.id = NEW.proxy_id AND p.withdrawn_at IS NULL AND {checked}'
    own = f'SELECT 1 FROM "{papers}" b WHERE b.id = NEW.paper_id AND b.vote_id = p.vote_id AND b.voter_id = p.voter_id'
    for model, condition in ((Ballot, good), (PaperEntry, f"{good} AND EXISTS ({own})")):
        refuse(
            model, "proxy", on="insert", when=f"NEW.proxy_id IS NOT NULL AND NOT EXISTS ({condition})",
            lock=f'SELECT 1 FROM "{table}" WHERE id = NEW.proxy_id FOR SHARE', words="委托不是这位业主的、没有核对或已撤回",
        )  # fmt: skip
    named = (
        f'EXISTS (SELECT 1 FROM "{Ballot._meta.db_table}" b WHERE b.proxy_id = NEW.id) OR EXISTS (SELECT 1 FROM "{entries}" e '
        f"JOIN \"{papers}\" r ON r.id = e.paper_id WHERE e.proxy_id = NEW.id AND r.state IN ('entered', 'mismatch'))"
    )
    refuse(
        Proxy, "used", on="update", words="代理人已经投票，委托不能撤回",
        when=f"OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND ({named})",
    )  # fmt: skip


def _voided() -> None:
    """A letter is either void or has come back, never both: issued = returned + outstanding + voided."""
    letters, papers = Letter._meta.db_table, PaperBallot._meta.db_table
    refuse(
        PaperBallot, "voided", on="insert", words="这张票已作废", lock=f'SELECT 1 FROM "{letters}" WHERE id = NEW.letter_id FOR SHARE',
        when=f'EXISTS (SELECT 1 FROM "{letters}" l WHERE l.id = NEW.letter_id AND l.voided_at IS NOT NULL)',
    )  # fmt: skip
    refuse(
        Letter, "returned", on="update", words="收回的票不能作废",
        when=f'NEW.voided_at IS NOT NULL AND EXISTS (SELECT 1 FROM "{papers}" p WHERE p.letter_id = NEW.id)',
    )  # fmt: skip


def _objections() -> None:
    """Made while the result is shown, by the database's clock; one that is not answered stops the confirmation."""
    protect(VoteObjection, frozen=("vote", "receipt", "text", "made_at", "entered_by"), insert_only=False)
    sqlite, postgresql = (f"v.state = 'counted' AND {day} <= v.objections_until" for day in DAYS)
    _while_each(VoteObjection, "shown", sqlite, postgresql, "结果公示期间才能提出异议", ("insert",))
    open_ones = f'SELECT 1 FROM "{VoteObjection._meta.db_table}" o WHERE o.vote_id = v.id AND o.answered_at IS NULL'
    _while("answered", (VoteConfirmation,), f"NOT EXISTS ({open_ones})", "有异议没有答复")


def _confirmation() -> None:
    """After the objections, by the database's clock, and never by the one who counted."""
    counter = f'NEW.by_id <> (SELECT r.counted_by_id FROM "{VoteResult._meta.db_table}" r WHERE r.vote_id = v.id)'
    sqlite, postgresql = (f"v.state = 'counted' AND {counter} AND {day} > v.objections_until" for day in DAYS)
    _while_each(VoteConfirmation, "counted", sqlite, postgresql, "尚未计票、结果公示未满或由计票人确认", ("insert",))


def _result() -> None:
    """Figures, papers and whether it passed: as the ballots, the papers and the announced thresholds say."""
    same = f"v.state = 'closed' AND {_as_counted()} AND {_papers_as_counted()}"
    sqlite = (
        "NEW.passed IS (SELECT min(CASE WHEN {whole} > 0 AND (CASE WHEN {strict} THEN {part} * {den} > {num} * {whole} "
        "ELSE {part} * {den} >= {num} * {whole} END) THEN 1 ELSE 0 END) FROM json_each(v.thresholds) t)"
    ).format(
        strict="json_extract(t.value, '$.strict')", **_parts("json_extract(t.value, '$.test')"),
        num="CAST(json_extract(t.value, '$.share') AS INTEGER)",
        den="max(1, CAST(substr(json_extract(t.value, '$.share'), instr(json_extract(t.value, '$.share') || '/', '/') + 1) AS INTEGER))",
    )  # fmt: skip
    postgresql = (
        "NEW.passed IS NOT DISTINCT FROM (SELECT bool_and({whole} > 0 AND (CASE WHEN {strict} THEN {part} * {den} > {num} * {whole} "
        "ELSE {part} * {den} >= {num} * {whole} END)) FROM jsonb_array_elements(v.thresholds) t)"
    ).format(
        strict="(t ->> 'strict')::boolean", **_parts("t ->> 'test'"), num="split_part(t ->> 'share', '/', 1)::bigint",
        den="coalesce(nullif(split_part(t ->> 'share', '/', 2), ''), '1')::bigint",
    )  # fmt: skip
    words = "结果与计入的票、纸质票或公告的门槛不符，或表决未截止"
    _while_each(VoteResult, "closed", f"{same} AND {sqlite}", f"{same} AND {postgresql}", words, ("insert",))


def _parts(test: str) -> dict[str, str]:
    """SQL: part and whole of the share that a threshold asks for."""
    part = {"participation_area": "participating_area", "participation_heads": "participating_heads"}
    part |= {"agreement_area": "agreeing_area", "agreement_heads": "agreeing_heads"}
    whole = {"participation_area": "v.roll_area", "participation_heads": "v.roll_heads"}
    whole |= {"agreement_area": "NEW.participating_area", "agreement_heads": "NEW.participating_heads"}
    cases = [
        " ".join(f"WHEN '{name}' THEN {column}" for name, column in columns.items())
        for columns in ({name: f"NEW.{column}" for name, column in part.items()}, whole)
    ]
    return dict(zip(("part", "whole"), (f"(CASE {test} {case} END)" for case in cases), strict=True))


def _papers_as_counted() -> str:
    """SQL: papers of a result (NEW) as they are; all are read, each valid one is a ballot, and of each voter one ballot counts."""
    ballots, letters = Ballot._meta.db_table, Letter._meta.db_table
    papers = f'FROM "{PaperBallot._meta.db_table}" p WHERE p.vote_id = NEW.vote_id'
    counted = f'SELECT 1 FROM "{Counting._meta.db_table}" c WHERE c.vote_id = b.vote_id AND c.voter_id = b.voter_id'
    return (
        f'NEW.papers_issued = (SELECT count(*) FROM "{letters}" l WHERE l.vote_id = NEW.vote_id) '
        f'AND NEW.papers_voided = (SELECT count(*) FROM "{letters}" l WHERE l.vote_id = NEW.vote_id AND l.voided_at IS NOT NULL) '
        f"AND NEW.papers_returned = (SELECT count(*) {papers}) "
        f"AND NEW.papers_valid = (SELECT count(*) {papers} AND p.state = 'valid') "
        f"AND NOT EXISTS (SELECT 1 {papers} AND p.state NOT IN ('valid', 'invalid')) "
        f"AND NOT EXISTS (SELECT 1 {papers} AND (p.state = 'valid') <> "
        f'EXISTS (SELECT 1 FROM "{ballots}" b WHERE b.paper_id = p.id)) '
        f'AND NOT EXISTS (SELECT 1 FROM "{ballots}" b WHERE b.vote_id = NEW.vote_id AND NOT EXISTS ({counted}))'
    )


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
    """A paper is read until the counting ends; its ballot is what two persons read alike, or the third one who decides."""
    found = f'SELECT 1 FROM "{PaperBallot._meta.db_table}" p JOIN "{VOTE}" v ON v.id = p.vote_id WHERE p.id = NEW.paper_id AND {COUNTABLE}'
    refuse(PaperEntry, "countable", on="insert", when=f"NOT EXISTS ({found})", words="计票已结束，不能再录入")
    read = (
        f'SELECT sum(CASE WHEN e.deciding THEN 2 ELSE 1 END) FROM "{PaperEntry._meta.db_table}" e WHERE e.paper_id = NEW.paper_id '
        "AND e.choice = NEW.choice AND coalesce(e.proxy_id, 0) = coalesce(NEW.proxy_id, 0)"
    )
    refuse(
        Ballot, "as_read", on="insert", words="纸质票的内容不是两人一致录入的",
        when=f"NEW.paper_id IS NOT NULL AND coalesce(({read}), 0) < 2",
    )  # fmt: skip


def _supersedes() -> None:
    """The counting ballot changes to one that supersedes it, and to nothing else."""
    found = f'SELECT 1 FROM "{Ballot._meta.db_table}" b WHERE b.id = NEW.ballot_id AND b.supersedes_id = OLD.ballot_id'
    changed = f"NEW.ballot_id <> OLD.ballot_id AND NOT EXISTS ({found})"
    refuse(Counting, "supersedes", on="update", when=changed, words="只能由改投的票取代")


def _frozen() -> None:
    """An announced vote keeps what was announced, goes through its states in order, and is not closed before its time."""
    columns = [str(field.column) for field in Vote._meta.concrete_fields if field.name in ("id", "uid", *Vote.FROZEN)]
    results, confirmations = VoteResult._meta.db_table, VoteConfirmation._meta.db_table
    voters, homes = RollVoter._meta.db_table, RollHome._meta.db_table
    roll = (
        f'NEW.roll_heads IS (SELECT count(*) FROM "{voters}" r WHERE r.vote_id = NEW.id) '
        f'AND NEW.roll_area IS (SELECT sum(r.area) FROM "{voters}" r WHERE r.vote_id = NEW.id) '
        f'AND NOT EXISTS (SELECT 1 FROM "{voters}" r WHERE r.vote_id = NEW.id AND r.area <> '
        f'(SELECT coalesce(sum(h.area), 0) FROM "{homes}" h WHERE h.voter_id = r.id))'
    )
    moves = ", ".join(f"'{move}'" for move in MOVES)
    # Written with the step that they belong to, and at no other time.
    once = (("closed_at", "closed"), ("objections_until", "counted"), ("cancelled_reason", "cancelled"))

    def sql(distinct: str, same: str) -> str:
        changed = " OR ".join(f'OLD."{column}" {distinct} NEW."{column}"' for column in columns)
        return (
            f"(OLD.state <> 'draft' AND ({changed})) OR (OLD.state || '>' || NEW.state) NOT IN ({moves}) "
            f"OR (OLD.state = 'announced' AND NEW.state = 'closed' AND renovation_now() < NEW.closes_at) "
            f"OR (NEW.state = 'counted' AND NOT EXISTS (SELECT 1 FROM \"{results}\" r WHERE r.vote_id = NEW.id)) "
            f"OR (NEW.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM \"{confirmations}\" c WHERE c.vote_id = NEW.id)) "
            + "".join(
                f"OR (OLD.{column} {distinct} NEW.{column} AND NOT (NEW.state = '{state}' AND OLD.state <> '{state}')) "
                for column, state in once
            )
            + f"OR (OLD.state = 'draft' AND NEW.state = 'announced' AND NOT ({roll.replace(' IS (', f' {same} (')}))"
        )

    refuse(
        Vote, "frozen", on="update", words="已公告的表决不能改动、跳步或提前截止", when=sql("IS NOT", "IS"),
        postgres=sql("IS DISTINCT FROM", "IS NOT DISTINCT FROM"),
    )  # fmt: skip
    refuse(Vote, "born_draft", on="insert", words="表决从草稿开始", when="NEW.state <> 'draft'")
