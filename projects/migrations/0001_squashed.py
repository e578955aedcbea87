import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
import offices.fields
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from offices.migrating import NewTables


class Migration(NewTables):
    replaces = [
        ("projects", "0001_initial"),
        ("projects", "0002_special_plans"),
        ("projects", "0003_withdrawn"),
        ("projects", "0004_companions"),
        ("projects", "0005_figures"),
        ("projects", "0006_kinds_of_payers"),
        ("projects", "0007_assessment"),
        ("projects", "0008_clusters"),
    ]

    initial = True

    dependencies = [
        ("communities", "0001_initial"),
        ("offices", "0002_sms_subjects"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProjectCommunity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.community"
                    ),
                ),
            ],
            options={
                "constraints": [],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Project",
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
                ("name", models.CharField(max_length=120, verbose_name="项目名称")),
                ("plan_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="计划年度")),
                ("stage", models.CharField(default="reserve", max_length=20, verbose_name="阶段")),
                (
                    "published",
                    models.BooleanField(
                        default=False, editable=False, help_text="its plan is issued", verbose_name="已公开"
                    ),
                ),
                ("rulebook", models.SlugField(max_length=40)),
                ("revision", models.TextField(blank=True, help_text="pinned at its plan's issue")),
                ("national_task", models.BooleanField(default=False, verbose_name="纳入国家年度任务")),
                ("central_subsidy", models.BooleanField(default=False, verbose_name="申请中央补助资金")),
                (
                    "facts",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="elevator, heritage, pipelines…: bool",
                        verbose_name="项目事实",
                    ),
                ),
                (
                    "works",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="water, power, road, gas, elevator, other",
                        verbose_name="改造内容要点",
                    ),
                ),
                ("investment", offices.fields.MoneyField(blank=True, null=True, verbose_name="总投资（元）")),
                (
                    "implementing_body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.body",
                        verbose_name="实施单位",
                    ),
                ),
                ("entered_in_midlife", models.BooleanField(default=False, verbose_name="中途录入")),
                ("reported_on", models.DateField(blank=True, null=True, verbose_name="最近填报日")),
                (
                    "communities",
                    models.ManyToManyField(
                        related_name="+", through="projects.ProjectCommunity", to="communities.community"
                    ),
                ),
            ],
            options={
                "verbose_name": "项目",
                "verbose_name_plural": "项目",
                "ordering": ("pk",),
                "indexes": [
                    models.Index(fields=["county", "plan_year", "id"], name="project_of_county_and_year"),
                    models.Index(fields=["city", "plan_year", "id"], name="project_of_city_and_year"),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="StageDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stage_days", to="projects.project"
                    ),
                ),
                ("stage", models.CharField(max_length=20)),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="计划")),
                ("actual_on", models.DateField(blank=True, null=True, verbose_name="实际")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="延误原因")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "stage"), name="stage_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_on__isnull", False), ("actual_on__isnull", False), _connector="OR"
                        ),
                        name="stage_day_says_something",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SeparateAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="separate_acceptances",
                        to="projects.project",
                    ),
                ),
                ("key", models.SlugField(max_length=40, verbose_name="内容")),
                ("body", models.CharField(max_length=80, verbose_name="验收的主管部门")),
                ("passed_on", models.DateField(verbose_name="验收合格日期")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号或编号")),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="验收文件",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["project", "key"], name="separate_acceptance_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="separateacceptance_checked_by_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
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
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acceptance", to="projects.project"
                    ),
                ),
                ("held_on", models.DateField(verbose_name="验收日期")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="验收地点")),
                (
                    "report",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="竣工验收报告",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                ("passed_on", models.DateField(editable=False, null=True, verbose_name="验收合格日期")),
                (
                    "passed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
                ("passed_at", models.DateTimeField(editable=False, null=True)),
                ("conclusion", models.CharField(blank=True, max_length=500, verbose_name="验收结论")),
                (
                    "design_life",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="设计合理使用年限（年）"),
                ),
                ("seasons_end", models.DateField(blank=True, null=True, verbose_name="第二个采暖期、供冷期结束日")),
                ("filed_on", models.DateField(editable=False, null=True, verbose_name="备案日期")),
                ("filing_number", models.CharField(blank=True, max_length=60, verbose_name="备案编号")),
                (
                    "filing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="备案文件",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "filing_checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "竣工验收",
                "verbose_name_plural": "竣工验收",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("passed_at__isnull", True), ("passed_by__isnull", True), ("passed_on__isnull", True)
                            ),
                            models.Q(
                                ("passed_at__isnull", False),
                                ("passed_by__isnull", False),
                                ("passed_on__isnull", False),
                                ("passed_on__gte", models.F("held_on")),
                                models.Q(("passed_by", models.F("opened_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="acceptance_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filed_on__isnull", True),
                            models.Q(
                                ("filed_by__isnull", False),
                                ("passed_on__isnull", False),
                                ("filed_on__gte", models.F("passed_on")),
                            ),
                            _connector="OR",
                        ),
                        name="acceptance_filed_after_it_passed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("filing_checked_by__isnull", True),
                            models.Q(("filing_checked_by", models.F("filed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="acceptance_filing_checked_by_another",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AcceptanceParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="projects.acceptance"
                    ),
                ),
                ("key", models.SlugField(max_length=40, verbose_name="参加方")),
                ("label", models.CharField(help_text="as the document calls it, at the signature", max_length=80)),
                ("unit", models.CharField(max_length=120, verbose_name="单位")),
                ("signer", models.CharField(max_length=40, verbose_name="签字人")),
                ("signed_on", models.DateField(verbose_name="签字日期")),
                ("agrees", models.BooleanField(verbose_name="同意验收")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="意见")),
                (
                    "scan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="签字页",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("acceptance", "key", "unit"),
                        name="unit_signs_once",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Defect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="defects", to="projects.acceptance"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("acceptance", "验收问题"), ("warranty", "保修报修")],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("component", models.SlugField(blank=True, max_length=40, verbose_name="保修部位")),
                (
                    "within",
                    models.BooleanField(
                        editable=False, help_text="null: the end is not known", null=True, verbose_name="保修期内"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="问题")),
                (
                    "photo",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="照片",
                    ),
                ),
                ("owner", models.CharField(max_length=80, verbose_name="整改单位")),
                ("found_on", models.DateField(verbose_name="发现或报修日期")),
                ("due_on", models.DateField(verbose_name="整改期限")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待整改"), ("mended", "待复验"), ("done", "已复验")],
                        default="open",
                        editable=False,
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("mended_on", models.DateField(editable=False, null=True, verbose_name="整改完成日")),
                ("mended_note", models.CharField(blank=True, max_length=500, verbose_name="整改情况")),
                (
                    "mended_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("seen_on", models.DateField(editable=False, null=True, verbose_name="复验日")),
                (
                    "seen_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("returns", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="复验不合格次数")),
            ],
            options={
                "ordering": ("due_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("mended_by__isnull", True),
                                ("mended_on__isnull", True),
                                ("seen_by__isnull", True),
                                ("state", "open"),
                            ),
                            models.Q(
                                ("mended_by__isnull", False),
                                ("mended_on__isnull", False),
                                ("seen_by__isnull", True),
                                ("state", "mended"),
                            ),
                            models.Q(
                                ("mended_by__isnull", False),
                                ("seen_by__isnull", False),
                                ("seen_on__isnull", False),
                                ("state", "done"),
                                models.Q(("seen_by", models.F("mended_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="defect_seen_again_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("found_on"))), name="defect_due_after_it_was_found"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SpotCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spot_checks",
                        to="projects.acceptance",
                    ),
                ),
                ("on", models.DateField(verbose_name="抽检日期")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.body",
                        verbose_name="抽检单位",
                    ),
                ),
                ("passed", models.BooleanField(verbose_name="核验合格")),
                ("findings", models.CharField(max_length=500, verbose_name="核验意见")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Archive",
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
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="archive", to="projects.project"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="档案号")),
                ("shelf", models.CharField(blank=True, max_length=120, verbose_name="存放位置")),
                ("keeper", models.CharField(blank=True, max_length=80, verbose_name="保管单位")),
            ],
            options={
                "verbose_name": "项目档案",
                "verbose_name_plural": "项目档案",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="archive_checked_by_another",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ArchivePaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "archive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="projects.archive"
                    ),
                ),
                ("key", models.SlugField(max_length=40)),
                ("pages", models.PositiveIntegerField(null=True, verbose_name="页数")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="不适用的原因")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("archive", "key"), name="archive_paper_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pages__gt", 0), ("pages__isnull", False), ("reason", "")),
                            models.Q(("pages__isnull", True), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="archive_paper_in_or_not_applicable",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="projects.project"
                    ),
                ),
                ("facility", models.CharField(max_length=80, verbose_name="移交内容")),
                ("item", models.UUIDField(help_text="the line of the scheme that it answers", null=True)),
                ("giver", models.CharField(max_length=80, verbose_name="移交单位")),
                (
                    "receiver_kind",
                    models.CharField(
                        choices=[
                            ("utility", "专营单位"),
                            ("property_company", "物业服务企业"),
                            ("owners", "业主（业主委员会）"),
                            ("government", "政府部门"),
                        ],
                        max_length=20,
                        verbose_name="接收方类别",
                    ),
                ),
                ("receiver", models.CharField(max_length=80, verbose_name="接收单位")),
                ("standard", models.CharField(max_length=200, verbose_name="符合的技术标准")),
                ("on", models.DateField(verbose_name="移交日期")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="移交清单编号")),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="移交清单",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="handover_checked_by_another",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Manager",
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
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="managers", to="communities.community"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("self", "居民自治管理"),
                            ("semi", "半自助自治管理（购买社会服务与自治相结合）"),
                            ("company", "物业公司管理"),
                            ("stand_in", "社区（居委会）代管"),
                        ],
                        max_length=10,
                        verbose_name="管理模式",
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="单位或组织的名称，不写个人姓名", max_length=80, verbose_name="管理人"),
                ),
                ("phone", models.CharField(help_text="办公电话，居民页面公开", max_length=30, verbose_name="对外电话")),
                ("since", models.DateField(verbose_name="起始日")),
                ("until", models.DateField(blank=True, null=True, verbose_name="合同到期日")),
                ("paper", models.CharField(max_length=120, verbose_name="合同或决定")),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="合同或决定扫描件",
                    ),
                ),
                ("ended_on", models.DateField(editable=False, null=True, verbose_name="结束日")),
                ("ended_reason", models.CharField(blank=True, max_length=200, verbose_name="变更原因")),
            ],
            options={
                "verbose_name": "小区管理",
                "verbose_name_plural": "小区管理",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="manager_checked_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=("community",),
                        name="one_manager_at_a_time",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AftercareRecord",
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
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aftercare_records",
                        to="projects.project",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.community"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("management_covenant", "管理规约"),
                            ("rules_of_procedure", "业主议事规则"),
                            ("joint_meeting", "联席会议"),
                            ("maintenance_fund", "维修资金归集、使用、续筹机制"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "bodies",
                    models.CharField(
                        blank=True, help_text="单位名称，不写个人姓名", max_length=300, verbose_name="参加单位"
                    ),
                ),
                ("words", models.TextField(max_length=2000, verbose_name="内容")),
                ("collection", models.CharField(blank=True, max_length=500, verbose_name="归集")),
                ("use", models.CharField(blank=True, max_length=500, verbose_name="使用")),
                ("renewal", models.CharField(blank=True, max_length=500, verbose_name="续筹")),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="文件",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["project", "kind", "id"], name="aftercare_records_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="aftercarerecord_checked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "maintenance_fund"), _negated=True),
                            models.Q(
                                models.Q(("collection", ""), _negated=True),
                                models.Q(("use", ""), _negated=True),
                                models.Q(("renewal", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="fund_mechanism_says_all_three",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "joint_meeting"), _negated=True),
                            models.Q(("bodies", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="joint_meeting_names_who",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssessmentRelease",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-year", "-number"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "year", "number"), name="assessment_version_once")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AssessmentRemark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="projects.assessmentrelease",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.division"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("remark", "说明"),
                            ("favoured", "倾斜"),
                            ("criticised", "通报批评"),
                            ("summoned", "通报约谈"),
                        ],
                        max_length=12,
                        verbose_name="种类",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="内容")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body__isnull", True), ("division__isnull", False)),
                            models.Q(("body__isnull", False), ("division__isnull", True)),
                            _connector="OR",
                        ),
                        name="assessment_remark_on_one_row",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CompanionLine",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "kind",
                    models.CharField(
                        choices=[("special_plans", "专项改造计划"), ("pipeline_plans", "管线改造计划")],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("elderly", "养老"),
                            ("culture", "文化"),
                            ("education", "教育"),
                            ("health", "卫生"),
                            ("nursery", "托育"),
                            ("sport", "体育"),
                            ("post", "邮政"),
                            ("security", "治安"),
                            ("water", "供水"),
                            ("power", "供电"),
                            ("heating", "供暖"),
                            ("gas", "供气"),
                            ("telecom", "通信"),
                            ("drainage", "排水"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="专业",
                    ),
                ),
                ("unit", models.CharField(max_length=80, verbose_name="编制单位")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="小区名称（原文）")),
                ("nothing", models.BooleanField(default=False, verbose_name="本年度没有涉及老旧小区的计划")),
                (
                    "community",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.community",
                    ),
                ),
                ("works", models.CharField(blank=True, max_length=200, verbose_name="建设内容")),
                ("amount", offices.fields.MoneyField(blank=True, null=True, verbose_name="资金（元）")),
                ("funds_on", models.DateField(blank=True, null=True, verbose_name="资金到位时间")),
                ("document_number", models.CharField(blank=True, max_length=80, verbose_name="文号或计划名称")),
                (
                    "entered_by",
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
                ("agreed_reason", models.CharField(blank=True, max_length=300, verbose_name="年度不一致的说明")),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["division", "year"], name="companion_lines_of_year")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("community__isnull", True), ("nothing", True), ("place", "")),
                            models.Q(("nothing", False), models.Q(("place", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="companion_line_names_a_place_or_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="companion_line_checked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                        name="companion_amount_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UpwardFiling",
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
                        choices=[("contents", "改造内容清单"), ("standard", "改造标准")],
                        max_length=10,
                        verbose_name="内容",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.storedfile"
                    ),
                ),
                ("filed_on", models.DateField(verbose_name="报送日期")),
                (
                    "to_body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.body",
                        verbose_name="报送单位",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("received_on", models.DateField(null=True, verbose_name="收到备案日期")),
                (
                    "received_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("receipt_number", models.CharField(max_length=60, null=True, verbose_name="备案回执号")),
            ],
            options={
                "ordering": ("-filed_on", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_on__isnull", True),
                            models.Q(("received_by__isnull", False), ("received_on__gte", models.F("filed_on"))),
                            _connector="OR",
                        ),
                        name="filing_received_after_sent",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PermitFacts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("land_ownership_change", models.BooleanField(verbose_name="土地权属变化")),
                ("planning_conditions_change", models.BooleanField(verbose_name="规划条件调整")),
                ("new_build", models.BooleanField(verbose_name="新建")),
                ("alteration_or_extension", models.BooleanField(verbose_name="改建、扩建")),
                ("structural_change", models.BooleanField(verbose_name="建筑主体结构变动")),
                ("adds_floor_area", models.BooleanField(verbose_name="增加建筑面积")),
                ("low_risk", models.BooleanField(verbose_name="低风险项目")),
                ("commitment_signed", models.BooleanField(verbose_name="建设单位已作告知承诺")),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="告知承诺书",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("commitment_signed", False), ("commitment__isnull", False), _connector="OR"
                        ),
                        name="commitment_has_its_paper",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Permit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号、编号")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="扫描件",
                    ),
                ),
                ("current", models.BooleanField(default=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("entered_at", models.DateTimeField()),
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
                ("evidence", models.CharField(max_length=40)),
                ("key", models.CharField(blank=True, help_text="empty: the gate names no papers", max_length=40)),
                ("issuer", models.CharField(max_length=80, verbose_name="核发单位")),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="permit_checked_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)), fields=("project", "evidence", "key"), name="permit_once"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号、编号")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="扫描件",
                    ),
                ),
                ("current", models.BooleanField(default=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("entered_at", models.DateTimeField()),
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
                    "role",
                    models.CharField(
                        choices=[
                            ("developer_unit", "建设单位"),
                            ("surveyor", "勘察单位"),
                            ("designer", "设计单位"),
                            ("cost_consultant", "造价咨询单位"),
                            ("contractor", "施工单位"),
                            ("supervisor", "监理单位"),
                        ],
                        max_length=20,
                        verbose_name="单位类别",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="单位名称")),
                ("credit_code", models.CharField(max_length=18, verbose_name="统一社会信用代码")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("tender", "招标"),
                            ("procurement", "政府采购"),
                            ("direct", "直接发包（写明理由）"),
                            ("own", "建设单位本身"),
                        ],
                        max_length=12,
                        verbose_name="采购方式",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="直接发包的理由")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="单位对外电话")),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="party_checked_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)), fields=("project", "role"), name="party_once_per_role"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "direct"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="direct_award_has_its_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "own"), ("role", "developer_unit")),
                            models.Q(
                                models.Q(("method", "own"), _negated=True),
                                models.Q(("role", "developer_unit"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="only_the_developer_is_its_own",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ContractMode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号、编号")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="扫描件",
                    ),
                ),
                ("current", models.BooleanField(default=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("entered_at", models.DateTimeField()),
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
                    "mode",
                    models.CharField(
                        choices=[("epc", "工程总承包（EPC）"), ("separate", "设计、施工分别发包")],
                        max_length=10,
                        verbose_name="承包方式",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="不采用工程总承包的理由")),
            ],
            options={
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contractmode_checked_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)), fields=("project",), name="contract_mode_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mode", "epc"), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="no_epc_has_its_reason",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VehicleCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("serial", models.PositiveIntegerField()),
                ("vehicles", models.TextField(max_length=1000, verbose_name="车辆（号牌、类型）")),
                ("route", models.TextField(max_length=500, verbose_name="路线")),
                ("hours", models.CharField(blank=True, max_length=80, verbose_name="通行时段")),
                ("starts_on", models.DateField(verbose_name="起")),
                ("ends_on", models.DateField(verbose_name="止")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("body", "year", "serial"), name="certificate_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="certificate_ends_after_it_starts",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AnnualPlan",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="计划年度")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("in_review", "审批中"),
                            ("returned", "已退回修改"),
                            ("refused", "不予通过"),
                            ("issued", "已下达"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("rulebook", models.SlugField(max_length=40, verbose_name="规则库")),
                ("revision", models.TextField(blank=True, help_text="pinned at issue", verbose_name="规则版本")),
                ("declared_on", models.DateField(blank=True, null=True, verbose_name="申报日期")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="下达日期")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="下达文号")),
                ("entered_as_issued", models.BooleanField(default=False, verbose_name="补录（平台启用前已下达）")),
                (
                    "quota_ceiling",
                    models.CharField(
                        blank=True, help_text="分数，如 1/5", max_length=10, verbose_name="2001年以后小区占比上限"
                    ),
                ),
                ("capacity", models.CharField(blank=True, max_length=300, verbose_name="财政承受能力说明")),
            ],
            options={
                "verbose_name": "年度计划",
                "verbose_name_plural": "年度计划",
                "ordering": ("-year", "county_id"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "year"), name="one_plan_per_division_and_year"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "issued"), _negated=True),
                            models.Q(("issued_on__isnull", False), models.Q(("document_number", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="issued_plan_has_number_and_day",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="projects.annualplan"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("document_number", models.CharField(max_length=60)),
                ("issued_on", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="plan_version_once")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PlanLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="projects.annualplan"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="projects.project"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                ("stands_alone_reason", models.CharField(blank=True, max_length=200, verbose_name="未连片的原因")),
                ("remark", models.CharField(blank=True, max_length=200, verbose_name="备注")),
            ],
            options={
                "ordering": ("position", "pk"),
                "constraints": [models.UniqueConstraint(fields=("project",), name="project_in_one_plan")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="RankingWeights",
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
                    "of",
                    models.CharField(
                        choices=[
                            ("reserve", "储备库排序"),
                            ("upper_money", "上级资金排序"),
                            ("assessment", "年度考核"),
                        ],
                        default="reserve",
                        max_length=12,
                        verbose_name="用于",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("weights", models.JSONField(help_text="criterion → 0…100", verbose_name="权重")),
                ("reason", models.CharField(max_length=300, verbose_name="依据")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["division", "of", "year", "id"], name="weights_of_year")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RankingFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ranking_facts", to="projects.project"
                    ),
                ),
                ("criterion", models.CharField(max_length=40, verbose_name="条件")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="程度（%）")),
                ("evidence", models.CharField(max_length=300, verbose_name="依据")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["project", "criterion", "id"], name="ranking_facts_of_project")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("percent__lte", 100)), name="ranking_percent_to_100")
                ],
            },
        ),
        migrations.CreateModel(
            name="SchemeVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="修改说明")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("number",),
                "constraints": [],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Scheme",
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
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scheme", to="projects.project"
                    ),
                ),
                (
                    "current",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.schemeversion",
                    ),
                ),
                (
                    "owner_ratio",
                    offices.fields.HundredthsField(
                        blank=True,
                        help_text="文件要求业主按比例出资的内容，由当地确定的比例，如 15",
                        null=True,
                        verbose_name="业主出资比例（%）",
                    ),
                ),
                (
                    "central_reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="使用中央补助的理由（2000年后建成的小区）"
                    ),
                ),
                ("residents_funding", models.TextField(blank=True, max_length=2000, verbose_name="居民资金筹集方案")),
                ("management", models.TextField(blank=True, max_length=2000, verbose_name="长效管理方案")),
            ],
            options={
                "verbose_name": "改造方案",
                "verbose_name_plural": "改造方案",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("owner_ratio__isnull", True),
                            models.Q(("owner_ratio__gt", 0), ("owner_ratio__lte", 100)),
                            _connector="OR",
                        ),
                        name="scheme_ratio_within_100",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SchemeItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="projects.scheme"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "catalogue_key",
                    models.CharField(blank=True, help_text="empty: outside the catalogue", max_length=200),
                ),
                ("name", models.CharField(max_length=80, verbose_name="项目")),
                ("item_class", models.CharField(blank=True, max_length=40, verbose_name="类别")),
                ("group", models.CharField(blank=True, max_length=80, verbose_name="分组")),
                ("clause", models.CharField(blank=True, max_length=40, verbose_name="条款")),
                ("five", models.CharField(blank=True, help_text="water, power, road, gas, elevator", max_length=10)),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.community",
                        verbose_name="小区",
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.building",
                        verbose_name="楼栋",
                    ),
                ),
                (
                    "quantity",
                    models.BigIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000000),
                        ],
                        verbose_name="数量（千分之一）",
                    ),
                ),
                ("unit", models.CharField(max_length=12, verbose_name="单位")),
                ("unit_price", offices.fields.MoneyField(verbose_name="单价（元）")),
                ("amount", offices.fields.MoneyField(verbose_name="金额（元）")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="目录外的理由")),
                ("means", models.CharField(blank=True, max_length=10, verbose_name="方式")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "facility",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("water", "供水"),
                            ("power", "供电"),
                            ("gas", "供气"),
                            ("telecom", "通信"),
                            ("heating", "供热"),
                            ("cable_tv", "有线电视"),
                            ("other", "其他专营设施"),
                        ],
                        max_length=12,
                        verbose_name="专营设施",
                    ),
                ),
                (
                    "facility_owner",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("utility", "专营单位"),
                            ("owners", "全体业主"),
                            ("unit", "原产权单位"),
                            ("government", "政府"),
                        ],
                        max_length=12,
                        verbose_name="产权人",
                    ),
                ),
                (
                    "renewed_by",
                    models.CharField(
                        blank=True,
                        choices=[("utility", "专营单位"), ("implementing", "项目实施单位")],
                        max_length=12,
                        verbose_name="改造单位",
                    ),
                ),
                (
                    "kept_by",
                    models.CharField(
                        blank=True,
                        choices=[("utility", "移交专营单位"), ("owners", "业主（物业）"), ("government", "政府部门")],
                        max_length=12,
                        verbose_name="改造后由谁接管",
                    ),
                ),
                ("in_step", models.BooleanField(default=True, verbose_name="同步设计、同步实施")),
            ],
            options={
                "ordering": ("position", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quantity__gt", 0),
                            ("quantity__lte", 1000000000),
                            ("unit_price__gte", 0),
                            ("unit_price__lte", Decimal("10000000.00")),
                        ),
                        name="scheme_item_figures_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.LessThanOrEqual(
                                models.ExpressionWrapper(
                                    django.db.models.expressions.CombinedExpression(
                                        models.Value(2000), "*", models.F("amount")
                                    ),
                                    output_field=models.BigIntegerField(),
                                ),
                                models.ExpressionWrapper(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.Value(2), "*", models.F("quantity")
                                            ),
                                            "*",
                                            models.F("unit_price"),
                                        ),
                                        "+",
                                        models.Value(1000),
                                    ),
                                    output_field=models.BigIntegerField(),
                                ),
                            ),
                            django.db.models.lookups.GreaterThan(
                                models.ExpressionWrapper(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(2000), "*", models.F("amount")
                                        ),
                                        "+",
                                        models.Value(2000),
                                    ),
                                    output_field=models.BigIntegerField(),
                                ),
                                models.ExpressionWrapper(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.Value(2), "*", models.F("quantity")
                                            ),
                                            "*",
                                            models.F("unit_price"),
                                        ),
                                        "+",
                                        models.Value(1000),
                                    ),
                                    output_field=models.BigIntegerField(),
                                ),
                            ),
                        ),
                        name="scheme_item_amount_exact",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("facility", ""),
                            models.Q(
                                models.Q(("facility", ""), _negated=True),
                                models.Q(("facility_owner", ""), _negated=True),
                                models.Q(("renewed_by", ""), _negated=True),
                                models.Q(("kept_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="scheme_facility_says_all",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SchemePayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="projects.schemeitem"
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
                        verbose_name="出资渠道",
                    ),
                ),
                ("amount", offices.fields.MoneyField(verbose_name="金额（元）")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("item", "kind"), name="payer_once_per_item"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payer_pays_something"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SchemeReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="projects.scheme"
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.schemeitem",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="没有列入的理由")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("by_leader", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scheme", "key"), name="one_reply_per_need")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SchemeFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="projects.scheme"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("drawing", "图纸"), ("paper", "文本")], max_length=10, verbose_name="种类"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="FigureSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.division"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="计划年度")),
                ("day", models.DateField(verbose_name="日期")),
                ("at", models.DateTimeField(verbose_name="时刻")),
                ("figures", models.JSONField(help_text="counts as numbers, yuan as text", verbose_name="数字")),
            ],
            options={
                "verbose_name": "每日留存",
                "verbose_name_plural": "每日留存",
                "ordering": ("division_id", "year", "day"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "year", "day"), name="figures_once_a_day"),
                    models.CheckConstraint(condition=models.Q(("year__gte", 2000)), name="figures_of_a_plan_year"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SpecialPlanPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.community"
                    ),
                ),
            ],
            options={
                "constraints": [],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SpecialPlan",
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
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="规划期起")),
                ("last_year", models.PositiveSmallIntegerField(verbose_name="规划期止")),
                (
                    "communities",
                    models.ManyToManyField(
                        related_name="+", through="projects.SpecialPlanPlace", to="communities.community"
                    ),
                ),
            ],
            options={
                "verbose_name": "专项规划",
                "verbose_name_plural": "专项规划",
                "ordering": ("-first_year", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "title"), name="special_plan_title_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_year__gte", models.F("first_year"))),
                        name="special_plan_years_in_order",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SpecialPlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="projects.specialplan"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("document_number", models.CharField(max_length=60, verbose_name="文号")),
                ("issued_on", models.DateField(verbose_name="印发日期")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.storedfile"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="修订说明")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("number",),
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="special_plan_version_once")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SpecialPlanEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="projects.specialplanversion",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.community"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "community"), name="community_once_per_special_version")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="WorkSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="内容")),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.building",
                        verbose_name="楼栋",
                    ),
                ),
                ("planned_start", models.DateField(verbose_name="计划开始")),
                ("planned_end", models.DateField(verbose_name="计划完成")),
                ("actual_start", models.DateField(blank=True, null=True, verbose_name="实际开始")),
                ("actual_end", models.DateField(blank=True, null=True, verbose_name="实际完成")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="延误原因")),
            ],
            options={
                "ordering": ("planned_start", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("planned_end__gte", models.F("planned_start"))),
                        name="span_planned_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("actual_end__isnull", True),
                            models.Q(("actual_end__gte", models.F("actual_start")), ("actual_start__isnull", False)),
                            _connector="OR",
                        ),
                        name="span_actual_in_order",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="MonthReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("month", models.DateField(help_text="the first of the month", verbose_name="月份")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="形象进度（%）")),
                ("money", offices.fields.MoneyField(verbose_name="累计完成投资（元）")),
                ("done", models.TextField(max_length=2000, verbose_name="本月完成情况")),
                ("safety", models.TextField(blank=True, max_length=1000, verbose_name="安全情况")),
                ("quality", models.TextField(blank=True, max_length=1000, verbose_name="质量情况")),
                ("delay", models.CharField(blank=True, max_length=300, verbose_name="延误原因")),
                ("current", models.BooleanField(default=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-month", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)), fields=("project", "month"), name="report_once_a_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("money__gte", 0), ("percent__lte", 100)), name="report_figures_in_range"
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="report_month_is_its_first"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ReportPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="projects.monthreport"
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.community"
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(verbose_name="形象进度（%）")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("report", "community"), name="a_community_once_in_a_report"),
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 100)), name="report_place_within_a_hundred"
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="WorkPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.community",
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.storedfile"
                    ),
                ),
                (
                    "moment",
                    models.CharField(
                        choices=[("before", "施工前"), ("during", "施工中"), ("after", "完工后")],
                        max_length=8,
                        verbose_name="时点",
                    ),
                ),
                ("caption", models.CharField(max_length=120, verbose_name="说明")),
                ("public", models.BooleanField(default=False, verbose_name="公开")),
                ("withdrawn_at", models.DateTimeField(help_text="taken back as wrong: kept, shown nowhere", null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("month", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True), ("public", False), _connector="OR"),
                        name="withdrawn_photo_is_not_public",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ResidentSupervisor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                ("since", models.DateField(verbose_name="起")),
                (
                    "until",
                    models.DateField(help_text="last day; empty while he supervises", null=True, verbose_name="止"),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="supervisor_ends_after_he_began",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SupervisionVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号、编号")),
                ("day", models.DateField(verbose_name="日期")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="扫描件",
                    ),
                ),
                ("current", models.BooleanField(default=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("entered_at", models.DateTimeField()),
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
                    "supervisor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.residentsupervisor"
                    ),
                ),
                ("found", models.TextField(max_length=1000, verbose_name="发现的情况")),
                ("answer", models.TextField(blank=True, max_length=1000, verbose_name="处理情况")),
            ],
            options={
                "ordering": ("day", "pk"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="supervisionvisit_checked_by_another",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="projects.project"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("after", models.BooleanField(default=False, verbose_name="完工后的评估")),
                ("problem", models.CharField(max_length=500, verbose_name="问题")),
                ("cause", models.CharField(max_length=500, verbose_name="原因")),
                ("solution", models.CharField(max_length=500, verbose_name="解决办法")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("day", "pk"),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.AddField(
            model_name="projectcommunity",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="projects.project"
            ),
        ),
        migrations.AddConstraint(
            model_name="projectcommunity",
            constraint=models.UniqueConstraint(fields=("project", "community"), name="community_once_per_project"),
        ),
        migrations.AddField(
            model_name="schemeversion",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="projects.scheme"
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.UniqueConstraint(fields=("scheme", "number"), name="scheme_version_once"),
        ),
        migrations.AddField(
            model_name="specialplanplace",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="places", to="projects.specialplan"
            ),
        ),
        migrations.AddConstraint(
            model_name="specialplanplace",
            constraint=models.UniqueConstraint(fields=("plan", "community"), name="community_once_per_special_plan"),
        ),
    ]
