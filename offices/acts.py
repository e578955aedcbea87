"""The history in words: what was done, to what, and the details that are kept. A code without a word is shown as it is."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from policies.kinds import MILESTONE_LABELS
from policies.words import date_words

ACTIONS: Mapping[str, str] = {
    "agency.enter": "录入代理材料", "agency.check": "复核代理材料", "agency.withdraw": "撤销代理材料",
    "agency.open": "查看代理材料全部信息",
    "home.merge": "合并重复房屋", "home.sell": "登记产权变更", "organisation.add": "登记居民组织", "organisation.end": "登记居民组织终止",
    "ownership.correct": "更正产权", "person.merge": "合并业主记录", "roll.settle": "决定名册问题",
    "body.create": "设立机构", "building.add": "登记楼栋", "building.change": "修改楼栋", "calendar.load": "载入工作日历",
    "case.submit": "提交审批", "case.resubmit": "重新提交审批", "case.pass": "审批通过", "case.return": "退回修改",
    "case.refuse": "不予通过", "case.withdraw": "撤回审批件", "case.urge": "催办",
    "case.copy": "抄送", "phrase.save": "保存常用语", "phrase.drop": "删除常用语",
    "feed.make": "生成日历订阅地址", "feed.revoke": "作废日历订阅地址",
    "invitation.send": "邀请人员", "invitation.withdraw": "收回邀请", "invitation.accept": "接受邀请",
    "delegation.hand_over": "移交委托", "case.hand_over": "转办", "delegation.grant": "委托代为审批", "delegation.revoke": "收回委托",
    "community.add": "登记小区",
    "community.change": "修改小区资料", "community.withdraw": "注销小区", "community.fact": "登记小区情况",
    "community.hazard": "登记安全隐患", "division.create": "设立区划", "division.move": "调整区划隶属",
    "division.rulebook": "绑定规则库", "duplicate.decide": "处理疑似重复", "duplicate.reopen": "重新核实疑似重复",
    "exception.grant": "登记例外", "exception.withdraw": "撤销例外", "home.add": "登记房屋", "home.change": "修改房屋",
    "import.upload": "上传导入表", "import.apply": "确认导入", "import.cancel": "取消导入", "key.make": "生成接口密钥",
    "webhook.make": "设置推送", "webhook.change": "修改推送", "webhook.rotate": "更换推送密钥", "webhook.remove": "删除推送",
    "follower.confirm": "确认订阅", "follower.stop": "退订",
    "second_factor.enrol": "启用动态口令", "second_factor.off": "停用动态口令", "second_factor.reset": "重设动态口令",
    "second_factor.codes": "更换恢复码", "second_factor.recovery": "用恢复码登录", "second_factor.pause": "动态口令连续输错",
    "second_factor.require": "要求使用动态口令", "user.sign_out": "退出全部登录", "single_sign_on.bind": "绑定统一身份认证",
    "key.revoke": "吊销接口密钥", "membership.appoint": "任命", "membership.dismiss": "解除任职", "ownership.add": "登记产权",
    "ownership.end": "终止产权", "paper.record": "录入材料", "paper.check": "复核材料", "person.add": "登记业主",
    "person.change": "修改业主资料", "person.reveal": "查看业主全部信息", "plan.create": "新建年度计划", "plan.change": "修改计划说明",
    "plan.add_line": "项目列入计划", "plan.change_line": "修改计划中的项目", "plan.move_line": "调整计划中的次序",
    "plan.remove_line": "项目移出计划", "plan.import": "导入计划表", "plan.declare": "申报年度计划", "plan.issue": "下达年度计划",
    "plan.enter_as_issued": "补录已下达计划", "plan.change_issued": "调整已下达计划", "project.add": "进入储备库",
    "project.change": "修改项目信息", "project.survey": "完成调查", "project.plan": "列入计划", "project.declare": "申报",
    "project.scheme": "完成方案编制", "project.review": "方案报审通过", "project.start": "开工", "project.accept": "竣工验收",
    "project.close": "决算、归档、移交", "project.aftercare": "转入长效管理", "project.milestone": "报告节点完成",
    "works.span": "登记施工内容", "works.report": "填报施工月报", "works.photo": "登记施工照片", "works.supervisor": "登记居民监督员",
    "works.change_supervisor": "更正居民监督员", "works.withdraw_photo": "撤下施工照片",
    "works.visit": "登记监督记录", "works.check": "复核监督记录", "works.lesson": "登记总结",
    "permits.facts": "填写手续事实", "permits.enter": "录入开工手续", "permits.party": "录入参建单位", "permits.mode": "登记承包方式",
    "permits.check": "复核开工手续", "permits.certificate": "出具车辆通行证明",
    "project.plan_stage": "设定阶段计划日期", "project.enter_midlife": "按实际进度录入", "project.repin": "更换规则版本",
    "survey.create": "起草居民调查", "survey.change": "修改问卷草稿", "survey.open": "开始居民调查", "survey.extend": "调查延期",
    "survey.close": "截止居民调查", "survey.confirm": "确认调查结果", "survey.answer": "收到答卷", "survey.erase": "清除答卷文字",
    "survey.letters": "打印调查信函",
    "survey.scale": "登记分级标准", "ranking.weights": "登记排序权重", "ranking.fact": "登记排序依据",
    "complaint.file": "收到投诉", "complaint.assign": "指定投诉办理人", "complaint.transfer": "转办投诉", "complaint.answer": "答复投诉",
    "complaint.reopen": "投诉重开", "complaint.reveal": "查看投诉人信息", "complaint.erase": "清除投诉人信息",
    "notice.draft": "起草公示", "notice.change": "修改公示草稿", "notice.post": "发布公示", "notice.close": "结束公示",
    "notice.withdraw": "撤回公示", "notice.void": "公示作废", "remark.send": "居民提交意见", "remark.enter": "登记意见",
    "remark.answer": "答复意见", "remark.withdraw": "本人撤回意见", "remark.reopen": "居民不同意答复", "remark.reveal": "查看意见人信息",
    "remark.erase": "清除意见人信息",
    "vote.draft": "起草表决", "vote.change": "修改表决草稿", "vote.announce": "公告表决",
    "vote.cancel": "取消表决", "vote.close": "表决截止",
    "vote.count": "结束计票", "vote.confirm": "确认表决结果", "ballot.enter": "录入选票",
    "letter.issue": "印发表决信函", "letter.reissue": "补发表决信函", "proxy.enter": "登记委托", "proxy.check": "核对委托",
    "proxy.withdraw": "撤回委托", "vote.objection": "收到结果异议", "vote.answer": "答复结果异议", "vote.open_contact": "查看异议人信息",
    "ballot_paper.receive": "收回纸质票", "ballot_paper.enter": "录入纸质票", "ballot_paper.decide": "核定纸质票",
    "ballot_paper.scan": "补传纸质票扫描件",
    "acceptance.separate": "登记单独验收", "acceptance.check_separate": "复核单独验收", "acceptance.open": "登记竣工验收",
    "acceptance.sign": "登记验收签字", "acceptance.withdraw": "撤销验收签字", "acceptance.report": "上传竣工验收报告",
    "acceptance.confirm": "确认验收合格", "acceptance.warranty": "登记保修年限", "acceptance.revisit": "登记保修回访",
    "acceptance.file": "登记竣工验收备案", "acceptance.check_filing": "复核竣工验收备案", "acceptance.spot_check": "登记抽检核验",
    "defect.acceptance": "登记验收问题", "defect.warranty": "登记保修报修", "defect.mend": "报告整改完成", "defect.see": "复验合格",
    "defect.return": "复验不合格", "archive.put": "材料入档", "archive.close": "归档", "handover.record": "登记移交",
    "handover.check": "复核移交", "manager.set": "登记小区管理人", "manager.check": "复核小区管理人",
    "aftercare.record": "登记长效管理记录", "aftercarerecord.check": "复核长效管理记录",
    "job.ask": "申请后台生成文件", "job.cancel": "取消后台任务",
    "user.create": "新建账号", "user.activate": "启用或停用账号", "user.password": "修改密码", "user.login": "登录",
    "source.register": "登记资金来源", "source.confirm": "复核资金来源", "source.allot": "分配资金", "fund.receive": "登记到位",
    "gift.record": "登记捐物投劳", "gift.confirm": "复核捐物投劳", "contract.sign": "登记合同", "contract.ask": "安排合同资金",
    "contract.commit": "落实合同资金",
    "payee.enter": "录入收款账户", "payee.confirm": "复核收款账户", "payee.refuse": "收款账户未通过", "payment.request": "申请拨付",
    "payment.check": "审核拨付", "payment.release": "拨付", "payment.returned": "退回拨付申请", "payment.withdrawn": "撤回拨付申请",
    "entry.ask_reversal": "提出冲销", "entry.ask_refund": "登记退回", "entry.reversal": "冲销入账", "entry.refund": "退回入账",
    "entry.drop": "放弃冲销或退回", "settlement.enter": "登记竣工财务结算", "settlement.file": "上传评审报告",
    "flag.raise": "发现审计提示", "flag.explain": "说明审计提示", "flag.return": "退回审计提示", "flag.close": "了结审计提示",
    "change.enter": "登记补充协议", "change.confirm": "复核合同资金或补充协议", "change.refuse": "合同资金或补充协议未通过",
    "contract.terms": "登记付款节点", "settlement.confirm": "复核竣工财务结算", "settlement.return": "退回竣工财务结算",
    "settlement.close": "结清关账", "settlement.ask_reopening": "提出重新开账", "settlement.reopen": "同意重新开账",
    "fundingplan.record": "编制资金计划",
    "fundingplan.confirm": "复核资金计划", "fee.record": "登记项目收费",
    "own.identify": "业主本人验证身份", "own.look": "业主查看本人信息", "own.export": "业主下载本人信息",
    "apportionment.make": "居民分摊到户", "apportionment.announce": "复核公布居民分摊",
    "apportionment.withdraw": "撤回居民分摊", "due.collect": "登记逐户收款", "due.give_back": "登记退还缴款人",
    "apportionment.sheet": "打印分摊公示单", "apportionment.slips": "打印缴款通知",
    "due.check": "复核逐户收退款", "due.drop": "作废逐户收退款登记",
}  # fmt: skip
SUBJECTS: Mapping[str, str] = {
    "fundingsource": "资金来源", "fund": "专账", "contract": "合同", "payment": "拨付申请", "gift": "捐物投劳",
    "fundingplan": "资金计划", "projectfee": "项目收费", "apportionment": "居民分摊", "duereceipt": "逐户收退款",
    "settlement": "竣工财务结算", "auditflag": "审计提示",
    "agency": "代理材料", "organisation": "居民组织",
    "annualplan": "年度计划", "body": "机构", "building": "楼栋", "calendaryear": "工作日历", "case": "审批件", "community": "小区",
    "communityfact": "小区情况", "division": "区划", "duplicate": "疑似重复", "gateexception": "例外", "hazard": "安全隐患",
    "home": "房屋", "import": "导入表",
    "job": "后台任务", "key": "接口密钥", "apikey": "接口密钥", "membership": "任职", "ownership": "产权", "paper": "材料",
    "notice": "公示", "remark": "意见", "complaint": "投诉",
    "person": "业主", "planline": "计划中的项目", "project": "项目", "survey": "居民调查",
    "gradescale": "分级标准", "rankingweights": "排序权重", "rankingfact": "排序依据", "storedfile": "文件", "user": "人员账号",
    "vote": "业主表决", "specialplan": "专项规划", "companionline": "专项、管线改造计划", "assessmentrelease": "年度考核",
    "upwardfiling": "报上级备案", "scheme": "改造方案", "phrase": "常用语", "invitation": "邀请", "calendarfeed": "日历订阅",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "change": "合同资金或补充协议", "entry": "分录", "payee": "收款账户",
    "a_from": "A级不低于", "b_from": "B级不低于", "answer": "答卷", "channel": "渠道", "grade": "等级", "criterion": "条件",
    "case": "审批件", "decision": "决定", "home": "房屋", "person": "业主", "settlement": "决定编号",
    "code": "代码", "communities": "小区", "community": "小区", "days": "天数", "division": "区划",
    "evidence": "材料", "exception": "例外", "fields": "改动的栏目", "file": "文件", "from": "原值", "hash": "内容校验码",
    "holds": "是否属实", "late": "期满后收到", "notice": "公示", "outcome": "处理结果", "confirmed": "负责人确认",
    "until": "截止",
    "reason_hash": "原因校验码",
    "agreeing_heads": "同意人数", "ballot": "选票", "ballots": "选票校验码", "heads": "业主人数", "matter": "事项",
    "passed": "是否通过", "revision": "规则版本", "roll": "名册校验码", "voter": "名册代号", "area": "面积",
    "import": "导入", "issued_on": "下达日期", "key": "情况", "kind": "类别", "line": "计划行", "milestone": "节点", "moved": "变动的日期",
    "on": "日期", "own": "本人操作", "paper": "材料", "parent": "上级区划", "position": "次序", "project": "项目", "projects": "项目",
    "role": "角色", "round": "轮次", "rows": "行", "rule": "规则", "rulebook": "规则库", "scopes": "权限", "sha256": "文件校验码",
    "letters": "信函", "voters": "名册代号",
    "stage": "环节", "step": "步骤", "to": "现值", "version": "版本", "waited_days": "已等待天数", "year": "年度",
}  # fmt: skip
CODES: Mapping[str, str] = {
    **MILESTONE_LABELS,
    "overlap": "业主组合有重叠", "same_person": "疑似同一业主", "duplicate_room": "房号重复", "area_sum": "面积合计不符",
    "no_owner": "没有业主",
    "confirmed": "已核实，按此计算", "distinct": "不是同一个", "separate": "各自作为一个业主", "assigned": "按户指定",
    "reopened": "撤销原决定",
    "heir": "继承人", "guardian": "监护人", "absent_agent": "委托代理人", "organisation_representative": "单位代表",
    "owners_committee": "业主委员会", "self_management_group": "居民自管小组", "party_group": "基层党组织",
    "clerk": "经办", "approver": "审批", "leader": "负责人", "auditor": "审计", "system_admin": "系统管理员",
    "security_admin": "安全管理员", "audit_admin": "审计管理员", "plan": "年度计划表", "roll": "业主名册", "new": "新增",
    "update": "更新", "unchanged": "未变", "error": "错误", "warning": "警告", "reserve": "储备库", "planned": "拟列入计划",
    "approved": "计划已下达", "designed": "方案编制完成", "reviewed": "方案已审查", "works": "施工中", "accepted": "已竣工验收",
    "closed": "已移交归档", "aftercare": "长效管理", "declare": "申报", "survey": "调查", "scheme": "方案编制", "review": "方案审查",
    "accept": "竣工验收", "close": "决算归档移交", "willingness_survey": "意愿调查", "survey_coverage": "征求改造意见",
    "plan_consent": "居民同意纳入计划", "vote": "业主表决", "vote:scheme": "方案表决", "fund_vote": "动用维修资金的业主决定",
    "satisfaction": "居民满意度", "notice": "方案公示", "signed_application": "签字申请", "application_papers": "申报材料",
    "preparatory_papers": "前期手续", "funding_share": "资金筹措方案", "fiscal_capacity": "财政承受能力评估",
    "no_hidden_debt": "不新增隐性债务声明", "residents_organisation": "居民自治组织", "department_plans": "部门专项计划",
    "whole_area": "成片改造", "scheme_papers": "方案材料", "unified_opinion": "统一意见", "permits": "开工手续",
    "procurement": "招标采购", "supervision": "监理", "pipeline_plan": "管线改造计划", "heritage_paper": "历史建筑意见",
    "residents_supervision": "居民监督", "acceptance_parties": "各方参加验收", "acceptance_filing": "竣工验收备案",
    "final_account": "竣工决算", "archive": "档案", "handover": "移交", "manager": "管理单位", "management_rules": "管理规约",
    "maintenance_fund_mechanism": "维修资金机制", "cost_split": "费用分摊", "contract_mode": "发包方式", "joint_meeting": "联席会议",
    "division_survey": "全面摸排",
    "government": "人民政府", "housing": "住房城乡建设", "finance": "财政", "development_reform": "发展改革", "audit": "审计",
    "province": "省级", "city": "市级", "county": "县级", "street": "街道、乡镇", "national_task": "国家年度任务",
    "central_subsidy": "中央补助", "investment": "总投资", "name": "名称", "facts": "项目事实",
}  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{40,}")
SHOWN = 3  # entries of a list that are named before the rest are counted


def action_word(action: str) -> str:
    """What was done."""
    return ACTIONS.get(action, action)


def subject_word(kind: str) -> str:
    """To what it was done."""
    return SUBJECTS.get(kind, kind)


def details(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of what an act keeps; ids and check codes by their first characters, the whole stands in the register of acts."""
    return [(FIELDS.get(key, key), _word(value)) for key, value in data.items() if value not in ("", None, [], {})]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "，".join(f"{CODES.get(str(key), str(key))} {_word(each)}" for key, each in value.items())
    if isinstance(value, list):
        more = f"等{len(value)}项" if len(value) > SHOWN else ""
        return "、".join(_word(each) for each in value[:SHOWN]) + more
    return _text(str(value))


def _text(text: str) -> str:
    if _UUID.fullmatch(text) or _HASH.fullmatch(text):
        return f"{text[:8]}…"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date_words(dt.date.fromisoformat(text))
    return CODES.get(text, text)
