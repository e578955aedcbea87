"""What is wrong with the platform, in plain words, and what to do: for the administrator's page and for the metrics.

Every question is asked by itself and answered by itself: a part that is away never hides the others.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q

from offices import messages, pulse, triggers
from offices.models import Alert, Delivery, HistoryEntry, Job, Message, Webhook
from renovation.environment import client_url
from renovation.health import queue_answers

SWEEP, QUEUE = "offices.sweep", "celery"
SILENT = dt.timedelta(minutes=5)  # tasks of every minute: a worker that is there leaves a sign
SLOW = dt.timedelta(minutes=15)  # what should have gone out
DAY = dt.timedelta(days=1)
BACKUP = dt.timedelta(hours=26)  # daily, with two hours for a late one
APART = dt.timedelta(seconds=30)  # two clocks
FREE_SHARE, FREE_BYTES = 0.05, 1 << 30
MOST_QUEUED = 500
REFUSED_OFTEN = 3  # times in a quarter of an hour


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: what is seen, what it means for people, what to do."""

    key: str
    words: str
    means: str
    remedy: str
    urgent: bool = True


def troubles(at: dt.datetime) -> list[Trouble]:
    """Everything that is wrong now, urgent first."""
    found = [trouble for ask in ASKED for trouble in _asked(ask, at)]
    return sorted(found, key=lambda trouble: not trouble.urgent)


def _asked(ask: Callable[[dt.datetime], Iterator[Trouble]], at: dt.datetime) -> list[Trouble]:
    try:
        return list(ask(at))
    except DatabaseError as error:
        said = type(error).__name__
        return [
            Trouble(
                "database",
                f"数据库没有应答（{said}）",
                "页面打不开或不能保存。",
                "检查数据库服务和网络；恢复后无需重做。",
            )
        ]


def _redis(at: dt.datetime) -> Iterator[Trouble]:
    if not queue_answers():
        yield Trouble(
            "redis", "队列（Redis）没有应答", "页面、表决和拨付照常；邮件、推送和后台任务等它恢复后再做，不会丢失。",
            "检查 Redis 服务是否在运行、REDIS_URL 是否正确、磁盘是否写满。",
        )  # fmt: skip
    elif (length := queued()) > MOST_QUEUED:
        yield Trouble(
            "queue",
            f"队列里积压 {length} 个任务",
            "后台任务、邮件会晚到。",
            "增加 worker 进程，或查看 worker 日志有无反复失败的任务。",
            False,
        )


def queued() -> int:
    """Tasks that wait in the queue; -1 where it does not answer."""
    try:
        with redis.Redis.from_url(client_url(settings.REDIS_URL), socket_timeout=1, socket_connect_timeout=1) as client:
            return int(client.llen(QUEUE))
    except (redis.RedisError, OSError):
        return -1


def _worker(at: dt.datetime) -> Iterator[Trouble]:
    heard = pulse.heard()
    tasks = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    newest = max((moment for name, moment in heard.items() if name in tasks), default=None)
    if newest is None or at - newest > SILENT:
        since = f"已 {_span(at - newest)}没有动静" if newest else "还没有动静"
        yield Trouble(
            "worker",
            f"后台进程{since}",
            "时限提醒、邮件、推送和长任务都停着，恢复后自动补上。",
            "检查 worker 和 beat 两个进程是否都在运行（beat 只能有一个），查看它们的日志。",
        )
        return
    for row in settings.CELERY_BEAT_SCHEDULE.values():
        name, every = str(row["task"]), dt.timedelta(seconds=float(str(row["schedule"])))
        last = heard.get(name)
        if last is not None and at - last > every * 3 + SILENT:
            what = "时限检查" if name == SWEEP else f"定时任务 {name}"
            yield Trouble(
                f"late:{name}",
                f"{what}已 {_span(at - last)}没有完成",
                "到期提醒会晚。" if name == SWEEP else "该任务的结果不是最新的。",
                "查看 worker 日志里这个任务的错误。",
                name == SWEEP,
            )


def _messages(at: dt.datetime) -> Iterator[Trouble]:
    late = unsent(at)
    if late:
        yield Trouble(
            "mail",
            f"{late} 封邮件超过 {_span(SLOW)}没有发出",
            "收件人只能在站内看到消息。",
            "检查邮件服务器设置（EMAIL_HOST 等）和网络；恢复后自动补发。",
        )
    given_up = Message.objects.filter(
        channel=Message.Channel.EMAIL, sent_at__isnull=True, attempts__gte=messages.MAX_ATTEMPTS, created_at__gt=at - 30 * DAY
    ).count()  # fmt: skip
    if given_up:
        yield Trouble(
            "mail_given_up",
            f"{given_up} 封邮件多次发送失败，已停止重试",
            "这些人没有收到邮件。",
            "多为邮箱地址有误，请在机构与人员中核对；站内消息不受影响。",
            False,
        )
    alerts = untold(at)
    if alerts:
        yield Trouble(
            "alerts",
            f"{alerts} 条时限提醒没有送达",
            "有人不知道事项即将到期或已逾期。",
            "查看 worker 日志中 offices.sweep 的错误。",
        )


