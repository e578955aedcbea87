"""What residents wrote, own and chose stands on no page, file, feed, calendar, picture or error that is open to everybody.

Nothing here is a list of addresses: the doors are those of the route table, and from each page every link of this site is followed. Which
columns are personal is said below once; a new column that is called like one fails until somebody has said which it is.
"""

import datetime as dt
import io
import json
import logging
import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
import segno
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from PIL import Image

from approvals.models import Proxy, Survey, VoteObjectionPerson
from approvals.surveys import actions as surveys
from approvals.surveys.answers import give_answer
from approvals.votes.casting import cast_ballot
from approvals.votes.drafting import Terms, announce_vote, draft_vote
from communities.actions.complaints import answer_complaint, file_complaint
from communities.models import Complaint
from offices import sms
from offices.models import Invitation, User
from projects.actions.works import add_photo
from projects.models import ResidentSupervisor
from renovation import logs
from tests.cast import AT, TODAY
from tests.trust.decoded import everything
from tests.trust.route import OPEN, PUBLIC
from tests.trust.rows import Rows
from tests.trust.table import TABLE
from tests.trust.table_news import follower_of
from tests.trust.table_works import _visit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WATCHED = re.compile(r"(^|_)(names?|phone|id_number|email|username|home|receipt|address|holder|masked|pseudonym)$")
PERSONAL = {
    "approvals.Ballot": ("receipt",),
    "approvals.Proxy": ("name", "id_number", "phone"),
    "approvals.Remark": ("text",),
    "approvals.RemarkPerson": ("name", "phone", "home"),
    "approvals.RollVoter": ("pseudonym",),
    "approvals.SurveyAnswer": ("receipt", "words"),
    "approvals.VoteObjection": ("receipt", "text"),
    "approvals.VoteObjectionPerson": ("name", "phone", "home"),
    "communities.Agency": ("agent_name", "agent_id_number", "agent_phone"),
    "communities.Complainant": ("name", "phone", "home"),
    "communities.Complaint": ("number", "text"),
    "communities.Person": ("name", "id_number", "phone"),
    "offices.Follower": ("address",),
    "offices.Invitation": ("name", "username", "email"),
    "offices.SmsMessage": ("masked",),
    "offices.User": ("username", "email", "phone"),
    "projects.ResidentSupervisor": ("name", "phone"),
}
# Of places, offices, firms and works; a staff member's name stands on nothing public either, but is one of a few common ones here.
NOT_PERSONAL = {
    "approvals.CaseStage": ("name",), "approvals.Code": ("holder",), "communities.Building": ("name",),
    "communities.Community": ("address", "contact_phone", "former_names", "name"), "communities.Organisation": ("name", "public_phone"),
    "funding.Apportionment": ("project_name",), "funding.AuditFlag": ("project_name",), "funding.Contract": ("name", "project_name"),
    "funding.Fund": ("project_name",), "funding.FundingPlan": ("project_name",), "funding.FundingSource": ("name",),
    "funding.Gift": ("project_name",), "funding.PayeeAccount": ("holder",), "funding.ProjectFee": ("name", "project_name"),
    "funding.Settlement": ("project_name",), "offices.ApiKey": ("name",), "offices.Body": ("name", "phone"),
    "offices.CalendarDay": ("name",), "offices.Pulse": ("name",), "offices.Division": ("name", "short_name"), "offices.Follower": ("name",),
    "offices.StoredFile": ("name",), "offices.User": ("first_name", "last_name", "name"), "offices.Webhook": ("name",),
    "projects.Manager": ("name", "phone"), "projects.Party": ("name", "phone"), "projects.Project": ("name",),
    "projects.ReportQuantity": ("name",), "projects.SchemeItem": ("name",), "projects.WorkSpan": ("name",),
}  # fmt: skip
OURS = ("offices", "communities", "approvals", "projects", "funding")
SECRET_PLACE = "金丝雀地点"
FORMATS = ("csv", "jsonl", "xlsx")
LINK = re.compile(r'(?:href|src|action)="([^"]+)"')
MOST, VARIANTS = 600, 2  # pages altogether, and links to one of them with different queries


