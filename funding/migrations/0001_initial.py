import django.db.models.deletion
import django.db.models.expressions
import offices.constraints
import offices.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from offices.migrating import NewTables


class Migration(NewTables):
    initial = True

    dependencies = [
        ("offices", "0001_initial"),
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
                ("committed", offices.fields.MoneyField(default=0, editable=False, verbose_name="已落实资金（元）")),
                ("progress", offices.fields.MoneyField(default=0, verbose_name="累计完成产值（元）")),
                ("retention_part", models.PositiveIntegerField(default=0, verbose_name="质保金比例（分子）")),
                ("retention_whole", models.PositiveIntegerField(default=100, verbose_name="质保金比例（分母）")),
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
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="contract_amount_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("committed__gte", 0), ("committed__lte", models.F("amount"))),
                        name="committed_within_contract",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__gte", 0), ("progress__lte", models.F("amount"))),
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
                            models.Q(("commitment__isnull", True), ("concerns__in", ("allotment", "receipt"))),
                            models.Q(
                                ("commitment__isnull", False), ("concerns__in", ("commitment", "payment", "refund"))
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
    ]
