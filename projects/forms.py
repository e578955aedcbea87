"""Forms of the staff pages. They parse; the actions decide."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from offices.dayfield import DayField as DayField
from offices.dayfield import day_of as day_of
from offices.models import Body, Division
from projects.actions.projects import FACTS
from projects.figures import PaperKind
from projects.models import AnnualPlan, PlanLine, Project
from projects.rules.stages import ORDER, STAGES

WORKS = (("water", "水"), ("power", "电"), ("road", "路"), ("gas", "气"), ("elevator", "加装电梯"), ("other", "其他"))
FIGURE = "figure-"  # prefix of a paper's own fields


class NewPlanForm(forms.Form):
    """Open the plan of a year."""

    division = forms.ModelChoiceField(Division.objects.none(), label="县（市、区）", to_field_name="uid")
    year = forms.IntegerField(label="计划年度", min_value=2015, max_value=2100)

    def __init__(self, *args: Any, divisions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = divisions  # type: ignore[attr-defined]


class LineForm(forms.ModelForm):
    """What a line says of its place in the plan."""

    position = forms.IntegerField(label="序号", min_value=1, max_value=100_000)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = PlanLine
        fields = ("position", "remark", "stands_alone_reason")
        help_texts = {"stands_alone_reason": "单独一个小区改造、没有连片的，写明原因"}

    def _post_clean(self) -> None:
        """The action writes."""


class PlanForm(forms.ModelForm):
    """What the plan says of itself."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = AnnualPlan
        fields = ("capacity", "quota_ceiling")

    def _post_clean(self) -> None:
        """The action writes."""


class PaperForm(forms.Form):
    """A paper: its day, number and scan, and the figures that its kind asks for."""

    title = forms.CharField(label="材料名称", max_length=120, required=False, help_text="不填时用材料种类的名称")
    day = DayField(label="材料日期")
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    file = forms.FileField(label="扫描件", required=False, help_text="PDF、JPG、PNG")

    def __init__(self, *args: Any, kind: PaperKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for figure in kind.form.figures:
            self.fields[FIGURE + figure.key] = figure_field(figure.label, figure.kind, figure.required, figure.hint)
        self.order_fields([FIGURE + figure.key for figure in kind.form.figures])

    @property
    def figures(self) -> dict[str, Any]:
        """Figures as given, by their own keys, for the action to read."""
        return figures_of(self.cleaned_data)


def figure_field(label: str, kind: str, required: bool, hint: str = "") -> forms.Field:
    """The field of one figure; it takes the text as written, the action reads it exactly."""
    if kind == "yes":
        return forms.BooleanField(label=label, required=False)
    if kind == "date":
        return DayField(label=label, required=required, help_text=hint)
    attrs = {"inputmode": "numeric" if kind == "count" else "decimal", "class": "input-short", "autocomplete": "off"}
    return forms.CharField(
        label=label, max_length=30, required=required, help_text=hint, widget=forms.TextInput(attrs=attrs)
    )


def figures_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The figures among a form's data, days as ISO texts."""
    found = {key.removeprefix(FIGURE): value for key, value in data.items() if key.startswith(FIGURE)}
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in found.items()}


