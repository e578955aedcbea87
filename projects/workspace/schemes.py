"""The scheme of a project: the editor, its lines, the replies to the survey, versions and their difference, review, paper and table."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.views.decorators.http import require_POST, require_safe

from approvals.models import Case
from funding.rules.shares import SOURCE_LABELS
from offices.clock import now, today
from offices.rulebooks import layers_of
from policies.refusal import Refused
from projects.actions import scheme_items, schemes
from projects.models import Project, Scheme, SchemeFile, SchemeItem, SchemeVersion
from projects.papers.scheme_table import title, workbook
from projects.permissions import may_keep
from projects.queries.schemes import communities_of, entries, scheme_page
from projects.rules.scheme import Entry, catalogue, classes, open_ended, sums_by_payer
from projects.rules.scheme_difference import difference, quantity_words
from projects.rules.schemes import reply_to
from projects.scheme_forms import FileForm, FixForm, ItemForm, TextsForm, WithdrawForm, initial_of
from projects.schemes import money, version_value
from projects.workspace.common import actor, attempt, page, project_crumbs, project_or_404, say, shown

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABEL = "改造方案"


def _scheme(request: HttpRequest, uid: UUID) -> Scheme:
    """The scheme of a project that the user sees."""
    project = project_or_404(request, uid)
    return get_object_or_404(Scheme.objects.select_related("project", "division", "current"), project=project)


def _url(project: Project) -> str:
    return reverse("projects:scheme", args=[project.uid])


def _crumbs(project: Project, *more: str) -> list[dict[str, str]]:
    rows = project_crumbs(project, LABEL, *more)
    if more:
        rows[-2] = {"label": LABEL, "url": _url(project)}
    return rows


@login_required
def scheme(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The editor; before there is a scheme, the act that begins one."""
    project = project_or_404(request, uid)
    if request.method == "POST":
        say(
            request,
            attempt(lambda: schemes.open_scheme(by=actor(request), at=now(), project=project)),
            "已开始编制，从目录添加改造内容。",
        )
        return redirect(_url(project))
    row = Scheme.objects.filter(project=project).select_related("project", "division", "current").first()
    if row is None:
        keeps = may_keep(actor(request), project.county or project.division)
        return page(request, "scheme_none", {"project": project, "keeps": keeps, "crumbs": _crumbs(project)})
    return _show(request, row)


def _show(
    request: HttpRequest, row: Scheme, refused: Refused | None = None, fix_form: FixForm | None = None
) -> HttpResponse:
    layers = layers_of(row.division)
    view = scheme_page(row, layers=layers, day=today())
    case = Case.objects.filter(subject_type="scheme", subject_uid=row.uid).order_by("-pk").first()
    lines: list[dict[str, Any]] = [
        {
            "row": line, "value": value, "quantity": quantity_words(value.quantity, value.unit),
            "payers": [(SOURCE_LABELS[kind], money(part)) for kind, part in value.payers.items()],
        }
        for line, value in zip(view.rows, view.value.items, strict=True)
    ]  # fmt: skip
    context = {
        "project": row.project, "scheme": row, "view": view, "crumbs": _crumbs(row.project), "case": case,
        "keeps": may_keep(actor(request), row.project.county or row.project.division),
        "groups": [(name or "未归类", [line for line in lines if line["value"].item_class == name]) for name in _order(view, layers)],
        "fix_form": fix_form or FixForm(initial={"version": row.version}), "file_form": FileForm(), "withdraw": WithdrawForm(),
        "open_needs": [need for need in view.value.needs if (need.hazard or need.strong) and reply_to(view.value, need) is None],
    }  # fmt: skip
    return page(request, "scheme", context, refused)


def _order(view: Any, layers: Any) -> list[str]:
    held = {item.item_class for item in view.value.items}
    return [name for name in (*classes(layers), *sorted(held - set(classes(layers)))) if name in held]