def test_every_column_that_is_called_like_a_person_s_is_said_to_be_one_or_not() -> None:
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        said = {*PERSONAL.get(model._meta.label, ()), *NOT_PERSONAL.get(model._meta.label, ())}
        found = {field.name for field in model._meta.fields if WATCHED.search(field.name) and not field.is_relation}
        assert found <= said, f"{model._meta.label}: personal or not? {sorted(found - said)}"
        assert said <= {field.name for field in model._meta.fields}, model._meta.label


def marked_picture() -> SimpleUploadedFile:
    """A photo that says where and by whose telephone it was taken."""
    buffer, image = io.BytesIO(), Image.new("RGB", (64, 48), "red")
    exif = image.getexif()
    exif[0x8825] = {1: "N", 2: (34.0, 41.0, 0.0)}
    exif[0x010E] = exif[0x013B] = SECRET_PLACE
    image.save(buffer, "JPEG", exif=exif, comment=SECRET_PLACE.encode())
    return SimpleUploadedFile(f"{SECRET_PLACE}.jpg", buffer.getvalue())


def plant(rows: Rows) -> set[str]:
    """Somebody does everything that residents do; the values that must be nowhere."""
    clerk = rows.users["clerk"]
    words: dict[str, Any] = {
        "category": "noise",
        "text": "金丝雀投诉内容",
        "name": "金丝雀甲",
        "phone": "13900001111",
        "home": "9栋9单元909",
    }
    made = file_complaint(by=None, at=AT, today=TODAY, community=rows.community, given=words, photo=marked_picture())
    answer_complaint(
        by=clerk, at=AT, complaint=made, text="已到场制止", public_text="夜间施工：已制止。", expected_version=None
    )
    draft = surveys.create_survey(
        by=clerk, at=AT, community=rows.community, kind="willingness", until=TODAY + dt.timedelta(9)
    )
    survey: Survey = surveys.open_survey(by=clerk, at=AT, survey=draft)
    give_answer(
        by=clerk, at=AT, survey=survey, role="owner", choice="agree", channel="door", building="1号楼", unit="1", room="101",
        words="金丝雀心里话",
    )  # fmt: skip
    choose(rows)
    Proxy.objects.update(id_number="140830195001015555")
    VoteObjectionPerson.objects.update(home="8栋8单元808")
    follower = follower_of(rows)
    follower.confirmed_at = AT
    follower.save()
    add_photo(
        by=clerk, at=AT, today=TODAY, project=rows.project, month=TODAY, moment="before", caption="施工前", public=True,
        upload=marked_picture(),
    )  # fmt: skip
    ResidentSupervisor.objects.filter(pk=_visit(rows).supervisor_id).update(name="金丝雀监督", phone="13900002221")
    sms.send(event="canary", phone="13900003331", masked="139****3331", text="x", subject=rows.community, at=AT)
    User.objects.filter(pk=clerk.pk).update(email="jinsique@staff.example", phone="13900004441")
    Invitation.objects.create(
        body=rows.body, role="clerk", name="金丝雀同事", username="jinsique", email="jinsique@invited.example", digest="d" * 64,
        by=clerk, expires_at=AT, created_at=AT, updated_at=AT,
    )  # fmt: skip
    return {SECRET_PLACE, *planted()}


def choose(rows: Rows) -> None:
    """A vote that opens the moment it is announced, and one ballot of it."""
    leader = rows.offices.user("芮城县", "housing", "leader")
    terms = Terms("property_service", "物业表决", "是否同意？", AT, AT + dt.timedelta(days=7))
    draft = draft_vote(by=rows.users["clerk"], at=AT, community=rows.announced.community, terms=terms)
    vote = announce_vote(by=leader, at=AT, vote=draft)
    cast_ballot(at=AT, vote=vote, voter=vote.voters.order_by("pk")[0], choice="agree", channel="online")


@pytest.fixture(scope="module")
def sown(played: tuple[Rows, dict[str, Client]]) -> tuple[Rows, set[str]]:
    """The stage with every value planted."""
    return played[0], plant(played[0])


