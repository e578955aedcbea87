"""The only writers of schemes: lines, texts, replies, files; fixing a version; putting it to its joint review."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from approvals import cases
from approvals.cases import content_hash
from approvals.models import Case
from approvals.routing import real_route
from offices import files
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.refusal import Invalid, Refused, RuleRefused, Stale
from projects.actions.projects import county_of
from projects.gates import gates_of_project, reason_of
from projects.models import Project, Scheme, SchemeFile, SchemeReply, SchemeVersion
from projects.permissions import keeping_body
from projects.queries.schemes import checks_of, communities_of, draft_value, needs_of
from projects.rules.scheme import frozen
from projects.schemes import on_scheme_changed

TEXTS: Mapping[str, int] = {"central_reason": 300, "residents_funding": 2000, "management": 2000}


def held(by: User, scheme: Scheme, expected_version: int | None = None) -> Scheme:
    """The scheme, locked, for someone who may write it. Raises Forbidden, Stale."""
    scheme = (
        Scheme.objects.select_for_update(of=("self",))
        .select_related("project__division", "project__county", "division", "current")
        .get(pk=scheme.pk)
    )
    keeping_body(by, county_of(scheme.project))
    if expected_version is not None and scheme.version != expected_version:
        raise Stale("方案已被他人修改，请刷新后再试")
    return scheme


def touch(scheme: Scheme, *, at: dt.datetime, fields: tuple[str, ...] = ()) -> None:
    """Raise the version of the scheme and save it: whatever changes one of its rows changes it."""
    scheme.version += 1
    scheme.updated_at = at
    scheme.save(update_fields=("version", "updated_at", *fields))


@transaction.atomic
def open_scheme(*, by: User, at: dt.datetime, project: Project) -> Scheme:
    """Begin the scheme of a project (一小区一方案: one a project). Refused where it has one."""
    keeping_body(by, county_of(project))
    scheme = Scheme(project=project, created_at=at, updated_at=at)
    scheme.place_in(project.division)
    try:
        with transaction.atomic():
            scheme.save()
    except IntegrityError as error:
        raise Refused(f"“{project.name}”已有改造方案", code="scheme_exists") from error
    record(by=by, at=at, action="scheme.open", subject=scheme, data={"project": str(project.uid)})
    return scheme


@transaction.atomic
def describe_scheme(
    *, by: User, at: dt.datetime, scheme: Scheme, changes: Mapping[str, Any], expected_version: int | None = None
) -> Scheme:
    """Set the owners' ratio (per cent, RC-05), the reason for central money (RC-03) and the two plans of LZ-32."""
    scheme = held(by, scheme, expected_version)
    unknown = set(changes) - {"owner_ratio", *TEXTS}
    if unknown:
        raise Invalid("有不能修改的字段", errors={name: ["不能修改"] for name in sorted(unknown)})
    for name, value in changes.items():
        setattr(scheme, name, _ratio(value) if name == "owner_ratio" else _text(name, value))
    touch(scheme, at=at, fields=tuple(changes))
    record(by=by, at=at, action="scheme.describe", subject=scheme, data={"fields": sorted(changes)})
    return scheme


def _ratio(value: Any) -> Decimal | None:
    if value is None:
        return None
    ratio = Decimal(value)
    if not 0 < ratio <= 100 or ratio != ratio.quantize(Decimal("0.01")):
        raise Invalid("业主出资比例有误", errors={"owner_ratio": ["应大于 0、不超过 100，最多两位小数"]})
    return ratio


def _text(name: str, value: Any) -> str:
    text = str(value).strip()
    if len(text) > TEXTS[name]:
        raise Invalid("内容太长", errors={name: [f"最多 {TEXTS[name]} 字，现有 {len(text)} 字"]})
    return text


