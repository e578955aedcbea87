"""Codes of the refusals of surveys in the error catalogue."""

from rest.catalogue import register

for _row in (
    ("survey_exists", 409, "已有未办结的同类调查", "同一小区（或项目）同类调查一次只办一个：先办结已有的。"),
    ("survey_frozen", 409, "问卷已冻结", "开始后的问卷不能修改；截止后另行组织调查。"),
    ("survey_not_open", 409, "不在答卷时间内", "只有进行中、未过截止日期的调查收答卷、可以延期和截止。"),
    ("survey_not_closed", 409, "调查还没有截止", "先截止，再确认结果或转入隐患。"),
    ("households_unknown", 409, "登记册没有户数", "先在小区登记册补填户数：比例以它为分母。"),
    ("beyond_register", 409, "登记册没有这一户", "核对门牌；确有此户的带 beyond_register 再提交，结果会注明。"),
    ("serial_entered", 409, "纸质问卷编号已录入", "核对编号；一份纸质问卷只录入一次。"),
    ("nobody_to_write_to", 409, "没有可以发信的住户", "先逐户登记房屋；已答卷的住户不再发信。"),
    ("hazard_taken", 409, "隐患已转入登记册", "每次调查的每类隐患只转入一次。"),
    ("own_survey", 403, "不能确认自己截止的调查", "由组织单位的另一位负责人确认。"),
):
    register(*_row)