def planted() -> set[str]:
    """Every personal value of the stage; each column has one."""
    found: dict[str, set[str]] = {}
    for label, fields in PERSONAL.items():
        for field in fields:
            rows = apps.get_model(label).objects.values_list(field, flat=True)
            found[f"{label}.{field}"] = {str(value) for value in rows if len(str(value)) > 2} - {
                "root"
            }  # a word of programs
    assert all(found.values()), f"nothing was planted: {[name for name, values in found.items() if not values]}"
    return set().union(*found.values())


class Visitor:
    """Nobody in particular, who opens every door and follows every link."""

    def __init__(self, canaries: set[str]) -> None:
        self.client, self.canaries = Client(raise_request_exception=False), canaries
        self.seen: dict[str, str] = {}
        self.found: list[tuple[str, str]] = []

    def read(self, path: str, data: Any = None, known: str = "") -> str:
        """Ask, and look for what must not be there. ``known``: what the visitor himself has just typed, which a page may repeat."""
        answer = self.client.get(path) if data is None else self.client.post(path, data)
        assert answer.status_code < 500, path
        body, kind = content(answer), answer.headers.get("Content-Type", "")
        text = everything(body, kind) + str(answer.headers)
        self.found += [(path, value) for value in self.canaries if value in text and value not in known]
        self.seen[path] = kind
        return body.decode(errors="ignore") if kind.startswith("text/html") else ""

    def walk(self, start: list[str]) -> None:
        """From these on, each address once; pages of a list and years of an overview are the same page again."""
        waiting, asked = list(dict.fromkeys(start)), dict[str, int]()
        while waiting and len(self.seen) < MOST:
            path = waiting.pop(0)
            if path in self.seen:
                continue
            for link in LINK.findall(self.read(path)):
                address = urlsplit(urljoin(path, link.replace("&amp;", "&")))
                if address.scheme or address.netloc or skipped(address.path):
                    continue
                asked[address.path] = asked.get(address.path, 0) + 1
                if asked[address.path] <= VARIANTS:
                    waiting.append(address.path + (f"?{address.query}" if address.query else ""))


def skipped(path: str) -> bool:
    """Not ours to read here: styles, the rulebooks' texts, the staff's side, and the switch of looks."""
    return path.startswith(("/static/", "/staff/", "/look/", "/rulebooks/rules/", "/admin/"))


def content(answer: HttpResponseBase) -> bytes:
    """The body, streamed or not."""
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined, arg-type]


def doors(rows: Rows) -> list[str]:
    """What the route table calls open, with the formats of lists; not what is opened by a number or a key that only its owner holds."""
    own = {"portal:complaint", "portal:remark", "portal:mail_confirm", "portal:mail_stop"}
    found = []
    for name, route in TABLE.items():
        if route.read not in (OPEN, PUBLIC) or name in own or name.startswith("rulebooks:"):
            continue
        path = reverse(name.partition("#")[0], kwargs=route.args(rows))
        query = "&".join(f"{key}={value}" for key, value in route.query(rows).items())
        found.append(f"{path}?{query}" if query else path)
        if name.endswith("-export"):
            found += [f"{path}?format={kind}" for kind in FORMATS]
    return found


