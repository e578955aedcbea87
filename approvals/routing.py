"""From a document's route to the bodies of a real division; where the document says nothing, the platform's labelled default."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from approvals.rules.routes import Subject, route
from offices.models import Body, Division
from offices.queries import bodies_by_slug
from policies.layers import Layers
from policies.refusal import Refused

DEFAULT_WORDS = "平台默认、文件未作规定"


@dataclass(frozen=True)
class RealStage:
    """A stage with the bodies that are asked in it."""

    name: str
    act: str
    needs: str
    bodies: tuple[Body, ...]
    more_bodies_may_join: bool = False


@dataclass(frozen=True)
class RealRoute:
    """A route ready to be executed. ``rule_id`` empty: the platform's default, labelled wherever it is shown."""

    stages: tuple[RealStage, ...]
    rule_id: str = ""
    clause: str = ""
    drafted_by: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """On what the route stands."""
        return self.clause if self.rule_id else DEFAULT_WORDS


# (name, act, body): county housing asks the county government.
DEFAULTS: dict[Subject, tuple[tuple[str, str, str], ...]] = {
    "plan": (
        ("住房城乡建设部门审核", "review", "county_housing"),
        ("县（区）人民政府审定并下达", "joint_issue", "county_government"),
    ),
    "scheme": (("住房城乡建设部门审查", "review", "county_housing"),),
}


def real_route(
    layers: Layers, *, day: dt.date, subject: Subject, division: Division, more_bodies: Sequence[Body] = ()
) -> RealRoute:
    """The route of ``subject`` for a division. Raises Refused naming the bodies that the division tree lacks."""
    found = route(layers, day=day, subject=subject)
    asked: list[tuple[str, str, str, tuple[str, ...], bool]]
    if found.provision is None:
        asked = [(name, act, "all", (slug,), False) for name, act, slug in DEFAULTS[subject]]
    else:
        asked = [(s.name, s.act, s.needs, s.bodies, s.more_bodies_may_join) for s in found.stages]
    slugs = {slug for *_, bodies, _ in asked for slug in bodies}
    bodies = bodies_by_slug(division, slugs)
    absent = sorted(slugs - bodies.keys())
    if absent:
        raise Refused(
            f"路线中的机构在{division.name}及其上级还没有登记：{'、'.join(absent)}。请系统管理员先在“机构与人员”中登记",
            code="body_missing",
        )
    _require_deciders(bodies[slug] for slug in sorted(slugs))
    _require_kin(division, more_bodies)
    stages = tuple(
        RealStage(
            name, act, needs, _joined([bodies[slug] for slug in wanted], more_bodies if may_join else ()), may_join
        )
        for name, act, needs, wanted, may_join in asked
    )
    if more_bodies and not any(stage.more_bodies_may_join for stage in stages):
        raise Refused("这条路线不能增加机构", code="bodies_fixed")
    return RealRoute(
        stages=stages,
        rule_id=found.rule or "",
        clause=f"{found.provision.rule_id} {found.provision.clause}" if found.provision else "",
        drafted_by=found.drafted_by,
    )


def _require_deciders(bodies: Iterable[Body]) -> None:
    """Every body of the route has somebody who may decide: a case that nobody can pass would wait for ever. Raises Refused."""
    empty = sorted(body.name for body in bodies if not body.decides)  # type: ignore[attr-defined]
    if empty:
        words = "、".join(empty)
        raise Refused(
            f"{words}还没有审批人员，提交后无人办理。请系统管理员先任命审批人或负责人", code="body_without_approver"
        )


def _require_kin(division: Division, more: Sequence[Body]) -> None:
    """Bodies that join stand in the place itself or above it. Raises Refused."""
    own = {getattr(division, f"{level}_id") for level in ("county", "city", "province")}
    strangers = [body.name for body in more if body.division_id not in own]
    if strangers:
        raise Refused(f"{'、'.join(strangers)}不是{division.name}或其上级的机构", code="foreign_body")


def _joined(bodies: Sequence[Body], more: Sequence[Body]) -> tuple[Body, ...]:
    """Each body once, in order: one office may play two parts of a route."""
    return tuple({body.pk: body for body in (*bodies, *more)}.values())