@transaction.atomic
def answer_needs(
    *, by: User, at: dt.datetime, scheme: Scheme, replies: Sequence[Mapping[str, Any]], expected_version: int | None = None
) -> Scheme:  # fmt: skip
    """Say to hazards and wishes which line takes them up, or why none does (YL-04, YL-05). ``replies``: key, item (uid or ""), reason.

    A reason for leaving out a basic item counts once a leader has recorded it: whoever records it is kept.
    """
    scheme = held(by, scheme, expected_version)
    asked = {need.key for need in needs_of(communities_of(scheme.project), layers_of(scheme.division))}
    items = {str(item.uid): item for item in scheme.items.all()}
    leads = by.has_role("leader", body=keeping_body(by, county_of(scheme.project)))
    errors: dict[str, list[str]] = {}
    for reply in replies:
        key, item, reason = str(reply["key"]), str(reply.get("item") or ""), str(reply.get("reason") or "").strip()
        if key not in asked:
            errors[key] = ["没有这条隐患或意愿"]
        elif item and item not in items:
            errors[key] = ["方案里没有这一项"]
        elif item and reason:
            errors[key] = ["已列入的不用再写没有列入的理由"]
        elif len(reason) > 300:
            errors[key] = ["最多 300 字"]
    if errors:
        raise Invalid("回应有误", errors=errors)
    before = {row.key: row for row in scheme.replies.all()}
    for reply in replies:
        key, reason = str(reply["key"]), str(reply.get("reason") or "").strip()
        item_row, old = items.get(str(reply.get("item") or "")), before.get(key)
        if old is not None and old.reason == reason and old.item_id == (item_row.pk if item_row else None):
            if not (leads and reason and not old.by_leader):
                continue  # a clerk who saves the page again does not take a leader's word away
        SchemeReply.objects.update_or_create(
            scheme=scheme, key=key,
            defaults={"item": item_row, "reason": reason, "by": by, "by_leader": bool(leads and reason), "updated_at": at},
            create_defaults={
                "item": item_row, "reason": reason, "by": by, "by_leader": bool(leads and reason), "created_at": at, "updated_at": at
            },
        )  # fmt: skip
    touch(scheme, at=at)
    record(by=by, at=at, action="scheme.answer", subject=scheme, data={"count": len(replies)})
    return scheme


@transaction.atomic
def attach(*, by: User, at: dt.datetime, scheme: Scheme, kind: str, title: str, upload: Any) -> SchemeFile:
    """Add a drawing or a paper."""
    scheme = held(by, scheme)
    if kind not in SchemeFile.Kind.values:
        raise Invalid("没有这个种类", errors={"kind": ["应为图纸或文本"]})
    if not title.strip() or len(title.strip()) > 120:
        raise Invalid("名称有误", errors={"title": ["应有 1 至 120 字"]})
    stored = files.store(upload=upload, division=scheme.division, by=by, at=at)
    row = SchemeFile.objects.create(
        scheme=scheme, kind=kind, title=title.strip(), file=stored, created_at=at, updated_at=at
    )
    touch(scheme, at=at)
    record(by=by, at=at, action="scheme.attach", subject=scheme, data={"file": str(stored.uid)})
    return row


@transaction.atomic
def detach(*, by: User, at: dt.datetime, scheme: Scheme, file: SchemeFile) -> None:
    """Take a drawing or a paper out of the draft; fixed versions keep its hash."""
    scheme = held(by, scheme)
    record(by=by, at=at, action="scheme.detach", subject=scheme, data={"file": str(file.file.uid)})
    SchemeFile.objects.filter(pk=file.pk, scheme=scheme).delete()
    touch(scheme, at=at)


@transaction.atomic
def fix_version(
    *, by: User, at: dt.datetime, today: dt.date, scheme: Scheme, note: str = "", expected_version: int | None = None
) -> SchemeVersion:
    """Fix what the draft says as the next version. Refused with clauses where a must of the documents stands against it.

    What was noticed, voted or reviewed on an earlier version does not hold for this one: ``on_scheme_changed`` is told.
    """
    scheme = held(by, scheme, expected_version)
    body = keeping_body(by, county_of(scheme.project))
    if open_case(scheme) is not None:
        raise Refused("方案正在审查中，不能形成新版本；确需修改请先撤回，或请审查单位退回", code="scheme_in_review")
    if len(note.strip()) > 300:
        raise Invalid("修改说明太长", errors={"note": ["最多 300 字"]})
    layers = layers_of(scheme.division)
    number = (scheme.current.number if scheme.current else 0) + 1
    if number > 1 and not note.strip():
        raise Invalid("请写明修改了什么", errors={"note": [f"形成第{number}版须写明修改说明"]})
    communities = communities_of(scheme.project)
    value = draft_value(scheme, number=number).with_needs(needs_of(communities, layers))
    checks = checks_of(scheme, value, communities, layers=layers, day=today)
    reasons = tuple(check.reason for check in checks if check.blocks)
    if reasons:
        raise RuleRefused(f"方案还不能定稿：有 {len(reasons)} 项要求没有满足", reasons=reasons)
    content = _content(scheme, frozen(value), layers)
    if scheme.current is not None and _same(content, scheme.current.content):
        raise Refused(f"与第{scheme.current.number}版完全相同，不用再定稿", code="scheme_unchanged")
    version = SchemeVersion.objects.create(
        scheme=scheme, number=number, content=content, content_hash=content_hash(content), note=note.strip(), by=by, body=body, at=at
    )  # fmt: skip
    scheme.current = version
    touch(scheme, at=at, fields=("current",))
    record(
        by=by, at=at, action="scheme.fix", subject=scheme, body=body, data={"number": number, "hash": version.content_hash}
    )  # fmt: skip
    for listener in on_scheme_changed:
        listener(scheme=scheme, version=version, by=by, at=at)
    return version


