"""Webhooks against a real receiver: signed, at least once, sent again, never into a network that nobody allowed."""

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import ipaddress
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from offices.demonstration import Offices
from offices.feed import sending, webhooks
from offices.models import Delivery, Message, User, Webhook
from policies.refusal import Invalid
from projects.models import Project
from tests.cast import AT
from tests.house.test_launcher import free_port, wait_for
from tests.rest.conftest import make_community

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@dataclass
class Receiver:
    """An HTTP server of another office: what it got, and what it answers."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    location: str = ""


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = LOOPBACK
    found = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((dict(self.headers.items()), body))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/in?key=1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()


@pytest.fixture
def clerk(offices: Offices) -> User:
    return offices.user("芮城县", "housing", "clerk")


def make(clerk: User, url: str, *topics: str) -> Webhook:
    return webhooks.make_webhook(by=clerk, at=AT, name="大数据局", url=url, topics=topics or ("projects.stage",))[0]


def project(offices: Offices) -> Project:
    row = Project(name="一期", rulebook="ruicheng", created_at=AT, updated_at=AT)
    row.place_in(offices.divisions["芮城县"])
    row.save()
    return row


def later(seconds: int) -> dt.datetime:
    return AT + dt.timedelta(seconds=seconds)


def test_a_stage_that_moves_is_told_once_and_signed(offices: Offices, clerk: User, receiver: Receiver) -> None:
    webhook, row = make(clerk, receiver.url), project(offices)
    Project.objects.filter(pk=row.pk).update(name="改名", stage="reserve")
    Project.objects.filter(pk=row.pk).update(stage="planned")
    assert webhooks.write_messages(at=AT) == 1 and webhooks.write_messages(at=AT) == 0
    assert (
        webhooks.send_messages(at=AT) == {"sent": 1, "failed": 0} and webhooks.send_messages(at=later(9))["sent"] == 0
    )
    headers, body = receiver.got[0]
    said = json.loads(body)
    assert said["type"] == "projects.stage" and said["uid"] == str(row.uid) and "改名" not in body.decode()
    key = base64.b64decode(webhooks.secret_of(webhook).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert (
        headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    )
    assert webhooks.secret_of(webhook) not in json.dumps(list(Webhook.objects.values()), default=str)


def test_what_is_refused_comes_again_with_the_same_id_until_it_is_taken_or_too_old(
    offices: Offices, clerk: User, receiver: Receiver
) -> None:  # fmt: skip
    webhook = make(clerk, receiver.url, "projects")
    project(offices)
    webhooks.write_messages(at=AT)
    receiver.answers = [500, 503]
    assert webhooks.send_messages(at=AT)["failed"] == 1 and webhooks.send_messages(at=later(29))["failed"] == 0
    assert webhooks.send_messages(at=later(30))["failed"] == 1 and webhooks.send_messages(at=later(151))["sent"] == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1 and len(receiver.got) == 3
    row = webhook.deliveries.get()
    assert (row.state, row.attempts, row.answer) == ("sent", 3, 204)
    webhooks.send_again(at=later(200), delivery=row)
    receiver.answers = [500] * 20
    at = later(200)
    for _ in range(12):
        webhooks.send_messages(at=at)
        at += dt.timedelta(days=2)
    row.refresh_from_db()
    assert row.state == "failed" and row.attempts == len(webhooks.PAUSES) + 1 and row.error == "对方答复 500"


def test_a_webhook_that_fails_keeps_no_other_waiting(offices: Offices, clerk: User, receiver: Receiver) -> None:
    broken = make(clerk, "http://127.0.0.1:9/", "projects")
    whole, _ = webhooks.make_webhook(by=clerk, at=AT, name="另一个", url=receiver.url, topics=["projects"])
    for _ in range(5):
        project(offices)
    webhooks.write_messages(at=AT)
    assert webhooks.send_messages(at=AT) == {"sent": 5, "failed": 1}
    assert broken.deliveries.filter(attempts=0).count() == 4 and whole.deliveries.filter(state="sent").count() == 5


def test_a_sender_that_died_is_followed_by_another(offices: Offices, clerk: User, receiver: Receiver) -> None:
    webhook = make(clerk, receiver.url, "projects")
    project(offices)
    webhooks.write_messages(at=AT)

    def dies(url: str, body: bytes, headers: dict[str, str]) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        webhooks.send_messages(at=AT, post=dies)
    assert webhooks.send_messages(at=later(60))["sent"] == 0
    assert webhooks.send_messages(at=AT + webhooks.LEASE)["sent"] == 1 and webhook.deliveries.get().state == "sent"


def test_nobody_is_told_of_what_he_may_not_read(offices: Offices, clerk: User, receiver: Receiver) -> None:
    webhook = make(clerk, receiver.url, "projects", "communities")
    make_community("别县小区", offices.divisions["城中区"])
    project(offices)
    webhooks.write_messages(at=AT)
    assert [row.topic for row in webhook.deliveries.all()] == ["projects.created"]
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    project(offices)
    assert webhooks.write_messages(at=AT) == 0
    webhook.refresh_from_db()
    assert (
        not webhook.active
        and "停用" in webhook.paused_reason
        and Message.objects.filter(title__contains="推送").exists()
    )


def test_a_redirect_is_not_followed(offices: Offices, clerk: User, receiver: Receiver) -> None:
    webhook = make(clerk, receiver.url, "projects")
    receiver.location, receiver.answers = receiver.url, [302]
    webhooks.send_trial(at=AT, webhook=webhook)
    webhooks.send_messages(at=AT)
    assert len(receiver.got) == 1 and webhook.deliveries.get().error == "不跟随跳转"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://192.168.1.1/", "https://169.254.169.254/latest/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/", "https://[2002:7f00:1::1]/", "https://[64:ff9b::a01:203]/",
        "https://0.0.0.0/", "https://2130706433/",
        "http://192.0.2.9/x y", "https://224.0.0.1/", "ftp://192.0.2.1/", "https://user:pw@192.0.2.1/", "https:///x",
        "https://192.0.2.1/\r\nX: 1", "javascript:1", "https://192.0.2.1:99999/", "http://8.8.8.8/", "https://nowhere.invalid/",
        "https://192.0.2.1/#x", "https://例子.cn/",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused(db: None, url: str) -> None:
    with pytest.raises(sending.Unreachable):
        sending.resolve(url)


def test_a_name_that_means_another_host_a_moment_later_goes_nowhere(
    clerk: User, receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    webhook = make(clerk, receiver.url, "projects")
    settings.WEBHOOK_NETWORKS = []
    webhooks.send_trial(at=AT, webhook=webhook)
    webhooks.send_messages(at=AT)
    assert receiver.got == [] and "内部网络" in webhook.deliveries.get().error
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if len(asked) > 1 else "192.0.2.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("192.0.2.0/24")]
    assert sending.resolve("http://rebinding.example/").address == "192.0.2.1"
    with pytest.raises(sending.Unreachable):
        sending.post("http://rebinding.example/", b"", {})


def test_the_example_receiver_believes_what_is_signed_and_prints_it_once(
    clerk: User, settings: Any
) -> None:  # fmt: skip
    settings.WEBHOOK_NETWORKS = LOOPBACK
    port = free_port()
    webhook = make(clerk, f"http://127.0.0.1:{port}/", "projects")
    program = [sys.executable, "examples/receiver.py", str(port)]
    environment = {"SECRET": webhooks.secret_of(webhook)}
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as receiver:
        assert wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 20)
        at = dt.datetime.now(dt.UTC)
        row = webhooks.send_trial(at=at, webhook=webhook)
        assert webhooks.send_messages(at=at)["sent"] == 1
        webhooks.send_again(at=at, delivery=row)
        assert webhooks.send_messages(at=at)["sent"] == 1
        headers = webhooks.signed(webhook, "1", "{}", at)
        assert sending.post(webhook.url, b'{"forged": 1}', headers) == 401
        assert sending.post(webhook.url, b"{}", webhooks.signed(webhook, "1", "{}", at - dt.timedelta(hours=1))) == 401
        assert sending.post(webhook.url, b"{}", {}) == 401
        receiver.kill()
        assert receiver.stdout is not None and [json.loads(line)["type"] for line in receiver.stdout] == ["trial"]


def test_a_slow_answer_ends(clerk: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_NETWORKS = LOOPBACK
    monkeypatch.setattr(sending, "SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                while not stop.wait(0.2):
                    try:
                        connection.send(b"H")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        started = time.monotonic()
        with pytest.raises(sending.Unreachable):
            sending.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        stop.set()
        assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    "values", [{"name": " "}, {"topics": ["nothing"]}, {"topics": []}, {"url": "https://127.0.0.1/"}]
)
def test_bad_input_names_its_field(clerk: User, values: dict[str, Any]) -> None:
    given = {"name": "用途", "url": "https://192.0.2.1/", "topics": ["projects"], **values}
    with pytest.raises(Invalid) as refused:
        webhooks.make_webhook(by=clerk, at=AT, **given)
    assert set(refused.value.errors) == set(values) and not Webhook.objects.exists()


def test_the_pages_make_try_change_and_remove_one(clerk: User, receiver: Receiver) -> None:
    browser = Client()
    browser.force_login(clerk)
    given = {"name": "大数据局", "url": receiver.url, "topics": "projects.stage\nvotes"}
    answer = browser.post(reverse("offices:webhooks"), given)
    row = Webhook.objects.get()
    assert webhooks.secret_of(row) in answer.content.decode() and row.topics == ["projects.stage", "votes"]
    assert browser.post(reverse("offices:webhooks"), given).status_code == 400
    assert browser.post(reverse("offices:webhook_act", args=[row.uid, "try"])).status_code == 302
    call_command("shell", "-c", "from offices.tasks import tell_webhooks; tell_webhooks()", verbosity=0)
    assert json.loads(receiver.got[0][1])["type"] == "trial"
    page = browser.get(reverse("offices:webhook", args=[row.uid])).content.decode()
    assert "已送达" in page and webhooks.secret_of(row) not in page
    before = webhooks.secret_of(row)
    rotated = browser.post(reverse("offices:webhook_act", args=[row.uid, "rotate"])).content.decode()
    row.refresh_from_db()
    assert webhooks.secret_of(row) in rotated and webhooks.secret_of(row) != before
    assert browser.post(reverse("offices:send_again", args=[row.uid, Delivery.objects.get().uid])).status_code == 302
    browser.post(reverse("offices:webhook_act", args=[row.uid, "remove"]))
    assert not Webhook.objects.exists()
