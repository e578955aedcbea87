import django.db.models.deletion
import django.db.models.expressions
import offices.constraints
import offices.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from offices.migrating import NewTables


class Migration(NewTables):
    replaces = [
        ("funding", "0001_initial"),
        ("funding", "0002_apportionment"),
        ("funding", "0003_settlements"),
        ("funding", "0004_collecting"),
        ("funding", "0005_supplements"),
        ("funding", "0006_flags"),
    ]

    initial = True

    dependencies = [
        ("communities", "0001_initial"),
        ("offices", "0002_sms_subjects"),
    ]

    operations = [
        migrations.CreateModel(
            name="FundingSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("central", "中央补助资金"),
                            ("provincial", "省级（自治区）资金"),
                            ("city", "市级资金"),
                            ("county", "县（区）级资金"),
                            ("special_bond", "地方政府专项债券"),
                            ("housing_sale_revenue", "国有住房出售收入存量资金"),
                            ("loan", "信贷资金"),
                            ("resident_direct", "居民直接出资"),
                            ("maintenance_fund", "住宅专项维修资金"),
                            ("provident_fund", "住房公积金"),
                            ("common_revenue", "小区公共收益"),
                            ("utility", "专营单位出资"),
                            ("private_capital", "社会资本"),
                            ("original_unit_enterprise", "原产权单位（企业）出资"),
                            ("original_unit_public", "原产权单位（机关事业）出资"),
                            ("donation", "企业捐助"),
                            ("enterprise_bond", "企业债券、项目收益票据"),
                        ],
                        max_length=30,
                        verbose_name="资金类别",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central", "中央"),
                            ("provincial", "省（自治区）"),
                            ("city", "市"),
                            ("county", "县（区）"),
                            ("", "非财政"),
                        ],
                        max_length=12,
                        verbose_name="财政级次",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        help_text="整合资金的来源部门，如民政、城建、文化",
                        max_length=40,
                        verbose_name="渠道",
                    ),
                ),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("issued_on", models.DateField(verbose_name="下达日期")),
                ("year", models.PositiveSmallIntegerField(verbose_name="资金年度")),
                ("purpose", models.CharField(max_length=200, verbose_name="用途")),
                ("classes", models.JSONField(blank=True, default=list, verbose_name="限定类别")),
                ("items", models.JSONField(blank=True, default=list, verbose_name="限定内容")),
                (
                    "return_order",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="下达文件规定结余退回先后的才填，1 最先；没有规定的按比例",
                        null=True,
                        verbose_name="结余退回次序",
                    ),
                ),
                ("amount", offices.fields.MoneyField(verbose_name="下达金额（元）")),
                (
                    "allotted",
                    offices.fields.MoneyField(
                        default=0, editable=False, help_text="由数据库按已入账的分配累计", verbose_name="已分配（元）"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "资金来源",
                "verbose_name_plural": "资金来源",
                "ordering": ("-year", "-pk"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="source_amount_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("allotted__gte", 0), ("allotted__lte", models.F("amount"))),
                        name="allotted_within_appropriated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("registered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="source_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("allotted", 0), ("confirmed_by__isnull", False), _connector="OR"),
                        name="only_confirmed_source_is_allotted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="source_confirmed_whole",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(max_length=120, verbose_name="项目名称")),
                ("number", models.PositiveIntegerField(verbose_name="次数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("entered", "待复核"),
                            ("returned", "未通过复核"),
                            ("confirmed", "已确认"),
                            ("closed", "已结清关账"),
                            ("reopened", "已重新开账"),
                        ],
                        default="entered",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reviewer", models.CharField(max_length=120, verbose_name="评审（审计）机构")),
                ("report_number", models.CharField(max_length=60, verbose_name="评审报告文号")),
                ("reviewed_on", models.DateField(verbose_name="评审日期")),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="评审报告",
                    ),
                ),
                ("total", offices.fields.MoneyField(verbose_name="评审结算额（元）")),
                ("upper_subsidies", offices.fields.MoneyField(default=0, verbose_name="上级补助资金（元）")),
                ("other_contributions", offices.fields.MoneyField(default=0, verbose_name="居民及其他出资（元）")),
                ("county_received", offices.fields.MoneyField(default=0, verbose_name="县级已到位（元）")),
                ("ratio_part", models.PositiveIntegerField(null=True, verbose_name="县级承担比例（分子）")),
                ("ratio_whole", models.PositiveIntegerField(null=True, verbose_name="县级承担比例（分母）")),
                ("ratio_paper", models.CharField(blank=True, max_length=120, verbose_name="比例依据")),
                ("governments_part", offices.fields.MoneyField(null=True, verbose_name="需政府投入（元）")),
                ("county_owes", offices.fields.MoneyField(null=True, verbose_name="县级承担（元）")),
                ("rule", models.CharField(blank=True, max_length=20, verbose_name="依据")),
                ("rulebook", models.CharField(max_length=400, verbose_name="规则版本")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "returned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("return_reason", models.CharField(blank=True, max_length=300, verbose_name="退回理由")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "reopen_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reopen_reason", models.CharField(blank=True, max_length=300, verbose_name="重新开账的理由")),
                ("reopen_paper", models.CharField(blank=True, max_length=120, verbose_name="重新开账的依据")),
                (
                    "reopened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reopened_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "竣工财务结算",
                "verbose_name_plural": "竣工财务结算",
                "ordering": ("-pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("project_uid", "number"), name="settlement_numbered_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("entered", "confirmed", "closed"))),
                        fields=("project_uid",),
                        name="one_settlement_stands",
                    ),
                    models.CheckConstraint(condition=models.Q(("total__gt", 0)), name="settlement_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("upper_subsidies__gte", 0), ("other_contributions__gte", 0), ("county_received__gte", 0)
                        ),
                        name="settlement_takes_off_no_debts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ratio_part__isnull", True), ("ratio_whole__isnull", True)),
                            models.Q(("ratio_part__lte", models.F("ratio_whole")), ("ratio_whole__gt", 0)),
                            _connector="OR",
                        ),
                        name="county_ratio_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("county_owes__isnull", True), ("governments_part__isnull", True)),
                            models.Q(
                                ("ratio_part__isnull", False),
                                ("county_owes__gte", 0),
                                ("county_owes__lte", models.F("governments_part")),
                            ),
                            _connector="OR",
                        ),
                        name="county_owes_of_the_governments_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(
                                models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                                ("file__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at__isnull", True),
                                ("confirmed_by__isnull", True),
                                ("state__in", ("entered", "returned")),
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                ("state__in", ("confirmed", "closed", "reopened")),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_confirmed_before_it_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("closed_by__isnull", True),
                                models.Q(("state", "closed"), _negated=True),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                models.Q(("closed_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_closed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reopened_at__isnull", True),
                                ("reopened_by__isnull", True),
                                models.Q(("state", "reopened"), _negated=True),
                            ),
                            models.Q(
                                ("reopen_asked_by__isnull", False),
                                ("reopened_at__isnull", False),
                                ("state", "reopened"),
                                models.Q(("reopened_by", models.F("reopen_asked_by")), _negated=True),
                                models.Q(("reopen_reason", ""), _negated=True),
                                models.Q(("reopen_paper", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_reopened_by_two",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funds",
                        to="funding.fundingsource",
                        verbose_name="资金来源",
                    ),
                ),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(help_text="开户时的名称", max_length=120, verbose_name="项目名称")),
                (
                    "allotted",
                    offices.fields.MoneyField(
                        default=0, editable=False, help_text="由数据库按已入账的分配累计", verbose_name="计划（元）"
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        editable=False,
                        help_text="关账的结算，由数据库写入",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funds",
                        to="funding.settlement",
                    ),
                ),
            ],
            options={
                "verbose_name": "专账",
                "verbose_name_plural": "专账",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "project_uid"), name="one_fund_per_source_and_project"),
                    models.UniqueConstraint(fields=("id", "project_uid"), name="fund_with_its_project"),
                    models.UniqueConstraint(fields=("id", "source"), name="fund_with_its_source"),
                    models.CheckConstraint(condition=models.Q(("allotted__gte", 0)), name="fund_allotted_not_negative"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(max_length=120, verbose_name="项目名称")),
                ("number", models.CharField(max_length=60, verbose_name="合同编号")),
                ("name", models.CharField(max_length=120, verbose_name="合同名称")),
                ("party", models.CharField(max_length=120, verbose_name="收款单位")),
                ("signed_on", models.DateField(verbose_name="签订日期")),
                ("amount", offices.fields.MoneyField(verbose_name="合同金额（元）")),
                (
                    "supplement",
                    offices.fields.MoneyField(
                        default=0,
                        editable=False,
                        help_text="由数据库按已复核的补充协议累计",
                        verbose_name="补充协议增加（元）",
                    ),
                ),
                ("committed", offices.fields.MoneyField(default=0, editable=False, verbose_name="已落实资金（元）")),
                ("progress", offices.fields.MoneyField(default=0, verbose_name="累计完成产值（元）")),
                ("retention_part", models.PositiveIntegerField(default=0, verbose_name="质保金比例（分子）")),
                ("retention_whole", models.PositiveIntegerField(default=100, verbose_name="质保金比例（分母）")),
                (
                    "warranty_part",
                    models.SlugField(
                        blank=True,
                        help_text="保修期按哪一部分；空：期限最先届满的部分",
                        max_length=40,
                        verbose_name="质保内容",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "合同",
                "verbose_name_plural": "合同",
                "ordering": ("-signed_on", "-pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("project_uid", "number"), name="contract_number_once_per_project"),
                    models.UniqueConstraint(fields=("id", "project_uid"), name="contract_with_its_project"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("supplement__gte", 0)), name="contract_amount_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("committed__gte", 0),
                            (
                                "committed__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "+", models.F("supplement")
                                ),
                            ),
                        ),
                        name="committed_within_contract",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("progress__gte", 0),
                            (
                                "progress__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "+", models.F("supplement")
                                ),
                            ),
                        ),
                        name="progress_within_contract",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retention_whole__gt", 0), ("retention_part__lt", models.F("retention_whole"))
                        ),
                        name="retention_is_a_share",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="commitments", to="funding.contract"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="commitments", to="funding.fund"
                    ),
                ),
                ("project_uid", models.UUIDField()),
                ("item", models.CharField(max_length=120, verbose_name="改造内容")),
                (
                    "item_class",
                    models.CharField(
                        blank=True,
                        choices=[("basic", "基础类"), ("improved", "完善类"), ("upgraded", "提升类"), ("", "未分类")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("item_reason", models.CharField(blank=True, max_length=200, verbose_name="归属理由")),
                ("amount", offices.fields.MoneyField(default=0)),
                ("unspent", offices.fields.MoneyField(default=0)),
                ("held", offices.fields.MoneyField(default=0)),
            ],
            options={
                "verbose_name": "合同资金",
                "verbose_name_plural": "合同资金",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "fund"), name="one_commitment_per_contract_and_fund"),
                    models.UniqueConstraint(fields=("id", "fund"), name="commitment_with_its_fund"),
                    models.UniqueConstraint(fields=("id", "contract"), name="commitment_with_its_contract"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), ("unspent__gte", 0), ("held__gte", 0)),
                        name="commitment_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("unspent"), "+", models.F("held")
                                ),
                            )
                        ),
                        name="paid_within_commitment",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("contract", "project_uid"),
                        name="commitment_contract_of_project",
                        to="funding_contract",
                        to_columns=("id", "project_uid"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("fund", "project_uid"),
                        name="commitment_fund_of_project",
                        to="funding_fund",
                        to_columns=("id", "project_uid"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PayeeAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payees", to="funding.contract"
                    ),
                ),
                ("holder", models.CharField(max_length=120, verbose_name="户名")),
                ("bank", models.CharField(max_length=120, verbose_name="开户银行")),
                ("number", models.CharField(max_length=40, verbose_name="账号")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="变更理由")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "refused_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "收款账户",
                "verbose_name_plural": "收款账户",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("id", "contract"), name="payee_with_its_contract"),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_by__isnull", True), ("refused_by__isnull", True)),
                        fields=("contract",),
                        name="one_payee_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payee_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True), ("refused_by__isnull", True), _connector="OR"
                        ),
                        name="payee_confirmed_or_refused",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="funding.contract"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("progress", "进度款"), ("retention", "返还质保金")],
                        default="progress",
                        max_length=10,
                        verbose_name="款项",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "待审核"),
                            ("checked", "待拨付"),
                            ("released", "已拨付"),
                            ("returned", "已退回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("progress", offices.fields.MoneyField(verbose_name="累计完成产值（元）")),
                ("amount", offices.fields.MoneyField(verbose_name="申请金额（元）")),
                ("held", offices.fields.MoneyField(default=0, verbose_name="扣留质保金（元）")),
                ("words", models.CharField(max_length=200, verbose_name="事由")),
                (
                    "paper",
                    models.CharField(help_text="进度款申请表、计量单、监理签证等", max_length=200, verbose_name="附件"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="工程计量单",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="发票",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funding.payeeaccount",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("released_at", models.DateTimeField(null=True)),
                ("voucher", models.CharField(blank=True, max_length=60, verbose_name="国库支付凭证号")),
                ("released_on", models.DateField(null=True, verbose_name="支付日期")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="退回理由")),
            ],
            options={
                "verbose_name": "拨付申请",
                "verbose_name_plural": "拨付申请",
                "ordering": ("-pk",),
                "indexes": [models.Index(fields=["state", "id"], name="payment_by_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "contract"), name="payment_with_its_contract"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("held__gte", 0), ("held__lt", models.F("amount"))),
                        name="payment_amounts_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "retention"), _negated=True), ("held", 0), _connector="OR"
                        ),
                        name="retention_is_paid_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="payment_checked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_by__isnull", True),
                            models.Q(
                                models.Q(("released_by", models.F("requested_by")), _negated=True),
                                models.Q(("released_by", models.F("checked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_released_by_a_third",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("checked", "released")), _negated=True),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="payment_checked_before_release",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("payee__isnull", False),
                                ("released_at__isnull", False),
                                ("released_by__isnull", False),
                                ("released_on__isnull", False),
                                ("state", "released"),
                                models.Q(("voucher", ""), _negated=True),
                            ),
                            models.Q(models.Q(("state", "released"), _negated=True), ("released_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="released_with_voucher_and_day",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("payee", "contract"),
                        name="paid_to_the_contracts_payee",
                        to="funding_payeeaccount",
                        to_columns=("id", "contract_id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="funding.payment"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funding.contract"
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="funding.commitment"
                    ),
                ),
                ("amount", offices.fields.MoneyField()),
                ("held", offices.fields.MoneyField(default=0)),
            ],
            options={
                "verbose_name": "拨付分账",
                "verbose_name_plural": "拨付分账",
                "ordering": ("commitment_id",),
                "constraints": [
                    models.UniqueConstraint(fields=("payment", "commitment"), name="one_part_per_payment_and_fund"),
                    models.UniqueConstraint(fields=("id", "commitment"), name="part_with_its_commitment"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("held__gte", 0), ("held__lte", models.F("amount"))),
                        name="part_amounts_in_order",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("payment", "contract"),
                        name="part_of_its_payment",
                        to="funding_payment",
                        to_columns=("id", "contract_id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("commitment", "contract"),
                        name="part_of_its_contracts_commitment",
                        to="funding_commitment",
                        to_columns=("id", "contract_id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("key", models.CharField(max_length=128)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("answer", models.UUIDField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("actor", "key"), name="money_request_once_per_actor_and_key")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="funding.fund"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("allotment", "分配"),
                            ("receipt", "到位"),
                            ("commitment", "签约"),
                            ("payment", "拨付"),
                            ("refund", "退回"),
                            ("cut", "结算核减"),
                            ("return", "结余退回来源"),
                            ("giveback", "退还缴款人"),
                            ("reversal", "冲销"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                (
                    "concerns",
                    models.CharField(
                        choices=[
                            ("allotment", "分配"),
                            ("receipt", "到位"),
                            ("commitment", "签约"),
                            ("payment", "拨付"),
                            ("refund", "退回"),
                            ("cut", "结算核减"),
                            ("return", "结余退回来源"),
                            ("giveback", "退还缴款人"),
                            ("reversal", "冲销"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "待复核"), ("posted", "已入账"), ("dropped", "未入账")],
                        default="draft",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("amount", offices.fields.MoneyField(verbose_name="金额（元）")),
                ("day", models.DateField(verbose_name="日期")),
                ("words", models.CharField(max_length=200, verbose_name="摘要")),
                ("voucher", models.CharField(blank=True, max_length=60, verbose_name="凭证号")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                (
                    "commitment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="funding.commitment",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="funding.paymentpart",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="funding.journalentry",
                    ),
                ),
                (
                    "refunds",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunded_by",
                        to="funding.journalentry",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funding.request"
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("posted_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "分录",
                "verbose_name_plural": "分录",
                "ordering": ("-pk",),
                "indexes": [models.Index(fields=["fund", "state", "id"], name="entry_of_fund")],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "fund"), name="entry_with_its_fund"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "dropped"), _negated=True),
                        fields=("reverses",),
                        name="an_entry_is_reversed_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "payment"), models.Q(("state", "dropped"), _negated=True)),
                        fields=("part",),
                        name="a_part_is_paid_once",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("reverses", "fund"),
                        name="reversal_in_the_same_fund",
                        to="funding_journalentry",
                        to_columns=("id", "fund_id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("refunds", "fund"),
                        name="refund_in_the_same_fund",
                        to="funding_journalentry",
                        to_columns=("id", "fund_id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("commitment", "fund"),
                        name="entry_of_a_commitment_of_its_fund",
                        to="funding_commitment",
                        to_columns=("id", "fund_id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("part", "commitment"),
                        name="payment_of_its_commitment",
                        to="funding_paymentpart",
                        to_columns=("id", "commitment_id"),
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="entry_amount_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("posted_at__isnull", False), ("posted_by__isnull", False), ("state", "posted")),
                            models.Q(
                                models.Q(("state", "posted"), _negated=True),
                                ("posted_at__isnull", True),
                                ("posted_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="posted_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("allotment", "receipt", "commitment")),
                            ("posted_by__isnull", True),
                            models.Q(("posted_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="money_moves_by_two_persons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "reversal"),
                                ("reverses__isnull", False),
                                models.Q(("concerns", "reversal"), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "reversal"), _negated=True),
                                ("concerns", models.F("kind")),
                                ("reverses__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_reversal_says_what_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("commitment__isnull", True), ("concerns__in", ("allotment", "receipt", "return"))
                            ),
                            models.Q(("commitment__isnull", True), ("kind", "giveback")),
                            models.Q(
                                ("commitment__isnull", False),
                                ("concerns__in", ("commitment", "payment", "refund", "cut")),
                            ),
                            _connector="OR",
                        ),
                        name="spending_names_its_commitment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "payment"), _negated=True),
                            models.Q(("part__isnull", False), models.Q(("voucher", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="payment_has_part_and_voucher",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "refund"), ("refunds__isnull", False), models.Q(("reason", ""), _negated=True)
                            ),
                            models.Q(models.Q(("kind", "refund"), _negated=True), ("refunds__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_refund_says_of_what_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allotment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allotments",
                        to="funding.fundingsource",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allotments", to="funding.fund"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allotment", to="funding.journalentry"
                    ),
                ),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="分配文号")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
            ],
            options={
                "verbose_name": "资金分配",
                "verbose_name_plural": "资金分配",
                "constraints": [
                    offices.constraints.CompositeForeignKey(
                        fields=("fund", "source"),
                        name="allotment_of_its_source",
                        to="funding_fund",
                        to_columns=("id", "source_id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("entry", "fund"),
                        name="allotment_in_its_fund",
                        to="funding_journalentry",
                        to_columns=("id", "fund_id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Gift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(max_length=120, verbose_name="项目名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[("goods", "捐物"), ("labour", "投工投劳")], max_length=10, verbose_name="方式"
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="例如长椅6张、清理杂物12工日；不写个人姓名", max_length=200, verbose_name="内容"
                    ),
                ),
                ("basis", models.CharField(max_length=200, verbose_name="折价依据")),
                ("value", offices.fields.MoneyField(verbose_name="折价（元）")),
                ("given_on", models.DateField(verbose_name="日期")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "捐物与投劳",
                "verbose_name_plural": "捐物与投劳",
                "ordering": ("-given_on", "-pk"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("value__gt", 0)), name="gift_value_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="gift_confirmed_by_another",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="funding.fund"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("expected", "待到位"),
                            ("cash", "可用"),
                            ("paid", "已拨付"),
                            ("free", "未签约"),
                            ("committed", "已签约未支付"),
                            ("retained", "质保金"),
                            ("spent", "已支出"),
                        ],
                        max_length=10,
                    ),
                ),
                ("side", models.SmallIntegerField(help_text="1 debit, -1 credit")),
                ("balance", offices.fields.MoneyField(default=0)),
            ],
            options={
                "verbose_name": "科目",
                "verbose_name_plural": "科目",
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "kind"), name="one_account_of_a_kind_per_fund"),
                    models.UniqueConstraint(fields=("id", "fund"), name="account_with_its_fund"),
                    models.CheckConstraint(condition=models.Q(("balance__gte", 0)), name="account_never_overdrawn"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("expected", "cash", "paid")), ("side", 1)),
                            models.Q(("kind__in", ("free", "committed", "retained", "spent")), ("side", -1)),
                            _connector="OR",
                        ),
                        name="account_side_of_its_kind",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Leg",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="funding.journalentry"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="funding.account"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funding.fund"),
                ),
                ("amount", offices.fields.MoneyField()),
            ],
            options={
                "verbose_name": "分录明细",
                "verbose_name_plural": "分录明细",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "account"), name="an_account_once_in_an_entry"),
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="leg_is_not_zero"),
                    offices.constraints.CompositeForeignKey(
                        fields=("entry", "fund"),
                        name="leg_in_the_fund_of_its_entry",
                        to="funding_journalentry",
                        to_columns=("id", "fund_id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("account", "fund"),
                        name="leg_in_the_fund_of_its_account",
                        to="funding_account",
                        to_columns=("id", "fund_id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Apportionment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="apportionments", to="funding.fund"
                    ),
                ),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(max_length=120, verbose_name="项目名称")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("area", "全体按专有部分面积"),
                            ("concerned", "涉及改造的户按面积"),
                            ("table", "按约定的楼层系数"),
                        ],
                        max_length=10,
                        verbose_name="分摊办法",
                    ),
                ),
                ("agreement", models.CharField(blank=True, max_length=200, verbose_name="约定依据")),
                ("amount", offices.fields.MoneyField(verbose_name="分摊总额（元）")),
                ("formula", models.CharField(max_length=300, verbose_name="公式")),
                (
                    "floors",
                    models.JSONField(
                        blank=True, default=dict, help_text="floor → exact fraction as text", verbose_name="楼层系数"
                    ),
                ),
                (
                    "weight_total",
                    models.CharField(
                        default="", help_text="exact fraction as text", max_length=120, verbose_name="系数或面积合计"
                    ),
                ),
                ("pay_by", models.DateField(null=True, verbose_name="缴款截止")),
                ("rule", models.CharField(max_length=20)),
                ("clause", models.CharField(max_length=60, verbose_name="条款")),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        help_text="over head and homes, when it is announced",
                        max_length=64,
                        verbose_name="校验值",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=200, verbose_name="撤回理由")),
            ],
            options={
                "verbose_name": "居民分摊",
                "verbose_name_plural": "居民分摊",
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="apportionment_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="apportionment_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("way", "area"), models.Q(("agreement", ""), _negated=True), _connector="OR"
                        ),
                        name="other_ways_name_their_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by__isnull", True), ("digest", "")),
                            models.Q(("confirmed_by__isnull", False), models.Q(("digest", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_announced_apportionment_is_hashed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdrawn_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_apportionment_is_withdrawn_whole",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("fund", "project_uid"),
                        name="apportionment_fund_of_project",
                        to="funding_fund",
                        to_columns=("id", "project_uid"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="HomeDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "apportionment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dues", to="funding.apportionment"
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.home"
                    ),
                ),
                ("label", models.CharField(max_length=120, verbose_name="房屋")),
                ("area", offices.fields.AreaField(null=True, verbose_name="专有部分面积（㎡）")),
                ("weight_part", models.BigIntegerField()),
                ("weight_whole", models.BigIntegerField(default=1)),
                ("amount", offices.fields.MoneyField(verbose_name="应缴（元）")),
            ],
            options={
                "verbose_name": "分摊到户",
                "verbose_name_plural": "分摊到户",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("apportionment", "home"), name="a_home_once_in_an_apportionment"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), ("weight_part__gte", 0), ("weight_whole__gt", 0)),
                        name="due_not_negative",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="DueReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "due",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="funding.homedue"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("paid", "收款"), ("refund", "退款")],
                        default="paid",
                        max_length=8,
                        verbose_name="款项",
                    ),
                ),
                ("amount", offices.fields.MoneyField(verbose_name="金额（元）")),
                ("day", models.DateField(verbose_name="日期")),
                ("voucher", models.CharField(max_length=60, verbose_name="收据号")),
                (
                    "refunds",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunded_by",
                        to="funding.duereceipt",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="退款理由")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="home_receipt",
                        to="funding.journalentry",
                    ),
                ),
                (
                    "dropped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("dropped_at", models.DateTimeField(null=True)),
                ("taken_back", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "逐户收款",
                "verbose_name_plural": "逐户收款",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="due_receipt_above_zero"),
                    models.UniqueConstraint(
                        condition=models.Q(("dropped_at__isnull", True)),
                        fields=("due", "kind", "voucher"),
                        name="a_voucher_once_per_home",
                    ),
                    models.UniqueConstraint(fields=("id", "due"), name="due_receipt_of_its_home"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "paid"), ("refunds__isnull", True)),
                            models.Q(
                                ("kind", "refund"), ("refunds__isnull", False), models.Q(("reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_home_refund_says_of_what_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("checked_at__isnull", True), ("checked_by__isnull", True), ("entry__isnull", True)
                            ),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                ("dropped_at__isnull", True),
                                ("entry__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_checked_due_receipt_is_an_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dropped_at__isnull", True), ("dropped_by__isnull", True)),
                            models.Q(("dropped_at__isnull", False), ("dropped_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_due_receipt_is_dropped_by_someone",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("refunds", "due"),
                        name="a_home_refund_of_the_same_home",
                        to="funding_duereceipt",
                        to_columns=("id", "due_id"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="due_receipt_checked_by_another",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ContractChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="funding.contract"
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="协议编号")),
                ("amount", offices.fields.MoneyField(verbose_name="增加金额（元）")),
                ("signed_on", models.DateField(verbose_name="签订日期")),
                ("reason", models.CharField(max_length=300, verbose_name="变更理由")),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="补充协议扫描件",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "refused_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "补充协议",
                "verbose_name_plural": "补充协议",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "number"), name="change_number_once_per_contract"),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_by__isnull", True), ("refused_by__isnull", True)),
                        fields=("contract",),
                        name="one_change_waits",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="change_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("refused_by__isnull", True),
                                models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="change_confirmed_by_another",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ContractChangeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="funding.contractchange"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funding.fund"),
                ),
                ("amount", offices.fields.MoneyField()),
                ("item", models.CharField(max_length=120, verbose_name="改造内容")),
                (
                    "item_class",
                    models.CharField(
                        blank=True,
                        choices=[("basic", "基础类"), ("improved", "完善类"), ("upgraded", "提升类"), ("", "未分类")],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="归属理由")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("change", "fund"), name="a_purse_once_in_a_change"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="change_line_above_zero"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PaymentTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="funding.contract"
                    ),
                ),
                ("plan", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("words", models.CharField(max_length=120, verbose_name="付款条件")),
                ("due_on", models.DateField(null=True, verbose_name="约定付款日")),
                ("amount", offices.fields.MoneyField(verbose_name="约定金额（元）")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "付款节点",
                "verbose_name_plural": "付款节点",
                "ordering": ("plan", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("contract", "plan", "number"), name="a_term_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="term_above_zero"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AuditFlag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("beyond_progress", "支付超出完成产值"),
                            ("share_short", "居民和企业出资不足"),
                            ("idle", "资金闲置一年以上"),
                            ("settlement_late", "结算逾期"),
                            ("outside_catalogue", "目录以外的内容"),
                            ("no_paper", "支付没有附件"),
                            ("no_procurement", "合同没有采购材料"),
                        ],
                        max_length=20,
                        verbose_name="类型",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待说明"), ("explained", "已说明"), ("closed", "已了结")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("about_kind", models.CharField(max_length=12)),
                ("about_uid", models.UUIDField()),
                ("title", models.CharField(max_length=200, verbose_name="对象")),
                ("link", models.CharField(max_length=120)),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(max_length=120, verbose_name="项目名称")),
                ("text", models.CharField(max_length=300, verbose_name="发现")),
                ("rule", models.CharField(blank=True, max_length=20, verbose_name="依据")),
                ("clause", models.CharField(blank=True, max_length=60, verbose_name="条款")),
                ("raised_on", models.DateField(verbose_name="发现日期")),
                ("gone_on", models.DateField(null=True, verbose_name="消除日期")),
            ],
            options={
                "verbose_name": "审计提示",
                "verbose_name_plural": "审计提示",
                "ordering": ("-pk",),
                "indexes": [models.Index(fields=["state", "id"], name="flag_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gone_on__isnull", True)),
                        fields=("kind", "about_uid"),
                        name="a_flag_once_while_it_is_found",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FlagNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "flag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="funding.auditflag"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[("explain", "说明"), ("return", "退回补充"), ("close", "了结")], max_length=8
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="内容")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "审计提示的办理",
                "verbose_name_plural": "审计提示的办理",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="a_note_says_something"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="FundingPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(max_length=120, verbose_name="项目名称")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("total", offices.fields.MoneyField(verbose_name="资金合计（元）")),
                ("no_hidden_debt", models.BooleanField(default=False, verbose_name="不新增地方政府隐性债务")),
                (
                    "said",
                    models.JSONField(blank=True, default=dict, help_text="who → reason", verbose_name="没有出资的说明"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="修改说明")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "资金计划",
                "verbose_name_plural": "资金计划",
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(fields=("project_uid", "number"), name="funding_plan_numbered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by__isnull", True),
                            models.Q(("confirmed_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="funding_plan_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="funding_plan_confirmed_whole",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="FundingPlanLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="funding.fundingplan"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central", "中央补助资金"),
                            ("provincial", "省级（自治区）资金"),
                            ("city", "市级资金"),
                            ("county", "县（区）级资金"),
                            ("special_bond", "地方政府专项债券"),
                            ("housing_sale_revenue", "国有住房出售收入存量资金"),
                            ("loan", "信贷资金"),
                            ("resident_direct", "居民直接出资"),
                            ("maintenance_fund", "住宅专项维修资金"),
                            ("provident_fund", "住房公积金"),
                            ("common_revenue", "小区公共收益"),
                            ("utility", "专营单位出资"),
                            ("private_capital", "社会资本"),
                            ("original_unit_enterprise", "原产权单位（企业）出资"),
                            ("original_unit_public", "原产权单位（机关事业）出资"),
                            ("donation", "企业捐助"),
                            ("enterprise_bond", "企业债券、项目收益票据"),
                        ],
                        max_length=30,
                        verbose_name="资金类别",
                    ),
                ),
                ("amount", offices.fields.MoneyField(verbose_name="金额（元）")),
                (
                    "state",
                    models.CharField(
                        choices=[("secured", "已落实"), ("expected", "预计"), ("unidentified", "未落实")],
                        max_length=12,
                        verbose_name="落实情况",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        blank=True,
                        choices=[("N", "N项（基础类）"), ("X", "X项（完善类、提升类）")],
                        max_length=1,
                        verbose_name="用于",
                    ),
                ),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("paper", models.CharField(blank=True, max_length=120, verbose_name="依据")),
                ("area", models.CharField(blank=True, max_length=80, verbose_name="片区内其他项目")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="funding_plan_line_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", ""), _negated=True), ("state", "unidentified"), _connector="OR"
                        ),
                        name="only_unidentified_money_has_no_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "secured"), _negated=True),
                            models.Q(("document_number", ""), _negated=True),
                            models.Q(("paper", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="secured_money_has_a_paper",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ProjectFee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "city",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "county",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "neighbourhood",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                ("project_uid", models.UUIDField(db_index=True, verbose_name="项目")),
                ("project_name", models.CharField(max_length=120, verbose_name="项目名称")),
                ("name", models.CharField(max_length=80, verbose_name="收费名目")),
                ("charged_by", models.CharField(max_length=80, verbose_name="收费单位")),
                ("basis", models.CharField(max_length=200, verbose_name="收费依据")),
                ("amount", offices.fields.MoneyField(verbose_name="金额（元）")),
                ("charged_on", models.DateField(verbose_name="日期")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "项目收费",
                "verbose_name_plural": "项目收费",
                "ordering": ("-charged_on", "-pk"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="project_fee_above_zero")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SettlementItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "settlement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="funding.settlement"
                    ),
                ),
                ("item", models.CharField(max_length=120, verbose_name="改造内容")),
                ("planned", offices.fields.MoneyField(verbose_name="计划（元）")),
                ("committed", offices.fields.MoneyField(verbose_name="已签约（元）")),
                ("reviewed", offices.fields.MoneyField(verbose_name="评审（元）")),
                ("paper", models.CharField(max_length=120, verbose_name="评审依据")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="超支原因")),
                (
                    "payer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("central", "中央补助资金"),
                            ("provincial", "省级（自治区）资金"),
                            ("city", "市级资金"),
                            ("county", "县（区）级资金"),
                            ("special_bond", "地方政府专项债券"),
                            ("housing_sale_revenue", "国有住房出售收入存量资金"),
                            ("loan", "信贷资金"),
                            ("resident_direct", "居民直接出资"),
                            ("maintenance_fund", "住宅专项维修资金"),
                            ("provident_fund", "住房公积金"),
                            ("common_revenue", "小区公共收益"),
                            ("utility", "专营单位出资"),
                            ("private_capital", "社会资本"),
                            ("original_unit_enterprise", "原产权单位（企业）出资"),
                            ("original_unit_public", "原产权单位（机关事业）出资"),
                            ("donation", "企业捐助"),
                            ("enterprise_bond", "企业债券、项目收益票据"),
                        ],
                        max_length=30,
                        verbose_name="超支由谁承担",
                    ),
                ),
            ],
            options={
                "verbose_name": "结算内容",
                "verbose_name_plural": "结算内容",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("settlement", "item"), name="an_item_once_in_a_settlement"),
                    models.CheckConstraint(
                        condition=models.Q(("planned__gte", 0), ("committed__gte", 0), ("reviewed__gte", 0)),
                        name="settled_item_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed__lte", models.F("planned")),
                            models.Q(models.Q(("reason", ""), _negated=True), models.Q(("payer", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_over_run_is_explained",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