def _content(scheme: Scheme, value: dict[str, Any], layers: Layers) -> dict[str, Any]:
    attached = scheme.files.select_related("file").order_by("pk")
    return {
        "project": str(scheme.project.uid),
        "name": scheme.project.name,
        "division": scheme.division.name,
        "rulebook": layers.place,
        "scheme": value,
        "files": [
            {"kind": row.kind, "title": row.title, "sha256": row.file.sha256, "uid": str(row.file.uid)}
            for row in attached
        ],
    }


def _same(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    """But for its number, and for which upload of the same file it holds."""

    def said(content: Mapping[str, Any]) -> dict[str, Any]:
        files = [{key: row[key] for key in ("kind", "title", "sha256")} for row in content["files"]]
        scheme = {key: value for key, value in content["scheme"].items() if key != "number"}
        return {**content, "scheme": scheme, "files": files}

    return said(one) == said(two)


def open_case(scheme: Scheme) -> Case | None:
    """Its review that is under way; None where there is none."""
    return Case.objects.filter(subject_type="scheme", subject_uid=scheme.uid, state=Case.State.OPEN).first()


@transaction.atomic
def submit_scheme(
    *, by: User, at: dt.datetime, today: dt.date, scheme: Scheme, expected_version: int | None = None
) -> Case:
    """Put the latest fixed version to its route (LZ-12, RC-15, CZ-04). What has to come before (notice, opinion) is asked first."""
    scheme = held(by, scheme, expected_version)
    body = keeping_body(by, county_of(scheme.project))
    if scheme.current is None:
        raise Refused("还没有定稿的版本，不能报审", code="scheme_not_fixed")
    passed = Case.objects.filter(subject_type="scheme", subject_uid=scheme.uid, state=Case.State.PASSED).last()
    if passed is not None and passed.content_hash == scheme.current.content_hash:
        raise Refused(f"第{scheme.current.number}版已经审查通过", code="scheme_reviewed")
    layers = layers_of(scheme.division)
    gates = gates_of_project(scheme.project, layers=layers, day=today, steps=("review",))
    reasons = [reason_of(g, subject=scheme.project.name) for g in gates if g.blocks and g.gate.evidence != "review"]
    if reasons:
        raise RuleRefused(f"方案还不能报审：有 {len(reasons)} 项要求没有满足", reasons=tuple(reasons))
    route = real_route(layers, day=today, subject="scheme", division=county_of(scheme.project))
    case = cases.submit(by=by, at=at, body=body, subject=scheme, layers=layers, route=route)
    touch(scheme, at=at)
    record(by=by, at=at, action="scheme.submit", subject=scheme, body=body, data={"number": scheme.current.number})
    return case


@transaction.atomic
def withdraw_scheme(*, by: User, at: dt.datetime, today: dt.date, scheme: Scheme, reason: str) -> Case:
    """Take the version back from its review while no opinion of this round is in, or after a return."""
    scheme = held(by, scheme)
    case = Case.objects.filter(
        subject_type="scheme", subject_uid=scheme.uid, state__in=(Case.State.OPEN, Case.State.RETURNED)
    ).first()
    if case is None:
        raise Refused("没有正在办理的审查", code="no_open_case")
    case = cases.withdraw(by=by, at=at, today=today, case=case, reason=reason)
    touch(scheme, at=at)
    return case
