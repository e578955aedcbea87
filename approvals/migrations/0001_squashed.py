import django.db.models.deletion
import django.db.models.expressions
import offices.constraints
import offices.fields
import uuid
from django.conf import settings
from django.db import migrations, models

from offices.migrating import NewTables


class Migration(NewTables):
    replaces = [("approvals", "0001_initial"), ("approvals", "0002_proxies_on_paper"), ("approvals", "0003_deciders")]

    initial = True

    dependencies = [
        ("communities", "0001_initial"),
        ("offices", "0002_sms_subjects"),
    ]

    operations = [
        migrations.CreateModel(
            name="Vote",
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
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.community",
                        verbose_name="小区",
                    ),
                ),
                (
                    "subject_type",
                    models.CharField(blank=True, help_text="project that the decision is for", max_length=40),
                ),
                ("subject_uid", models.UUIDField(blank=True, null=True)),
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
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单元")),
                (
                    "matter",
                    models.CharField(
                        choices=[
                            ("scheme", "改造方案"),
                            ("property_service", "选聘物业服务企业"),
                            ("raise_maintenance_fund", "筹集（补建、续筹）维修资金"),
                            ("use_maintenance_fund", "使用维修资金"),
                            ("common_revenue", "让渡小区公共收益"),
                            ("operate_common_parts", "利用共有部分从事经营活动"),
                        ],
                        max_length=30,
                        verbose_name="表决事项",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                (
                    "text",
                    models.TextField(
                        help_text="what is put to the owners, word for word", max_length=8000, verbose_name="表决内容"
                    ),
                ),
                ("opens_at", models.DateTimeField(verbose_name="开始时间")),
                ("closes_at", models.DateTimeField(verbose_name="截止时间")),
                ("may_change", models.BooleanField(default=False, verbose_name="截止前可以改票")),
                ("paper_wins", models.BooleanField(default=False, verbose_name="纸质票与网上票并存时以纸质票为准")),
                ("proxy_limit", models.PositiveSmallIntegerField(default=3, verbose_name="一人最多代理几名业主")),
                ("objection_days", models.PositiveSmallIntegerField(default=5, verbose_name="结果公示天数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("announced", "已公告"),
                            ("closed", "已截止"),
                            ("counted", "结果公示中"),
                            ("confirmed", "已确认"),
                            ("cancelled", "已取消"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("rulebook", models.SlugField(blank=True, max_length=40, verbose_name="规则库")),
                (
                    "revision",
                    models.TextField(
                        blank=True, help_text="pinned when the vote is announced", verbose_name="规则版本"
                    ),
                ),
                (
                    "thresholds",
                    models.JSONField(
                        default=list,
                        help_text="the four thresholds with their clauses, as announced",
                        verbose_name="门槛",
                    ),
                ),
                ("roll_hash", models.CharField(blank=True, max_length=64, verbose_name="名册校验值")),
                ("roll_area", offices.fields.AreaField(null=True, verbose_name="名册总面积（㎡）")),
                ("roll_heads", models.PositiveIntegerField(null=True, verbose_name="名册总人数")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="起草人",
                    ),
                ),
                (
                    "announced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("announced_at", models.DateTimeField(null=True, verbose_name="公告时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="截止登记时间")),
                ("objections_until", models.DateField(null=True, verbose_name="异议截止")),
                ("cancelled_reason", models.CharField(blank=True, max_length=300, verbose_name="取消原因")),
            ],
            options={
                "verbose_name": "业主表决",
                "verbose_name_plural": "业主表决",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=["subject_uid", "state"], name="vote_of_subject"),
                    models.Index(fields=["community", "state"], name="vote_of_community"),
                    models.Index(
                        condition=models.Q(("state", "announced")), fields=["closes_at"], name="vote_to_close"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="vote_closes_after_it_opens"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "cancelled")),
                            models.Q(
                                ("announced_at__isnull", False),
                                ("roll_area__gt", 0),
                                ("roll_heads__gt", 0),
                                models.Q(("roll_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="announced_vote_has_its_roll",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RollVoter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="voters", to="approvals.vote"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "key",
                    models.CharField(help_text="the voter of the register (communities.queries.voters)", max_length=64),
                ),
                (
                    "pseudonym",
                    models.CharField(help_text="random; stands for the voter in the evidence", max_length=32),
                ),
                ("kind", models.CharField(max_length=14)),
                ("persons", models.JSONField(default=list)),
                ("area", offices.fields.AreaField(verbose_name="专有部分面积（㎡）")),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("vote", "number"), name="voter_number_once"),
                    models.UniqueConstraint(fields=("vote", "key"), name="voter_once"),
                    models.UniqueConstraint(fields=("vote", "pseudonym"), name="pseudonym_once"),
                    models.UniqueConstraint(fields=("vote", "id"), name="voter_of_vote"),
                    models.UniqueConstraint(fields=("vote", "id", "area"), name="voter_with_area"),
                    models.CheckConstraint(condition=models.Q(("area__gt", 0)), name="voter_area_positive"),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="RollHome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.vote"
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="homes", to="approvals.rollvoter"
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.home"
                    ),
                ),
                ("building", models.CharField(max_length=60, verbose_name="楼栋")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单元")),
                ("room", models.CharField(max_length=20, verbose_name="房号")),
                ("floor", models.SmallIntegerField(null=True, verbose_name="楼层")),
                ("area", offices.fields.AreaField(verbose_name="面积（㎡）")),
                ("area_source", models.CharField(max_length=10, verbose_name="面积来源")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("vote", "home"), name="home_once_per_vote"),
                    models.CheckConstraint(condition=models.Q(("area__gt", 0)), name="roll_home_area_positive"),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter"),
                        name="home_of_voter_of_vote",
                        to="approvals_rollvoter",
                        to_columns=("vote_id", "id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VoteResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "vote",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="result", to="approvals.vote"
                    ),
                ),
                ("participating_area", offices.fields.AreaField()),
                ("participating_heads", models.PositiveIntegerField()),
                ("agreeing_area", offices.fields.AreaField()),
                ("agreeing_heads", models.PositiveIntegerField()),
                ("opposing_area", offices.fields.AreaField()),
                ("opposing_heads", models.PositiveIntegerField()),
                ("papers_issued", models.PositiveIntegerField(default=0)),
                (
                    "papers_voided",
                    models.PositiveIntegerField(
                        default=0, help_text="issued, replaced by another letter, never come back"
                    ),
                ),
                ("papers_returned", models.PositiveIntegerField(default=0)),
                ("papers_valid", models.PositiveIntegerField(default=0)),
                ("passed", models.BooleanField(null=True, verbose_name="通过")),
                ("rule_id", models.CharField(blank=True, max_length=20)),
                ("reasons", models.JSONField(default=list)),
                ("ballots_hash", models.CharField(help_text="over all ballots, counting or not", max_length=64)),
                (
                    "evidence_root",
                    models.CharField(blank=True, help_text="over everything that the evidence holds", max_length=64),
                ),
                (
                    "counted_body",
                    models.CharField(
                        blank=True, help_text="its name when it counted", max_length=120, verbose_name="计票机构"
                    ),
                ),
                (
                    "counted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "papers_issued__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("papers_returned"), "+", models.F("papers_voided")
                                ),
                            ),
                            ("papers_returned__gte", models.F("papers_valid")),
                        ),
                        name="result_papers_balance",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VoteConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "vote",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="confirmation", to="approvals.vote"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Proxy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proxies", to="approvals.vote"
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proxies", to="approvals.rollvoter"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="代理人姓名")),
                ("id_number", models.CharField(blank=True, max_length=40, verbose_name="代理人证件号码")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="代理人电话")),
                (
                    "agent_key",
                    models.CharField(help_text="salted hash of who the agent is: what the limit counts", max_length=64),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="授权委托书",
                    ),
                ),
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
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("vote", "voter"),
                        name="one_proxy_per_voter",
                    ),
                    models.UniqueConstraint(fields=("vote", "voter", "id"), name="proxy_of_voter"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="proxy_checked_by_another",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter"),
                        name="proxy_of_voter_of_vote",
                        to="approvals_rollvoter",
                        to_columns=("vote_id", "id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="approvals.vote"
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="approvals.rollvoter"
                    ),
                ),
                ("serial", models.CharField(max_length=24, unique=True, verbose_name="编号")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("vote", "voter"),
                        name="one_letter_in_force",
                    ),
                    models.UniqueConstraint(fields=("vote", "voter", "id"), name="letter_of_voter"),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter"),
                        name="letter_of_voter_of_vote",
                        to="approvals_rollvoter",
                        to_columns=("vote_id", "id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PaperBallot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="approvals.vote"
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="approvals.rollvoter"
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="approvals.letter"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.storedfile",
                        verbose_name="扫描件",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "待录入"),
                            ("entered", "待第二人录入"),
                            ("mismatch", "两次录入不一致"),
                            ("valid", "有效"),
                            ("invalid", "无效"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("letter",), name="paper_returned_once"),
                    models.UniqueConstraint(fields=("vote", "voter", "id"), name="paper_of_voter"),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter", "letter"),
                        name="paper_on_letter_of_voter",
                        to="approvals_letter",
                        to_columns=("vote_id", "voter_id", "id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PaperEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="approvals.paperballot"
                    ),
                ),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[("agree", "同意"), ("oppose", "反对"), ("abstain", "弃权")],
                        help_text="empty: invalid",
                        max_length=10,
                    ),
                ),
                ("invalid_reason", models.CharField(blank=True, max_length=200, verbose_name="无效原因")),
                (
                    "proxy",
                    models.ForeignKey(
                        help_text="who signed for the owner; empty: himself",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.proxy",
                    ),
                ),
                ("deciding", models.BooleanField(default=False, help_text="the third one's, over a mismatch")),
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
                    models.UniqueConstraint(fields=("paper", "by"), name="one_entry_a_person"),
                    models.UniqueConstraint(
                        condition=models.Q(("deciding", True)), fields=("paper",), name="one_deciding_entry"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("choice", ""), ("invalid_reason", ""), _connector="XOR"),
                        name="entry_has_a_choice_or_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proxy__isnull", True), models.Q(("choice", ""), _negated=True), _connector="OR"
                        ),
                        name="proxy_of_a_readable_paper",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="approvals.vote"
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="approvals.rollvoter"
                    ),
                ),
                ("area", offices.fields.AreaField(verbose_name="面积（㎡）")),
                (
                    "choice",
                    models.CharField(
                        choices=[("agree", "同意"), ("oppose", "反对"), ("abstain", "弃权")],
                        max_length=10,
                        verbose_name="选择",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("online", "网上"), ("paper", "纸质"), ("onsite", "上门")],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                ("receipt", models.CharField(max_length=24, unique=True, verbose_name="回执号")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                ("entered_at", models.DateTimeField(verbose_name="写入时间")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="staff; none online",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proxy",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.proxy"
                    ),
                ),
                (
                    "paper",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ballot",
                        to="approvals.paperballot",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="approvals.ballot",
                    ),
                ),
                (
                    "sent_key",
                    models.CharField(
                        help_text="key of what a phone sent: the same twice is one ballot", max_length=64, null=True
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("vote", "voter", "id"), name="ballot_of_voter"),
                    models.UniqueConstraint(fields=("vote", "sent_key"), name="ballot_sent_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "paper"), ("paper__isnull", False)),
                            models.Q(models.Q(("channel", "paper"), _negated=True), ("paper__isnull", True)),
                            _connector="OR",
                        ),
                        name="paper_ballot_has_its_paper",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel", "online"), ("by__isnull", False), _connector="OR"),
                        name="entered_ballot_names_who_entered",
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter", "area"),
                        name="ballot_has_area_of_voter",
                        to="approvals_rollvoter",
                        to_columns=("vote_id", "id", "area"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter", "paper"),
                        name="ballot_on_paper_of_voter",
                        to="approvals_paperballot",
                        to_columns=("vote_id", "voter_id", "id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter", "supersedes"),
                        name="ballot_supersedes_own",
                        to="approvals_ballot",
                        to_columns=("vote_id", "voter_id", "id"),
                    ),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter", "proxy"),
                        name="ballot_by_proxy_of_voter",
                        to="approvals_proxy",
                        to_columns=("vote_id", "voter_id", "id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Counting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counting", to="approvals.vote"
                    ),
                ),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.rollvoter"
                    ),
                ),
                (
                    "ballot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counting", to="approvals.ballot"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("vote", "voter"), name="one_counting_ballot_per_voter"),
                    offices.constraints.CompositeForeignKey(
                        fields=("vote", "voter", "ballot"),
                        name="counting_ballot_of_voter",
                        to="approvals_ballot",
                        to_columns=("vote_id", "voter_id", "id"),
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Case",
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
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("rulebook", models.SlugField(max_length=40)),
                (
                    "revision",
                    models.TextField(help_text="revisions of the rulebook layers that the route was read from"),
                ),
                (
                    "rule_id",
                    models.CharField(
                        blank=True,
                        help_text="empty: platform default, the document says nothing",
                        max_length=8,
                        verbose_name="依据规则",
                    ),
                ),
                ("route", models.JSONField(help_text="stages as executed: name, act, bodies (uids), needs")),
                ("content", models.JSONField(help_text="what was submitted, frozen")),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "审批中"),
                            ("returned", "已退回修改"),
                            ("refused", "不予通过"),
                            ("passed", "已通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="轮次")),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "submitted_body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                ("submitted_at", models.DateTimeField(verbose_name="提交时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
            ],
            options={
                "verbose_name": "审批件",
                "verbose_name_plural": "审批件",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("open", "returned"))),
                        fields=("subject_type", "subject_uid"),
                        name="one_live_case_per_subject",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CaseRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="approvals.case"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="轮次")),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
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
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="round_once_per_case")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CaseStage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stages", to="approvals.case"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60, verbose_name="环节")),
                ("act", models.CharField(max_length=12)),
                ("needs", models.CharField(max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "未到"),
                            ("open", "办理中"),
                            ("passed", "通过"),
                            ("returned", "退回"),
                            ("refused", "不予通过"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("round", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("case", "round", "number"), name="stage_once_per_round")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="CaseAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="asks", to="approvals.case"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="asks", to="approvals.casestage"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("urged_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True), ("asked_at__isnull", False)),
                        fields=["body", "asked_at"],
                        name="ask_waiting",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("stage", "body"), name="body_asked_once_per_stage")],
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="approvals.case"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="approvals.casestage"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[("pass", "通过"), ("return", "退回修改"), ("refuse", "不予通过")], max_length=6
                    ),
                ),
                ("reasons", models.TextField(blank=True, verbose_name="意见")),
                (
                    "conditions",
                    models.TextField(blank=True, help_text="under which the body passes it", verbose_name="附带条件"),
                ),
                ("fields", models.JSONField(blank=True, default=list, verbose_name="需修改的字段")),
                ("content_hash", models.CharField(help_text="of the content that was seen", max_length=64)),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "for_user",
                    models.ForeignKey(
                        help_text="in whose place ``by`` decided",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="委托人",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict", "pass"), ("conditions", ""), _connector="OR"),
                        name="only_a_pass_has_conditions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by", models.F("for_user")), _negated=True),
                        name="nobody_stands_for_himself",
                    ),
                    models.UniqueConstraint(
                        fields=("case", "stage", "body", "round"), name="one_opinion_per_body_and_round"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "pass"), models.Q(("reasons", ""), _negated=True), _connector="OR"
                        ),
                        name="return_and_refusal_give_reasons",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("letter", "信函"), ("sms", "短信")], max_length=6)),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_uid", models.UUIDField()),
                (
                    "holder",
                    models.CharField(help_text="who it identifies, by a key of the subject's own", max_length=64),
                ),
                ("digest", models.CharField(help_text="HMAC-SHA256 under the platform's key", max_length=64)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["subject_uid", "kind", "holder"], name="code_of_holder")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "letter")),
                        fields=("subject_uid", "digest"),
                        name="letter_code_once_per_subject",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "letter"), ("revoked_at__isnull", True)),
                        fields=("subject_uid", "holder"),
                        name="one_letter_code_in_force",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseHandover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ask",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="approvals.caseask"
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="转办说明")),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="handover_gives_its_reason"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="OpinionPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "opinion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="approvals.opinion"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [models.UniqueConstraint(fields=("opinion", "file"), name="paper_once_per_opinion")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="委托人",
                    ),
                ),
                (
                    "delegate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="受托人",
                    ),
                ),
                ("since", models.DateField(verbose_name="自")),
                ("until", models.DateField(verbose_name="至")),
                ("reason", models.CharField(max_length=300, verbose_name="事由")),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "委托",
                "verbose_name_plural": "委托",
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=["delegate", "until"],
                        name="delegation_in_force",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("principal", models.F("delegate")), _negated=True),
                        name="nobody_delegates_to_himself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))), name="delegation_ends_after_it_begins"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="delegation_gives_its_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
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
                        choices=[("scheme", "改造方案公示"), ("generic", "其他公示")],
                        default="scheme",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("subject_type", models.CharField(blank=True, max_length=40)),
                ("subject_uid", models.UUIDField(null=True)),
                ("counts_for", models.UUIDField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.body",
                        verbose_name="公示单位",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("text", models.TextField(max_length=8000, verbose_name="正文")),
                ("content", models.JSONField(default=list, verbose_name="公示内容")),
                (
                    "places",
                    models.JSONField(
                        default=list, help_text="uids of the communities in which it is posted", verbose_name="小区"
                    ),
                ),
                (
                    "files",
                    models.JSONField(
                        default=list, help_text="[{uid, name, sha256}] that everybody may download", verbose_name="附件"
                    ),
                ),
                ("own_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="公示天数")),
                (
                    "own_counted_in",
                    models.CharField(
                        blank=True,
                        choices=[("working_days", "工作日"), ("calendar_days", "自然日")],
                        max_length=14,
                        verbose_name="计算方法",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("posted", "公示中"),
                            ("closed", "已结束"),
                            ("withdrawn", "已撤回"),
                            ("void", "已作废"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("posted_on", models.DateField(null=True, verbose_name="张贴日期")),
                ("posted_at", models.DateTimeField(null=True)),
                (
                    "posted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发布人",
                    ),
                ),
                ("last_day", models.DateField(null=True, verbose_name="公示截止日期")),
                ("counted_in", models.CharField(blank=True, help_text="how its last day was counted", max_length=14)),
                ("estimated", models.BooleanField(default=False, verbose_name="按推算的工作日历")),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("confirmed", models.BooleanField(default=False, verbose_name="负责人确认")),
                ("ended_at", models.DateTimeField(help_text="withdrawn or voided", null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=300, verbose_name="撤回或作废的原因")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "copied_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="approvals.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "公示",
                "verbose_name_plural": "公示",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=["counts_for", "id"], name="notice_of_subject"),
                    models.Index(condition=models.Q(("state", "posted")), fields=["last_day"], name="notice_running"),
                    models.Index(fields=["county", "id"], name="notice_of_county"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("draft", "withdrawn")),
                            models.Q(
                                ("last_day__isnull", False),
                                ("posted_by__isnull", False),
                                ("posted_on__isnull", False),
                                models.Q(("content_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="posted_notice_has_its_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("posted_on")), _connector="OR"
                        ),
                        name="notice_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="closed_notice_says_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("withdrawn", "void")), _negated=True),
                            models.Q(("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="ended_notice_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("own_counted_in", ""), ("own_days__isnull", True)),
                            models.Q(("own_days__gt", 0), models.Q(("own_counted_in", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="own_length_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeCommunity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="approvals.notice"
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
                    models.UniqueConstraint(fields=("notice", "community"), name="community_once_per_notice")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="NoticeCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="approvals.notice"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("last_day", models.DateField()),
                ("computed", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                ("counted_in", models.CharField(max_length=14)),
                ("rule_id", models.CharField(blank=True, max_length=8)),
                ("notes", models.JSONField(default=list, help_text="[{day, counts, why}]")),
                ("estimated", models.BooleanField()),
                ("on", models.DateField()),
            ],
            options={
                "ordering": ("number",),
                "constraints": [models.UniqueConstraint(fields=("notice", "number"), name="notice_count_in_order")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Remark",
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
                    "number",
                    models.CharField(
                        help_text="unguessable: the resident's key to it",
                        max_length=20,
                        unique=True,
                        verbose_name="编号",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="approvals.notice",
                    ),
                ),
                ("subject_type", models.CharField(blank=True, max_length=40)),
                ("subject_uid", models.UUIDField(null=True)),
                (
                    "community",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.community",
                        verbose_name="小区",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("opinion", "意见建议"), ("objection", "异议")], max_length=10, verbose_name="性质"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("portal", "网上"),
                            ("notice", "方案公示（书面）"),
                            ("self_governance_meeting", "小区自治组织会议"),
                            ("owners_representatives_meeting", "业主代表会议"),
                            ("phone", "电话"),
                            ("letter", "来信"),
                            ("visit", "来访"),
                        ],
                        max_length=32,
                        verbose_name="渠道",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="内容")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("received_at", models.DateTimeField()),
                ("late", models.BooleanField(default=False, verbose_name="公示期满后收到")),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待答复"), ("settled", "已答复"), ("withdrawn", "本人已撤回")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopen_text", models.CharField(blank=True, max_length=500, verbose_name="不同意答复的理由")),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "意见和异议",
                "verbose_name_plural": "意见和异议",
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=["notice", "kind", "state"], name="remark_of_notice"),
                    models.Index(fields=["subject_uid", "id"], name="remark_of_subject"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("notice__isnull", False), ("subject_uid__isnull", False), _connector="OR"),
                        name="remark_is_about_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "portal"), ("entered_by__isnull", True)),
                            models.Q(models.Q(("channel", "portal"), _negated=True), ("entered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="remark_was_sent_or_entered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemarkPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "remark",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="person", to="approvals.remark"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="姓名")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="电话")),
                ("home", models.CharField(blank=True, max_length=60, verbose_name="楼栋房号")),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RemarkReveal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "remark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reveals", to="approvals.remark"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RemarkAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "remark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="approvals.remark"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("adopted", "采纳"),
                            ("partly", "部分采纳"),
                            ("not_adopted", "未采纳"),
                            ("explained", "解释说明"),
                        ],
                        max_length=12,
                        verbose_name="处理结果",
                    ),
                ),
                ("summary", models.CharField(max_length=200, verbose_name="公开的意见摘要")),
                ("text", models.TextField(max_length=2000, verbose_name="答复")),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.body"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("round",),
                "constraints": [models.UniqueConstraint(fields=("remark", "round"), name="one_answer_per_round")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Paper",
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
                ("evidence", models.CharField(max_length=40, verbose_name="证明事项")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("figures", models.JSONField(default=dict, verbose_name="数据")),
                ("day", models.DateField(verbose_name="日期")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
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
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="录入时间")),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="approvals.paper",
                    ),
                ),
            ],
            options={
                "verbose_name": "书面材料",
                "verbose_name_plural": "书面材料",
                "indexes": [models.Index(fields=["subject_type", "subject_uid", "evidence"], name="paper_of_subject")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_by__isnull", True),
                            models.Q(("checked_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="paper_checked_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="paper_check_has_person_and_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("subject_type", "subject_uid", "evidence"),
                        name="one_first_paper_per_evidence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GateException",
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
                ("rule_id", models.CharField(max_length=8)),
                ("step", models.CharField(max_length=12)),
                ("evidence", models.CharField(max_length=40)),
                ("strength", models.CharField(max_length=16)),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="例外文件文号")),
                ("issuer", models.CharField(blank=True, max_length=80, verbose_name="发文机关")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发文日期")),
                ("reason", models.TextField(verbose_name="理由")),
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
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("subject_type", "subject_uid", "rule_id", "step", "evidence"),
                        name="one_open_exception_per_gate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("strength", "must"), _negated=True),
                            models.Q(models.Q(("document_number", ""), _negated=True), ("issued_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="must_is_opened_by_a_document",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Survey",
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
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="communities.community",
                        verbose_name="小区",
                    ),
                ),
                ("subject_type", models.CharField(default="community", max_length=40)),
                ("subject_uid", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("plan_consent", "纳入计划意见征求"),
                            ("willingness", "居民意愿调查"),
                            ("satisfaction", "居民满意度调查"),
                        ],
                        max_length=14,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "asks",
                    models.CharField(
                        choices=[
                            ("residents", "居民（业主、租户都可以答，一户一份）"),
                            ("owners", "业主（一户一份，租户不答）"),
                        ],
                        default="residents",
                        max_length=10,
                        verbose_name="调查对象",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="offices.body",
                        verbose_name="组织单位",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("open", "进行中"),
                            ("closed", "已截止，待确认"),
                            ("confirmed", "已确认"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("until", models.DateField(help_text="当日仍可答卷", verbose_name="截止日期")),
                ("intro", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                (
                    "items",
                    models.JSONField(
                        default=list,
                        help_text="keys of catalogue items offered while it is a draft",
                        verbose_name="可选的改造内容",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("opened_on", models.DateField(null=True, verbose_name="开始日期")),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="截止时间")),
            ],
            options={
                "verbose_name": "居民调查",
                "verbose_name_plural": "居民调查",
                "ordering": ("pk",),
                "indexes": [
                    models.Index(fields=["subject_uid", "kind"], name="survey_of_subject"),
                    models.Index(fields=["community", "kind"], name="survey_of_community"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "open", "closed"))),
                        fields=("community", "subject_uid", "kind"),
                        name="one_live_survey_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opened_on__isnull", True), ("state", "draft")),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                ("opened_by__isnull", False),
                                ("opened_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="survey_opened_has_day_and_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("state__in", ("draft", "open"))),
                            models.Q(("closed_at__isnull", False), ("state__in", ("closed", "confirmed"))),
                            _connector="OR",
                        ),
                        name="survey_closed_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveySheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheet", to="approvals.survey"
                    ),
                ),
                ("questions", models.JSONField(help_text="asks, intro, choices, items [{key, label, class, five}]")),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "households",
                    models.PositiveIntegerField(help_text="of the register on the day of opening", null=True),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="approvals.surveysheet"
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.home"
                    ),
                ),
                (
                    "household",
                    models.CharField(
                        help_text="what an answer is counted by: home:<id>, or the door as text", max_length=80
                    ),
                ),
                ("building", models.CharField(max_length=60, verbose_name="楼栋")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="单元")),
                ("room", models.CharField(max_length=20, verbose_name="房号")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "业主"), ("tenant", "租户"), ("other", "其他（家属、代管人等）")],
                        max_length=8,
                        verbose_name="答卷人",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("online", "线上"), ("door", "入户"), ("paper", "纸质问卷")],
                        max_length=8,
                        verbose_name="渠道",
                    ),
                ),
                ("serial", models.CharField(blank=True, max_length=40, verbose_name="问卷编号")),
                ("choice", models.CharField(max_length=20, verbose_name="意见")),
                ("needs", models.JSONField(default=list, verbose_name="需求")),
                ("hazards", models.JSONField(default=list, verbose_name="隐患")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="其他意见")),
                ("receipt", models.CharField(max_length=20, unique=True, verbose_name="回执编号")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="who entered it; empty: online",
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
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "答卷",
                "verbose_name_plural": "答卷",
                "indexes": [models.Index(fields=["sheet", "household", "id"], name="answers_of_household")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("serial", ""), _negated=True),
                        fields=("sheet", "serial"),
                        name="one_answer_per_paper_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "paper"), models.Q(("serial", ""), _negated=True)),
                            models.Q(models.Q(("channel", "paper"), _negated=True), ("serial", "")),
                            _connector="OR",
                        ),
                        name="paper_answers_have_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", True), ("channel", "online")),
                            models.Q(models.Q(("channel", "online"), _negated=True), ("by__isnull", False)),
                            _connector="OR",
                        ),
                        name="answers_entered_by_staff_say_by_whom",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CountingAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counting", to="approvals.surveysheet"
                    ),
                ),
                ("household", models.CharField(max_length=80)),
                (
                    "answer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.surveyanswer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "household"), name="one_counting_answer_per_household")
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="GradeScale",
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
                ("a_from", models.PositiveSmallIntegerField(verbose_name="A级不低于（%）")),
                ("b_from", models.PositiveSmallIntegerField(verbose_name="B级不低于（%）")),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("a_from__gt", models.F("b_from")), ("a_from__lte", 100), ("b_from__gte", 1)
                        ),
                        name="grades_in_order",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SurveyResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "survey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="result", to="approvals.survey"
                    ),
                ),
                ("households", models.PositiveIntegerField()),
                ("answered", models.PositiveIntegerField()),
                ("choices", models.JSONField()),
                ("needs", models.JSONField(help_text="[[key, wanted]], most wanted first")),
                ("hazards", models.JSONField(help_text="[[kind, households]]")),
                ("warnings", models.JSONField(default=list)),
                ("grade", models.CharField(blank=True, max_length=1, verbose_name="分级")),
                ("grade_reason", models.CharField(blank=True, max_length=300, verbose_name="分级理由")),
                (
                    "scale",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.gradescale",
                    ),
                ),
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
                    models.CheckConstraint(
                        condition=models.Q(("answered__lte", models.F("households"))),
                        name="answers_never_exceed_households",
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="SurveyHazard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="taken", to="approvals.survey"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                (
                    "hazard",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="communities.hazard"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("survey", "kind"), name="hazard_taken_over_once")],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="VoteObjection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("updated_at", models.DateTimeField(db_index=True, verbose_name="更新时间")),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="approvals.vote"
                    ),
                ),
                (
                    "receipt",
                    models.CharField(
                        help_text="unguessable: the objector's key to it",
                        max_length=20,
                        unique=True,
                        verbose_name="编号",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="异议")),
                ("made_at", models.DateTimeField(verbose_name="提出时间")),
                ("answer", models.TextField(blank=True, max_length=2000, verbose_name="答复")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="答复时间")),
            ],
            options={
                "verbose_name": "结果异议",
                "verbose_name_plural": "结果异议",
                "ordering": ("pk",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True)), fields=["vote"], name="vote_objection_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="vote_objection_answered_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VoteObjectionPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "objection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="person", to="approvals.voteobjection"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                ("phone", models.CharField(max_length=40, verbose_name="电话")),
                ("home", models.CharField(blank=True, max_length=60, verbose_name="楼栋房号")),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
    ]
