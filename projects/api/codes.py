"""Codes of this app's refusals in the error catalogue."""

from rest.catalogue import register

for _row in (
    ("plan_exists", 409, "该年度计划已存在", "一县一年一个计划：读取已有的计划并在其中修改。"),
    ("plan_not_editable", 409, "计划现在不能修改", "审批中的先撤回；已下达的办理计划调整（changes）。"),
    ("plan_empty", 409, "计划没有项目", "先加入项目再申报或补录。"),
    ("plan_not_issued", 409, "计划还没有下达", "只有已下达的计划才能调整或按实际进度录入。"),
    ("plan_was_declared", 409, "计划已送审", "已有审批意见的计划不能补录；修改后重新申报。"),
    ("foreign_project", 409, "项目不在本辖区", "计划只能列入本县（市、区）的项目。"),
    ("project_in_plan", 409, "项目已在计划中", "一个项目只能列入一个计划。"),
    ("project_not_in_plan", 409, "项目不在计划中", "核对要调出的项目。"),
    ("project_started", 409, "项目已经开始", "只有尚未开始编制方案的项目可以调出。"),
    ("scheme_exists", 409, "项目已有改造方案", "一个项目一个方案：读取已有的方案并在其中修改。"),
    ("scheme_in_review", 409, "方案正在审查", "先撤回，或请审查单位退回，再形成新版本。"),
    ("scheme_not_fixed", 409, "方案还没有定稿", "先形成一个版本（scheme/versions）再报审。"),
    ("scheme_reviewed", 409, "这一版已经审查通过", "方案有修改时形成新版本再报审。"),
    ("scheme_unchanged", 409, "与上一版完全相同", "没有修改就不用再定稿。"),
    ("too_many_items", 409, "方案项目太多", "合并同类项目。"),
    ("step_skipped", 409, "不能跳过步骤", "按 detail 所说，从当前阶段的下一步办理。"),
    ("stage_backwards", 409, "阶段不能退回", "只能录入当前及以后的阶段。"),
    ("nothing_chosen", 409, "没有选择材料", "至少选择一份待复核的材料。"),
    ("not_in_works", 409, "项目不在施工阶段", "开工以后、移交以前才填报施工月报。"),
    ("certificate_out_of_works", 409, "现在不能出具通行证明", "方案通过审查以后、移交以前才能出具。"),
    ("no_open_case", 409, "没有正在审批的申报", "只有审批中或退回的申报可以撤回。"),
):
    register(*_row)