@login_required
def describe(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The owners' ratio, the reason for central money, the two plans."""
    row = _scheme(request, uid)
    form = TextsForm(request.POST or None, instance=row, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        values = {name: data[name] for name in TextsForm.Meta.fields}
        refused = attempt(
            lambda: schemes.describe_scheme(
                by=actor(request), at=now(), scheme=row, changes=values, expected_version=data["version"]
            ),
            form,
        )
        if refused is None:
            messages.success(request, "已保存。")
            return redirect(_url(row.project))
    context = {"form": form, "heading": "方案说明", "crumbs": _crumbs(row.project, "方案说明")}
    return page(request, "form", context, shown(form, refused))


@login_required
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The catalogue with its search; with ``?key=`` (or ``?key=-`` for an item beside it) the form of a new line."""
    row = _scheme(request, uid)
    layers = layers_of(row.division)
    key = request.GET.get("key", "")
    if not key:
        text = request.GET.get("q", "").strip()[:40]
        found = entries(layers, text)
        context = {
            "project": row.project, "query": text, "crumbs": _crumbs(row.project, "添加改造内容"), "open": open_ended(layers),
            "groups": [(name or "未归类", [e for e in found if e.item_class == name]) for name in _classes(found)],
        }  # fmt: skip
        return page(request, "scheme_catalogue", context)
    entry = next((entry for entry in catalogue(layers) if entry.key == key), None)
    if entry is None and key != "-":
        raise Http404(key)
    form = _form(request, row, listed=entry is not None, item_class=entry.item_class if entry else "")
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        values = {**form.values, "catalogue_key": entry.key if entry else ""}
        refused = attempt(
            lambda: scheme_items.add_item(by=actor(request), at=now(), today=today(), scheme=row, values=values), form
        )
        if refused is None:
            messages.success(request, f"已添加“{values.get('name') or (entry.item.name if entry else '')}”。")
            return redirect(_url(row.project))
    heading = entry.item.name if entry else "目录外的项目"
    return _item_page(request, row, form, heading, refused, entry=entry)


def _classes(found: list[Entry]) -> list[str]:
    """Classes of the items, each once, in their order."""
    return list(dict.fromkeys(entry.item_class for entry in found))


def _form(request: HttpRequest, row: Scheme, *, listed: bool, item_class: str, **kwargs: Any) -> ItemForm:
    layers = layers_of(row.division)
    means = [word for p in layers.governing("means", today()) for word in p.params.words]
    communities = communities_of(row.project)
    return ItemForm(
        request.POST or None, layers=layers, communities=communities, listed=listed, item_class=item_class, means=means, **kwargs
    )  # fmt: skip


def _item_page(
    request: HttpRequest, row: Scheme, form: forms.Form, heading: str, refused: Refused | None, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "project": row.project,
        "crumbs": _crumbs(row.project, heading),
        **more,
    }
    return page(request, "scheme_item", context, shown(form, refused))


@login_required
def item(request: HttpRequest, uid: UUID, item: UUID) -> HttpResponse:
    """Change one line."""
    row = _scheme(request, uid)
    line = get_object_or_404(SchemeItem.objects.select_related("scheme"), uid=item, scheme=row)
    form = _form(
        request, row, listed=bool(line.catalogue_key), item_class=line.item_class, initial=initial_of(line)
    )  # fmt: skip
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        refused = attempt(
            lambda: scheme_items.change_item(
                by=actor(request), at=now(), today=today(), item=line, values=form.values, expected_version=version
            ),
            form,
        )
        if refused is None:
            messages.success(request, f"“{line.name}”已保存。")
            return redirect(_url(row.project))
    return _item_page(request, row, form, line.name, refused, line=line)


@login_required
@require_POST
def remove(request: HttpRequest, uid: UUID, item: UUID) -> HttpResponse:
    """Take one line out."""
    row = _scheme(request, uid)
    line = get_object_or_404(SchemeItem.objects.select_related("scheme"), uid=item, scheme=row)
    say(
        request,
        attempt(lambda: scheme_items.remove_item(by=actor(request), at=now(), item=line)),
        f"“{line.name}”已删除。",
    )
    return redirect(_url(row.project))


@login_required
def answers(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hazards and wishes of the survey, each with what the scheme says to it (YL-04, YL-05)."""
    row = _scheme(request, uid)
    view = scheme_page(row, layers=layers_of(row.division), day=today())
    refused: Refused | None = None
    if request.method == "POST":
        replies = [
            {
                "key": need.key, "item": request.POST.get(f"item-{number}", "")[:40],
                "reason": request.POST.get(f"reason-{number}", "").replace("\x00", "")[:400],
            }
            for number, need in enumerate(view.needs)
        ]  # fmt: skip
        given = [reply for reply in replies if reply["item"] or reply["reason"].strip()]
        refused = attempt(lambda: schemes.answer_needs(by=actor(request), at=now(), scheme=row, replies=given))
        if refused is None:
            messages.success(request, f"已保存 {len(given)} 条回应。")
            return redirect(_url(row.project))
    rows = [{"need": need, "reply": reply_to(view.value, need)} for need in view.needs]
    context = {
        "project": row.project,
        "rows": rows,
        "items": view.value.items,
        "crumbs": _crumbs(row.project, "隐患和意愿"),
    }
    return page(request, "scheme_answers", context, refused)


@login_required
@require_POST
def attach(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a drawing or a paper."""
    row = _scheme(request, uid)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "请选择文件并填写名称。")
        return redirect(_url(row.project))
    data = form.cleaned_data
    done = attempt(
        lambda: schemes.attach(
            by=actor(request), at=now(), scheme=row, kind=data["kind"], title=data["title"], upload=data["file"]
        )
    )
    say(request, done, f"已上传“{data['title']}”。")
    return redirect(_url(row.project))


@login_required
@require_POST
def detach(request: HttpRequest, uid: UUID, file: UUID) -> HttpResponse:
    """Take a file out of the draft."""
    row = _scheme(request, uid)
    held = get_object_or_404(SchemeFile.objects.select_related("file"), uid=file, scheme=row)
    say(
        request,
        attempt(lambda: schemes.detach(by=actor(request), at=now(), scheme=row, file=held)),
        f"已删除“{held.title}”。",
    )
    return redirect(_url(row.project))


@login_required
@require_POST
def fix(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Fix the draft as a version."""
    row = _scheme(request, uid)
    form = FixForm(request.POST)
    if not form.is_valid():
        response = _show(request, row, fix_form=form)
        response.status_code = 400
        return response
    data = form.cleaned_data
    refused = attempt(
        lambda: schemes.fix_version(
            by=actor(request), at=now(), today=today(), scheme=row, note=data["note"], expected_version=data["version"]
        ),
        form,
    )
    if refused is not None:
        return _show(request, row, refused, form)
    messages.success(request, "方案已定稿，形成新的版本。")
    return redirect(_url(row.project))


@login_required
@require_POST
def submit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put the latest version to its review."""
    row = _scheme(request, uid)
    refused = attempt(lambda: schemes.submit_scheme(by=actor(request), at=now(), today=today(), scheme=row))
    if refused is not None:
        return _show(request, row, refused)
    messages.success(request, "已报审。")
    return redirect(_url(row.project))


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take it back from its review."""
    row = _scheme(request, uid)
    reason = request.POST.get("reason", "").replace("\x00", "")[:300]
    done = attempt(
        lambda: schemes.withdraw_scheme(by=actor(request), at=now(), today=today(), scheme=row, reason=reason)
    )
    say(request, done, "已撤回。")
    return redirect(_url(row.project))


@login_required
@require_safe
def versions(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Fixed versions; ``?from=1&to=2`` what differs (the last two without)."""
    row = _scheme(request, uid)
    rows = list(row.versions.defer("content").select_related("by", "body").order_by("-number"))
    one, two = _version(row, request.GET.get("from"), -2), _version(row, request.GET.get("to"), -1)
    found = None
    if one is not None and two is not None and one.number != two.number:
        found = difference(version_value(one.content), version_value(two.content))
    context = {
        "project": row.project, "scheme": row, "versions": rows, "one": one, "two": two, "found": found,
        "crumbs": _crumbs(row.project, "版本"), "before": money(found.before) if found else None,
        "after": money(found.after) if found else None, "grown": money(found.after - found.before) if found else None,
        "shrunk": money(found.before - found.after) if found else None,
    }  # fmt: skip
    return page(request, "scheme_versions", context)


def _version(row: Scheme, text: str | None, otherwise: int) -> SchemeVersion | None:
    """The version of a number; without one the last, or the one before it. Raises Http404 for a number that does not exist."""
    if text:
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            raise Http404(text)
        return get_object_or_404(row.versions, number=int(text))
    kept = list(row.versions.order_by("-number")[:2])
    return kept[-otherwise - 1] if len(kept) >= -otherwise else None


@login_required
@require_safe
def print_view(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The scheme for paper: a fixed version (the latest without ``?version=``), or the draft, marked as one."""
    row = _scheme(request, uid)
    version = _version(row, request.GET.get("version"), -1)
    if version is None:
        view = scheme_page(row, layers=layers_of(row.division), day=today())
        value = view.value
    else:
        value = version_value(version.content)
    lines = [
        {
            "item": item, "quantity": quantity_words(item.quantity, item.unit), "price": money(item.unit_price),
            "amount": money(item.amount), "payers": [(SOURCE_LABELS[kind], money(part)) for kind, part in item.payers.items()],
        }
        for item in value.items
    ]  # fmt: skip
    context = {
        "project": row.project,
        "lines": lines,
        "total": money(value.total),
        "sums": [(SOURCE_LABELS[kind], money(part)) for kind, part in sums_by_payer(value.items).items()],
        "version": version,
        "title": title(row.project.name, version),
    }
    return page(request, "scheme_print", context)


@login_required
@require_safe
def export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The lines as XLSX: a fixed version, or the draft where there is none."""
    row = _scheme(request, uid)
    version = _version(row, request.GET.get("version"), -1)
    view = scheme_page(row, layers=layers_of(row.division), day=today()) if version is None else None
    value = view.value if view else version_value(version.content)  # type: ignore[union-attr]
    name = title(row.project.name, version)
    response = HttpResponse(workbook(name, row.division.name, value), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{escape_uri_path(name)}.xlsx"
    response["X-Content-Type-Options"] = "nosniff"
    return response
