"""Letters: printed once, made valid with it, nowhere kept; a lost one is void when the next is printed."""

import io
import re
import zlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals import codes
from approvals.models import Code, Letter, PaperBallot, RollVoter, Vote
from approvals.papers_pdf import letters as paper
from approvals.rules.vote_words import homes_words, left_words, phase_of, share_words
from approvals.votes.letters import find_voters, issue_letters, letters_of, new_serial, without_letter
from communities.models import Community, Reveal
from offices import sheets
from offices.demonstration import Offices
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused
from tests.journey import pdftext
from tests.votes.conftest import DAY, HOUR, Clock, announced, make_community

SIGNED = re.compile(r"[2-9A-Z]{5}-[2-9A-Z]{5}")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that goes on paper, in order (the PDF holds it as numbers of glyphs)."""
    found: list[str] = []
    block, cell = sheets.Sheet.block, sheets.Sheet.cell
    monkeypatch.setattr(
        sheets.Sheet, "block", lambda self, text, **how: (found.append(text), block(self, text, **how))[1]
    )

    def seen(self: Any, *given: Any, **how: Any) -> Any:
        found.append(str(given[2] if len(given) > 2 else how.get("text", "")))
        return cell(self, *given, **how)

    monkeypatch.setattr(sheets.Sheet, "cell", seen)
    return found


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def test_a_letter_says_everything_and_its_code_opens(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, written: list[str]
) -> None:
    clerk = offices.user("柳北区", "housing", "clerk")
    printed = issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[:1], site="https://gaizao.example.cn/")
    pdf = printed.pdf.read()
    assert pdf.startswith(b"%PDF") and pages(pdf) == 3, "a letter of two pages and the ballot paper"
    text = "\n".join(written)
    person = Community.objects.get(pk=vote.community_id).persons.get(pk=voters[0].persons[0])
    assert f"{person.name}：" in text and f"{person.name[0]}**　收" in text
    assert person.phone not in text and person.id_number not in text
    assert vote.text in text and f"https://gaizao.example.cn/votes/{vote.uid}/" in text
    assert "三分之二以上（含三分之二），依据 三(一)（规则 LZ-04）" in text and "四分之三以上" in text
    assert "只能投一次" in text and "最多代理 3 名业主" in text and "不承诺匿名" in text
    assert {"同意", "反对", "弃权", "（盖章处）"} <= set(written)
    assert text.count(f"{printed.letters[0].serial[:4]}-{printed.letters[0].serial[4:]}") >= 3
    (code,) = (word for word in written if SIGNED.fullmatch(word))
    found = codes.find_letter(subject=vote.uid, text=code.lower())
    assert found.holder == voters[0].pseudonym
    kept = [str(value) for row in (*Code.objects.values(), *HistoryEntry.objects.values()) for value in row.values()]
    assert not any(code in value or code.replace("-", "") in value for value in kept), "the code stands on paper alone"
    assert Reveal.objects.filter(by=clerk, reason__startswith="打印表决信函").count() == 1


def test_the_paper_holds_its_fonts_and_no_person_in_its_properties(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    clerk = offices.user("柳北区", "housing", "clerk")
    pdf = issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[:1]).pdf.read()
    assert pdf.count(b"/FontFile2") == 2
    streams = [
        zlib.decompressobj().decompress(part)  # the last byte of a stream may be one that ends a line
        for part in re.findall(rb"stream\r?\n(x[\x01\x5e\x9c\xda].*?)\r?\nendstream", pdf, re.S)
    ]
    assert streams and not any("业主1".encode() in stream for stream in streams)


def test_a_lost_letter_is_void_with_its_code_once_the_next_is_printed(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, written: list[str]
) -> None:
    clerk = offices.user("柳北区", "housing", "clerk")
    issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[:2])
    old = [word for word in written if SIGNED.fullmatch(word)]
    with pytest.raises(Refused, match="写明原因"):
        issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[:1])
    with pytest.raises(Invalid):
        issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[:1], reason="长" * 201)
    written.clear()
    issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[:1], reason="信箱被水泡")
    (new,) = (word for word in written if SIGNED.fullmatch(word))
    with pytest.raises(Refused, match="作废"):
        codes.find_letter(subject=vote.uid, text=old[0])
    assert codes.find_letter(subject=vote.uid, text=new).holder == voters[0].pseudonym
    assert codes.find_letter(subject=vote.uid, text=old[1]).holder == voters[1].pseudonym
    assert Letter.objects.filter(vote=vote, voter=voters[0], voided_at__isnull=True).count() == 1
    letter = Letter.objects.get(voter=voters[1])
    PaperBallot.objects.create(
        vote=vote, voter=voters[1], letter=letter, received_by=clerk, received_at=clock.now, created_at=clock.now, updated_at=clock.now
    )  # fmt: skip
    with pytest.raises(Refused, match="已经收到"):
        issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[1:2], reason="遗失")


def test_who_may_when_and_how_many(offices: Offices, community: Community, clock: Clock) -> None:
    clerk, approver = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "approver")
    vote = announced(offices, community, clock)
    voters = list(vote.voters.all())
    with pytest.raises(Forbidden):
        issue_letters(by=approver, at=clock.now, vote=vote, voters=voters)
    with pytest.raises(Forbidden):
        issue_letters(by=offices.user("芮城县", "housing", "clerk"), at=clock.now, vote=vote, voters=voters)
    other = announced(offices, make_community(offices, ["60.00"], name="别处"), clock)
    with pytest.raises(Refused, match="名册"):
        issue_letters(by=clerk, at=clock.now, vote=vote, voters=list(other.voters.all()))
    with pytest.raises(Refused, match="没有需要"):
        issue_letters(by=clerk, at=clock.now, vote=vote, voters=[])
    with pytest.raises(Refused, match="截止之前"):
        issue_letters(by=clerk, at=vote.closes_at, vote=vote, voters=voters)
    assert not Letter.objects.exists() and not Code.objects.exists() and not Reveal.objects.exists()


def test_a_failed_print_leaves_nothing_issued(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("approvals.votes.letters.print_letters", lambda *given, **how: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue_letters(by=offices.user("柳北区", "housing", "clerk"), at=clock.now, vote=vote, voters=voters)
    assert not Letter.objects.exists() and not Code.objects.exists()


def test_the_desk_prints_by_building_and_finds_who_lost_his(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, client: Client, monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    monkeypatch.setattr("approvals.votes.letters.BATCH", 8)
    monkeypatch.setattr("approvals.votes.letters.print_letters", lambda *given, **how: io.BytesIO(b"%PDF-"))
    client.force_login(offices.user("柳北区", "housing", "clerk"), backend="offices.backend.StaffBackend")
    url, again = reverse("approvals:vote_letters", args=[vote.uid]), reverse("approvals:vote_reissue", args=[vote.uid])
    assert "下载 8 封" in client.get(url).content.decode()
    sizes = []
    for _ in range(2):
        answer = client.post(url, {"building": "1号楼"})
        sizes.append(Letter.objects.count())
        assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    assert sizes == [8, 12] and letters_of(vote)[0].left == 0 and not without_letter(vote, "1号楼")
    assert client.post(url, {"building": "1号楼"}).status_code == 409
    room = voters[0].homes.get().room
    with django_assert_max_num_queries(25):
        page = client.get(url, {"q": f"1号楼 1单元 {room}"}).content.decode()
    person = Community.objects.get(pk=vote.community_id).persons.get(pk=voters[0].persons[0])
    assert "作废旧信并下载新信" in page and person.name not in page and person.phone not in page
    assert client.post(again, {"voter": voters[0].number}).status_code == 409, "no reason given"
    assert client.post(again, {"voter": voters[0].number, "reason": "遗失"}).status_code == 200
    assert client.post(again, {"voter": "x" * 50, "reason": "遗失"}).status_code == 409
    assert Letter.objects.filter(voided_at__isnull=False).count() == 1
    assert find_voters(vote, "\x00") == [] == find_voters(vote, "9号楼")


def test_words(clock: Clock) -> None:
    assert (
        share_words("1/2", strict=True) == "过半数（超过二分之一）"
        and share_words("2/3", strict=True) == "超过三分之二"
    )
    assert share_words("51/100", strict=False) == "51/100以上（含51/100）"
    now = clock.now
    for at, word in ((now - HOUR, "upcoming"), (now, "open"), (now + DAY, "counting")):
        assert phase_of("announced", opens_at=now, closes_at=now + DAY, at=at) == word
    assert phase_of("closed", opens_at=now, closes_at=now, at=now) == "counting"
    assert phase_of("counted", opens_at=now, closes_at=now, at=now) == "counted"
    left = [
        left_words(closes_at=now + 3 * DAY - ago, at=now)
        for ago in (0 * DAY, DAY, 3 * DAY - HOUR, 3 * DAY - HOUR / 60, 3 * DAY)
    ]
    assert left == ["还有3天", "还有2天", "还有1小时", "还有1分钟", "即将截止"]
    assert len({new_serial() for _ in range(100)}) == 100


def test_many_homes_are_counted_and_signs_that_print_badly_are_dropped(vote: Vote, voters: list[RollVoter]) -> None:
    homes = list(voters[0].homes.all()) * 40
    assert homes_words(homes).endswith("等共 40 套")
    assert sheets.plain("甲\r\n乙\x00\u202e\ue0f0丙") == "甲\n乙丙"
    sheet = sheets.Sheet(title="草稿", issuer="某局", draft=True)
    sheet.add_page()
    sheet.line_of("长" * 500 + "9" * 300 + "。")
    sheet.add_page()
    assert pages(sheet.written().read()) == 2
    assert paper.threshold_words({"label": "同意的人数", "share": "3/4", "strict": False, "rule": "X", "clause": "三"})


def test_without_fonts_the_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "FONTS", {"": "nowhere.ttf"})
    with pytest.raises(Refused, match="make setup"):
        sheets.Sheet(title="x")


def test_every_page_says_whose_letter_it_belongs_to(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock
) -> None:
    clerk = offices.user("柳北区", "housing", "clerk")
    printed = issue_letters(by=clerk, at=clock.now, vote=vote, voters=voters[:3], site="https://example.test")
    pages_of: dict[str, list[str]] = {}
    for page in pdftext.pages(printed.pdf.read()):
        found = re.search(r"(信函|表决票) ([2-9A-Z]{4}-[2-9A-Z]{4})　第 ([0-9]+) 页", page)
        assert found, page[-300:]
        if found[1] == "表决票":
            assert page.count(found[2]) > 1, "the ballot paper carries the number that its foot says"
        pages_of.setdefault(found[2], []).append(found[3])
    assert len(pages_of) == 3
    assert all(numbers == [str(number) for number in range(1, len(numbers) + 1)] for numbers in pages_of.values())