def unsent(at: dt.datetime) -> int:
    """Letters that should have gone out."""
    return Message.objects.filter(
        channel=Message.Channel.EMAIL, sent_at__isnull=True, attempts__lt=messages.MAX_ATTEMPTS, created_at__lt=at - SLOW
    ).count()  # fmt: skip


def untold(at: dt.datetime) -> int:
    """Reminders that were found and told to nobody."""
    return Alert.objects.filter(told_at__isnull=True, created_at__lt=at - SLOW).count()


def failed_webhooks(at: dt.datetime) -> int:
    """Messages that were refused three times and wait for the next, and those given up within a day (two days after the first try)."""
    trying = Q(state=Delivery.State.WAITING, attempts__gte=REFUSED_OFTEN)
    return Delivery.objects.filter(trying | Q(state=Delivery.State.FAILED, next_at__gt=at - DAY)).count()


def _webhooks(at: dt.datetime) -> Iterator[Trouble]:
    failed = failed_webhooks(at)
    if failed:
        yield Trouble(
            "webhooks",
            f"{failed} 条数据推送没有送达",
            "接收系统的数据不全。",
            "到“数据推送”查看对方的应答，联系接收单位后可重新发送。",
            False,
        )
    paused = Webhook.objects.filter(active=False).exclude(paused_reason="").count()
    if paused:
        yield Trouble(
            "webhooks_paused",
            f"{paused} 个数据推送因连续失败已停用",
            "接收系统不再收到变更。",
            "与接收单位确认地址可用后，在“数据推送”中重新启用。",
            False,
        )


def _disk(at: dt.datetime) -> Iterator[Trouble]:
    total, _, free = shutil.disk_usage(settings.DATA)
    if free < max(FREE_BYTES, total * FREE_SHARE):
        yield Trouble(
            "disk",
            f"磁盘只剩 {free / (1 << 30):.1f} GB（{free * 100 // total}%）",
            "写满后不能上传和保存。",
            "清理旧的备份和日志，或扩容；备份不要和数据放在同一块磁盘。",
        )


def _backup(at: dt.datetime) -> Iterator[Trouble]:
    last = pulse.heard().get("backup")
    if last is None or at - last > BACKUP:
        said = f"最近一次备份在 {_span(at - last)}以前" if last else "还没有做过备份"
        yield Trouble(
            "backup",
            said,
            "机器损坏时，这段时间的数据找不回来。",
            "每天定时运行 make backup（容器内：manage.py backup /backups），把文件放到另一台机器。",
            last is None or at - last > 7 * DAY,
        )


def _clock(at: dt.datetime) -> Iterator[Trouble]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - (at - settings.CLOCK_OFFSET))
        if apart > APART:
            yield Trouble(
                "clock",
                f"本机与数据库的时钟相差 {_span(apart)}",
                "表决截止、时限和签名可能不准。",
                "两台机器都启用时间同步（chrony 或 ntpd）。",
            )
    ahead = HistoryEntry.objects.filter(at__gt=at + APART).order_by("-at").values_list("at", flat=True).first()
    if ahead is not None and not settings.DEMONSTRATION:
        yield Trouble(
            "clock_back",
            f"已有记录的时间比现在晚 {_span(ahead - at)}",
            "时钟曾经走快或被调回。",
            "核对时间同步；已有记录不会改动。",
            False,
        )


def _guards(at: dt.datetime) -> Iterator[Trouble]:
    gone = [trigger.name for trigger in triggers.missing(connection)] + triggers.altered(connection)
    if gone:
        yield Trouble(
            "triggers",
            f"数据库缺少 {len(gone)} 个防篡改约束：{'、'.join(gone[:3])}",
            "数据可能被绕过平台改动。",
            "先查明是谁改动了数据库，再运行 manage.py migrate 重新安装。",
        )


ASKED = (_redis, _worker, _messages, _webhooks, _disk, _backup, _clock, _guards)


def gauges(at: dt.datetime) -> dict[str, float]:
    """The same as numbers, for the metrics: seconds and counts; NaN where it was never done."""
    heard = pulse.heard()

    def age(moment: dt.datetime | None) -> float:
        return (at - moment).total_seconds() if moment else float("nan")

    oldest = (
        Job.objects.filter(state=Job.State.QUEUED).order_by("created_at").values_list("created_at", flat=True).first()
    )
    return {
        "queue_length": queued(),
        "queue_age_seconds": age(oldest) if oldest else 0.0,
        "sweep_age_seconds": age(heard.get(SWEEP)),
        "outbox_age_seconds": age(heard.get("offices.outbox")),
        "backup_age_seconds": age(heard.get("backup")),
        "mail_unsent": unsent(at),
        "alerts_unsent": untold(at),
        "webhooks_failed": failed_webhooks(at),
        "disk_free_bytes": shutil.disk_usage(settings.DATA).free,
        "history_unsealed": HistoryEntry.objects.filter(sequence__isnull=True).count(),
    }


def _span(span: dt.timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, word in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {word}"
    return f"{seconds} 秒"
