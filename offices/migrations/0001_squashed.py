import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from offices.migrating import NewTables


class Migration(NewTables):
    replaces = [("offices", "0001_initial"), ("offices", "0002_sms_subjects")]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Division",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "code",
                    models.CharField(blank=True, max_length=12, null=True, unique=True, verbose_name="行政区划代码"),
                ),
                ("code_valid_from", models.DateField(blank=True, null=True, verbose_name="代码启用")),
                ("code_valid_until", models.DateField(blank=True, null=True, verbose_name="代码停用")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("short_name", models.CharField(blank=True, max_length=40, verbose_name="简称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("province", "省"),
                            ("city", "市"),
                            ("county", "县（市、区）"),
                            ("functional_zone", "新区、开发区"),
                            ("street", "街道、乡镇"),
                            ("neighbourhood", "社区"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="offices.division",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
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
                        blank=True,
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
                        blank=True,
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
                        blank=True,
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
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.division",
                    ),
                ),
                (
                    "rulebook",
                    models.SlugField(
                        blank=True, help_text="只在本级另有文件时填写", max_length=40, verbose_name="本级规则库"
                    ),
                ),
                (
                    "governed_by",
                    models.SlugField(
                        blank=True,
                        editable=False,
                        help_text="本级或最近上级的规则库",
                        max_length=40,
                        verbose_name="适用规则库",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政区划",
                "verbose_name_plural": "行政区划",
                "ordering": ("code", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("parent", "name"), name="division_name_once_below_parent"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code_valid_until__isnull", True),
                            ("code_valid_from__isnull", True),
                            ("code_valid_until__gte", models.F("code_valid_from")),
                            _connector="OR",
                        ),
                        name="division_code_dates_in_order",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Body",
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
                        related_name="bodies",
                        to="offices.division",
                        verbose_name="区划",
                    ),
                ),
                ("kind", models.SlugField(max_length=40, verbose_name="职能")),
                (
                    "also",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="例如住建局兼领导小组办公室、改造主管部门",
                        verbose_name="兼任职能",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="对外电话")),
                ("active", models.BooleanField(default=True, verbose_name="在用")),
            ],
            options={
                "verbose_name": "机构",
                "verbose_name_plural": "机构",
                "ordering": ("division_id", "kind", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "name"), name="body_name_once_per_division")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="姓名")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="电话")),
                ("must_change_password", models.BooleanField(default=False, verbose_name="下次登录须改密码")),
                (
                    "session_epoch",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="raised when roles change: every session ends"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "用户",
                "verbose_name_plural": "用户",
                "indexes": [],
                "constraints": [],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="offices.body",
                        verbose_name="机构",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clerk", "经办"),
                            ("approver", "审批"),
                            ("leader", "负责人"),
                            ("auditor", "审计"),
                            ("system_admin", "系统管理员"),
                            ("security_admin", "安全管理员"),
                            ("audit_admin", "审计管理员"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="在任")),
                ("since", models.DateField(verbose_name="起")),
                ("until", models.DateField(blank=True, null=True, verbose_name="止")),
            ],
            options={
                "verbose_name": "任职",
                "verbose_name_plural": "任职",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)),
                        fields=("user", "body", "role"),
                        name="one_active_role_per_user_and_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="membership_dates_in_order",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="用途")),
                ("prefix", models.CharField(max_length=12, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("scopes", models.JSONField(default=list, verbose_name="权限")),
                ("expires_at", models.DateTimeField(verbose_name="到期")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="作废")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="最近使用")),
            ],
            options={
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年份")),
                (
                    "status",
                    models.CharField(
                        choices=[("official", "国务院办公厅已公布"), ("estimated", "推算，待公布")],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("source", models.CharField(help_text="文号或推算所用的库", max_length=200, verbose_name="来源")),
                ("loaded_at", models.DateTimeField(verbose_name="载入时间")),
                (
                    "loaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                (
                    "year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="offices.calendaryear"
                    ),
                ),
                ("is_working", models.BooleanField(verbose_name="上班")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="名称")),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Duty",
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
                ("subject_type", models.CharField(max_length=40)),
                ("subject_uid", models.UUIDField()),
                ("subject_title", models.CharField(max_length=200, verbose_name="事项")),
                ("subject_link", models.CharField(blank=True, max_length=200)),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.body",
                        verbose_name="责任机构",
                    ),
                ),
                ("rule_id", models.CharField(max_length=8, verbose_name="规则")),
                ("rulebook", models.SlugField(max_length=40, verbose_name="规则库")),
                ("milestone", models.CharField(max_length=40, verbose_name="节点")),
                ("strength", models.CharField(max_length=16, verbose_name="强度")),
                ("plan_year", models.PositiveSmallIntegerField(verbose_name="计划年度")),
                ("due_on", models.DateField(verbose_name="到期日")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待办"), ("done", "已完成"), ("not_applicable", "不适用")],
                        default="open",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "未到期"),
                            ("coming", "即将到期"),
                            ("due", "今日到期"),
                            ("late", "滞后"),
                            ("breached", "逾期"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="标记",
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日")),
                (
                    "public",
                    models.BooleanField(
                        default=False,
                        editable=False,
                        help_text="its subject stands in an issued plan",
                        verbose_name="已公开",
                    ),
                ),
            ],
            options={
                "verbose_name": "时限",
                "verbose_name_plural": "时限",
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["due_on"], name="duty_open_by_day"),
                    models.Index(fields=["county", "due_on", "id"], name="duty_of_county"),
                    models.Index(fields=["subject_type", "subject_uid"], name="duty_of_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_type", "subject_uid", "rule_id", "milestone"),
                        name="one_duty_per_subject_and_milestone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_on__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="duty_done_has_its_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="offices.duty"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("coming_30", "30天内到期"),
                            ("coming_7", "7天内到期"),
                            ("coming_1", "明日到期"),
                            ("due", "今日到期"),
                            ("overdue", "已过期"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "occurrence",
                    models.DateField(help_text="the due day that the alert speaks of: a moved day may be told again"),
                ),
                ("created_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("told_at__isnull", True)), fields=["id"], name="alert_untold")
                ],
                "constraints": [models.UniqueConstraint(fields=("duty", "kind", "occurrence"), name="each_alert_once")],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.division"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("uploaded_at", models.DateTimeField()),
                (
                    "personal",
                    models.BooleanField(
                        default=False, help_text="holds owners' personal values: opened by its uploader alone"
                    ),
                ),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.division"
                    ),
                ),
                ("action", models.CharField(max_length=60, verbose_name="动作")),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_uid", models.UUIDField()),
                ("data", models.JSONField(default=dict)),
                ("sequence", models.BigIntegerField(null=True, unique=True)),
                ("previous", models.CharField(max_length=64, null=True, unique=True)),
                ("hash", models.CharField(max_length=64, null=True, unique=True)),
            ],
            options={
                "verbose_name": "历史",
                "verbose_name_plural": "历史",
                "indexes": [
                    models.Index(fields=["subject_type", "subject_uid", "-at"], name="history_of_subject"),
                    models.Index(
                        condition=models.Q(("sequence__isnull", True)), fields=["id"], name="history_unsealed"
                    ),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="HistoryReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="why", to="offices.historyentry"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="原因")),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="SmsMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=120, unique=True)),
                ("phone_hash", models.CharField(max_length=64)),
                ("masked", models.CharField(blank=True, help_text="the number as the staff may see it", max_length=20)),
                ("subject_type", models.CharField(blank=True, max_length=40)),
                ("subject_uid", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "attempted_at",
                    models.DateTimeField(help_text="claimed: never handed to the gateway again", null=True),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at__isnull", True)),
                        fields=["subject_uid", "phone_hash"],
                        name="sms_failed",
                    )
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "event",
                    models.CharField(help_text="key of the event: told once per recipient and channel", max_length=120),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="inbox", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("channel", models.CharField(choices=[("inbox", "站内"), ("email", "邮件")], max_length=10)),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("text", models.TextField(blank=True, verbose_name="内容")),
                ("link", models.CharField(blank=True, max_length=200)),
                ("subject_type", models.CharField(blank=True, max_length=40)),
                ("subject_uid", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "next_at",
                    models.DateTimeField(
                        help_text="not to be tried before; also the claim of the sender that tries it now", null=True
                    ),
                ),
                ("last_error", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("channel", "inbox")),
                        fields=["recipient", "-created_at"],
                        name="inbox_of_person",
                    ),
                    models.Index(
                        condition=models.Q(("channel", "email"), ("sent_at__isnull", True)),
                        fields=["id"],
                        name="email_outbox",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "recipient", "channel"), name="each_event_told_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RulebookRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.SlugField(max_length=40)),
                ("revision", models.CharField(max_length=64, unique=True)),
                ("content", models.JSONField()),
                (
                    "own",
                    models.BooleanField(
                        default=False, help_text="from DATA/rulebooks, not bundled", verbose_name="本地规则库"
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "规则库版本",
                "verbose_name_plural": "规则库版本",
                "indexes": [models.Index(fields=["place", "-seen_at"], name="rulebook_revision_of_place")],
                "constraints": [],
            },
        ),
    ]