class ExceptionForm(forms.Form):
    """What opens a gate: a document for a must, a leader's reason for an in_principle."""

    document_number = forms.CharField(label="例外文件文号", max_length=60, required=False)
    issuer = forms.CharField(label="发文机关", max_length=80, required=False)
    issued_on = DayField(label="发文日期", required=False)
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    file = forms.FileField(label="扫描件", required=False)

    def __init__(self, *args: Any, needs_document: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_document:
            for name in ("document_number", "issuer", "issued_on", "file"):
                del self.fields[name]
        else:
            for name in ("document_number", "issuer", "issued_on"):
                self.fields[name].required = True


class IssuedForm(forms.Form):
    """A plan that was issued before the platform was in use."""

    document_number = forms.CharField(label="下达文号", max_length=60, help_text="如 芮政办发〔2022〕23号，保留〔〕")
    issued_on = DayField(label="下达日期")
    declared_on = DayField(label="申报日期", required=False)


class ChangeForm(forms.Form):
    """A change of an issued plan."""

    document_number = forms.CharField(label="调整文号", max_length=60)
    issued_on = DayField(label="调整日期")
    reason = forms.CharField(label="调整原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    add = forms.ModelMultipleChoiceField(
        Project.objects.none(),
        label="调入项目",
        required=False,
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
    )
    remove = forms.ModelMultipleChoiceField(
        Project.objects.none(),
        label="调出项目",
        required=False,
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, addable: Any, removable: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["add"].queryset = addable  # type: ignore[attr-defined]
        self.fields["remove"].queryset = removable  # type: ignore[attr-defined]


class SubmitForm(forms.Form):
    """The declaration: version that was read, and bodies asked besides those of the route."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    more_bodies = forms.ModelMultipleChoiceField(
        Body.objects.none(),
        label="增加的会同部门",
        required=False,
        to_field_name="uid",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["more_bodies"].queryset = bodies  # type: ignore[attr-defined]


class ProjectForm(forms.ModelForm):
    """What a project says of itself."""

    facts = forms.MultipleChoiceField(
        label="项目事实", choices=list(FACTS.items()), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="勾选的事实决定适用哪些要求",
    )  # fmt: skip
    works = forms.MultipleChoiceField(
        label="改造内容要点", choices=WORKS, required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Project
        fields = ("name", "national_task", "central_subsidy", "facts", "works", "investment", "implementing_body")

    def __init__(self, *args: Any, bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["implementing_body"].queryset = bodies  # type: ignore[attr-defined]
        self.initial["facts"] = [key for key, holds in self.instance.facts.items() if holds]
        self.initial["works"] = list(self.instance.works)

    def _post_clean(self) -> None:
        """The action writes; facts kept besides those of the form stay."""

    @property
    def changes(self) -> dict[str, Any]:
        """Values for the action."""
        chosen = set(self.cleaned_data["facts"])
        facts = {key: key in chosen for key in FACTS if key in chosen or key in self.instance.facts}
        plain = ("name", "national_task", "central_subsidy", "works", "investment", "implementing_body")
        return {**{name: self.cleaned_data[name] for name in plain}, "facts": facts}


class AdvanceForm(forms.Form):
    """Take the next step: on which day, and why later than planned."""

    on = DayField(label="实际日期")
    reason = forms.CharField(label="晚于计划的原因", max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class StageDaysForm(forms.Form):
    """Planned days of the stages to come, one field a stage, with the reason for what moves later."""

    reason = forms.CharField(
        label="推迟的原因", max_length=300, required=False, help_text="有日期比原计划推迟时必填，居民可以看到"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stages = [
            stage
            for stage in STAGES
            if ORDER[stage.key] > ORDER[project.stage] and ORDER[stage.key] >= ORDER["approved"]
        ]
        for stage in self.stages:
            self.fields[stage.key] = DayField(label=f"计划“{stage.label}”日期", required=False)
        self.order_fields([stage.key for stage in self.stages])


class MidlifeForm(forms.Form):
    """Enter a project as it stands in reality."""

    stage = forms.ChoiceField(label="目前所处阶段")
    reason = forms.CharField(label="依据", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = [stage for stage in STAGES if ORDER[stage.key] >= max(ORDER["approved"], ORDER[project.stage])]
        self.fields["stage"].choices = [(stage.key, stage.label) for stage in later]  # type: ignore[attr-defined]
        self.stages = [stage for stage in STAGES if ORDER[stage.key] > ORDER["approved"]]
        for stage in self.stages:
            self.fields[f"day-{stage.key}"] = DayField(label=f"“{stage.label}”日期", required=False)

    @property
    def days(self) -> dict[str, dt.date]:
        """Days given, by stage."""
        given = {stage.key: self.cleaned_data.get(f"day-{stage.key}") for stage in self.stages}
        return {key: day for key, day in given.items() if day is not None}


class NewProjectForm(forms.Form):
    """Take communities into the reserve as one project (整片统一改造 joins several)."""

    name = forms.CharField(label="项目名称", max_length=120, required=False, help_text="不填时用小区名称")
    communities = forms.MultipleChoiceField(label="小区", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["communities"].choices = list(choices)  # type: ignore[attr-defined]


class ProjectFilterForm(forms.Form):
    """Filters of the project list."""

    text = forms.CharField(label="名称", required=False, max_length=60)
    year = forms.IntegerField(label="计划年度", required=False, min_value=2000, max_value=2100)
    stage = forms.ChoiceField(
        label="阶段", required=False, choices=[("", "全部"), *[(stage.key, stage.label) for stage in STAGES]]
    )
    late = forms.BooleanField(label="只看超期", required=False)


class DutyFilterForm(forms.Form):
    """Filters of the deadline list."""

    STATES = (
        ("", "全部"), ("open", "待办"), ("ahead", "未到期"), ("week", "7天内到期"), ("soon", "30天内到期"), ("late", "已超期"),
        ("done", "已完成"), ("not_applicable", "不适用"),
    )  # fmt: skip
    year = forms.IntegerField(label="计划年度", required=False, min_value=2000, max_value=2100)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    rule = forms.CharField(label="规则编号", required=False, max_length=8)
    mine = forms.BooleanField(label="只看本单位", required=False)
    view = forms.ChoiceField(required=False, choices=(("list", ""), ("month", ""), ("bars", "")))
    month = forms.RegexField(r"^(20\d\d|2100)-(0[1-9]|1[0-2])$", required=False)
    on = DayField(required=False)

    def clean_month(self) -> tuple[int, int] | None:
        """Year and month."""
        text = self.cleaned_data["month"]
        return (int(text[:4]), int(text[5:])) if text else None


def bodies_for(division: Division) -> Any:
    """Bodies in use of a division and those above it, for a choice."""
    levels = [pk for pk in (division.county_id, division.city_id) if pk]
    return Body.objects.filter(active=True, division_id__in=levels).order_by("division_id", "pk")
