"""Official forms of approvals: 联合审查意见表, 公示, 表决结果."""

from decimal import Decimal
from uuid import UUID

from approvals.models import Case, Notice, Vote, VoteResult
from approvals.notices.drafts import places_of
from approvals.subjects import subject_of
from approvals.votes.figures import tally_of
from approvals.votes.turnout import shares_of
from offices.clock import day_of
from offices.models import User
from offices.official import Cell, Column, Form, Grid
from policies.words import date_words, share_words

OPINIONS = (
    Column("环节", 14), Column("单位", 24), Column("意见", 10), Column("理由、附带条件", 34), Column("经办人", 12), Column("日期", 14),
)  # fmt: skip


def review(user: User, uid: UUID) -> Form | None:
    """The opinions of every body asked, with what was put before them; a draft until it has passed."""
    rows = Case.objects.visible_to(user).select_related("division", "submitted_body", "submitted_by")
    case = rows.filter(uid=uid).first()
    if case is None:
        return None
    opinions = case.opinions.select_related("stage", "body", "by", "for_user").order_by("round", "stage__number", "pk")
    said: list[tuple[Cell, ...]] = [
        (
            row.stage.name, row.body.name, row.get_verdict_display(), "；".join(part for part in (row.reasons, row.conditions) if part),
            f"{row.by}（代{row.for_user}）" if row.for_user else str(row.by), date_words(day_of(row.at)),
        )
        for row in opinions
    ]  # fmt: skip
    given = {row.body_id for row in opinions if row.round == case.round}
    owed = (
        case.asks.filter(stage__round=case.round)
        .exclude(body_id__in=given)
        .select_related("stage", "body")
        .order_by("pk")
    )
    said += [(ask.stage.name, ask.body.name, "", "", "", "") for ask in owed]
    content = [
        Grid(
            tuple(Column(name, 16) for name in table.columns), tuple(row.cells for row in table.rows), title=table.title
        )
        for table in subject_of(case.subject_type).tables(case.content)
        if table.rows
    ]
    lines = (
        ("事项", case.title), ("提交单位", str(case.submitted_body)), ("提交日期", date_words(day_of(case.submitted_at))),
        ("状态", case.get_state_display()), ("文号", case.document_number),
    )  # fmt: skip
    bodies = tuple(dict.fromkeys(str(row[1]) for row in said))
    return Form(
        title="联合审查意见表", issuer=str(case.submitted_body), place=case.division.name, lines=lines, seals=bodies[:4],
        grids=(Grid(OPINIONS, tuple(said), title="审查意见"), *content), draft=case.state != Case.State.PASSED, landscape=True,
    )  # fmt: skip


def notice(user: User, uid: UUID) -> Form | None:
    """What is posted, word for word."""
    row = Notice.objects.visible_to(user).select_related("body__division").filter(uid=uid).first()
    if row is None:
        return None
    days = (
        f"{date_words(row.posted_on)}至{date_words(row.last_day)}" if row.posted_on and row.last_day else "张贴后填写"
    )
    places = "、".join(place.name for place in places_of(row))
    pairs = tuple((str(pair[0]), str(pair[1])) for pair in row.content)
    grids = (Grid((Column("项目", 24), Column("内容", 60)), pairs, title="公示内容"),) if pairs else ()
    return Form(
        title=row.title, issuer=row.body.name, place=row.body.division.name, lines=(("公示小区", places), ("公示时间", days)), grids=grids,
        opening=row.text, seals=(row.body.name,), issued="", draft=row.state == Notice.State.DRAFT,
    )  # fmt: skip


def vote(user: User, uid: UUID) -> Form | None:
    """What was counted; nothing before the counting has ended."""
    rows = Vote.objects.visible_to(user).select_related("division", "community", "result")
    row = rows.filter(uid=uid, result__isnull=False).first()
    if row is None:
        return None
    result = row.result
    counted: tuple[tuple[Cell, ...], ...] = (
        ("名册", row.roll_heads, row.roll_area), ("参与表决", result.participating_heads, result.participating_area),
        ("同意", result.agreeing_heads, result.agreeing_area), ("不同意", result.opposing_heads, result.opposing_area),
        ("弃权", *_abstained(result)),
    )  # fmt: skip
    papers: tuple[tuple[Cell, ...], ...] = (
        (
            result.papers_issued,
            result.papers_returned,
            result.papers_outstanding,
            result.papers_valid,
            result.papers_invalid,
        ),
    )
    decided = {True: "通过", False: "未通过", None: "依据文件未作规定，由业主约定"}[result.passed]
    lines = (
        ("小区", row.community.name), ("表决事项", row.get_matter_display()), ("表决内容", row.text),
        ("时间", f"{date_words(day_of(row.opens_at))}至{date_words(day_of(row.closes_at))}"),
    )  # fmt: skip
    slips = tuple(Column(name, 14) for name in ("发放", "回收", "未收", "有效", "无效"))
    return Form(
        title=f"{row.title}表决结果", issuer=result.counted_body, place=row.division.name, lines=lines,
        seals=(result.counted_body,), issued="组织单位",
        grids=(
            Grid((Column("", 20), Column("人数", 16), Column("面积（㎡）", 20)), counted, title="计票"),
            *_shares(row),
            Grid(slips, papers, title="纸质票"),
        ),
        words=(f"结果：{decided}。", *(str(reason["text"]) for reason in result.reasons)), draft=row.state != Vote.State.CONFIRMED,
    )  # fmt: skip


def _shares(row: Vote) -> tuple[Grid, ...]:
    """The four tests with the clause of each; none where no document sets them."""
    shares = shares_of(row, tally_of(row).results)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            share.label, f"{share.part:,} / {share.whole:,} {share.unit}",
            f"{'超过' if share.threshold.strict else '不少于'} {share_words(share.threshold.share)}", share.citation.clause,
            "达到" if share.met else "未达到",
        )
        for share in shares
    )  # fmt: skip
    columns = (
        Column("比例", 26),
        Column("数目 / 总数", 28),
        Column("要求", 16),
        Column("依据", 14),
        Column("结果", 12),
    )
    return (Grid(columns, rows, title="四项比例"),) if rows else ()


def _abstained(result: VoteResult) -> tuple[int, Decimal]:
    """Who took part and said neither yes nor no: heads and ㎡."""
    heads = result.participating_heads - result.agreeing_heads - result.opposing_heads
    return heads, result.participating_area - result.agreeing_area - result.opposing_area