def test_no_canary_sings_in_public(sown: tuple[Rows, set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    rows, canaries = sown
    drawn: list[str] = []
    make = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **how: drawn.append(str(text)) or make(text, **how))
    visitor = Visitor(canaries)
    visitor.walk(doors(rows))
    kinds = {kind.partition(";")[0] for kind in visitor.seen.values()}
    wanted = {
        "text/html",
        "application/json",
        "application/pdf",
        "text/calendar",
        "application/atom+xml",
        "text/csv",
        "image/jpeg",
    }
    assert wanted <= kinds and len(visitor.seen) > 150, (kinds, len(visitor.seen))
    assert drawn and not [text for text in drawn if any(value in text for value in visitor.canaries)]
    assert not visitor.found


def test_nor_where_somebody_asks_for_it(sown: tuple[Rows, set[str]]) -> None:
    """Searches by a personal value find nothing; wrong codes, numbers and forms are answered without anybody's values."""
    rows, canaries = sown
    visitor, uid = Visitor(canaries), rows.community.uid
    nothing = visitor.read("/?q=zzzz"), visitor.read("/why/?name=zzzz")
    for value in sorted(value for value in canaries if "@" not in value and "." not in value):
        for path, empty in (("/?q=", nothing[0]), ("/why/?name=", nothing[1])):
            page = visitor.read(path + quote(value), known=value)
            assert page.count("/c/") == empty.count("/c/"), value
    for query in ("?text=", "?search=", "?name=", "?q="):
        visitor.read(f"/api/v1/communities/{query}{quote('金丝雀甲')}", known="金丝雀甲")
    for path, data in (
        (f"/c/{uid}/complain/", {"text": "", "phone": "1"}), (f"/c/{uid}/mine/", {"code": "ABCDE-FGHJK"}),
        (f"/c/{uid}/follow/", {"address": "x"}), (f"/votes/{rows.running.uid}/identify/", {"code": "x"}),
        (f"/votes/{rows.running.uid}/receipt/", {"number": "x"}), (f"/votes/{rows.running.uid}/objection/", {"text": "x"}),
        (f"/surveys/{rows.survey.uid}/", {"code": "x"}), (f"/notices/{rows.notices.posted.uid}/say/", {"text": ""}),
        ("/votes/none/", None), ("/c/00000000-0000-0000-0000-000000000000/", None), ("/follow/?number=T-0000-0000-0000", None),
        ("/api/v1/communities/x/", None), ("/api/v1/none/", None), ("/complaints/T-0000-0000-0000/", None), ("/%00", None),
    ):  # fmt: skip
        visitor.read(path, data)
    assert not visitor.found


def test_no_canary_sings_in_the_log(played: tuple[Rows, dict[str, Client]], sown: tuple[Rows, set[str]]) -> None:
    """Whatever people search for, type into forms and addresses, get right and get wrong: request number, user number, path, status."""
    (rows, canaries), clerk, heard = sown, played[1]["clerk"], io.StringIO()
    handler, root = logging.StreamHandler(heard), logging.getLogger()
    handler.setFormatter(logs.formatter())
    root.addHandler(handler)
    try:
        nobody = Client(raise_request_exception=False)
        own = Complaint.objects.values_list("number", flat=True)[0]
        for path in (f"/complaints/{own}/", f"/complaints/{own.lower().replace('-', '')}/"):
            nobody.get(path)
        complain = f"/c/{rows.community.uid}/complain/"
        said = {
            "category": "noise",
            "text": "金丝雀投诉内容",
            "name": "金丝雀甲",
            "phone": "13900001111",
            "home": "9栋9单元909",
        }
        for form in (said, said | {"text": ""}, said | {"phone": "x" * 300}):
            nobody.post(complain, form)
        nobody.post("/staff/login/", {"username": "jinsique@staff.example", "password": "金丝雀心里话"})
        for value in sorted(canaries)[::7]:
            nobody.get("/", {"q": value})
            clerk.get("/staff/communities/", {"q": value})
            clerk.post("/api/v1/communities/", {"name": value, "owner": value}, content_type="application/json")
            clerk.get(f"/api/v1/communities/?owner={quote(value)}")
            logging.getLogger("celery").error("refused: %s", f"DETAIL:  Key (name, phone)=({value}) already exists.")
    finally:
        root.removeHandler(handler)
    text = heard.getvalue()
    assert [value for value in canaries if value in text] == []
    asked = [line for line in map(json.loads, text.splitlines()) if line["event"] == "request_finished"]
    assert len(asked) > 20 and all(
        len(line["request_id"]) == 36 and "user_id" in line and "code" in line for line in asked
    )
    assert {line["user_id"] for line in asked} >= {None, rows.users["clerk"].pk}


def test_the_look_finds_what_is_there() -> None:
    """The reader of files is no blind one."""
    found = everything(content_of(marked_picture()), "image/jpeg")
    assert SECRET_PLACE in found
    assert "金丝雀" in everything("DESCRIPTION:金丝\r\n 雀".encode(), "text/calendar")
    assert "金丝雀" in everything(b'{"a": "\\u91d1\\u4e1d\\u96c0"}', "application/json")


def content_of(upload: SimpleUploadedFile) -> bytes:
    """Its bytes."""
    return bytes(upload.read())
