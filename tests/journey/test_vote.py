"""A whole vote over HTTP against the running platform, by people in browsers without JavaScript: the roll from a table, the announcement,
letters printed and read, one ballot on a phone, four on paper entered twice, the close by the clock alone, the count, the confirmation.

The platform is stopped and started again with its clock moved on; the database's own clock moves with it.
"""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from offices.demonstration import PASSWORD
from tests.house.test_launcher import Platform
from tests.journey import pdftext
from tests.journey.browser import Browser

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.prove]
ROLL = "楼栋,单元,房号,专有部分面积（㎡）,面积来源,业主姓名,证件号码,电话\n" + "".join(
    f"1号楼,1单元,{room},100.00,不动产登记簿,业主{name},4502051970010{number}0018,1397720{number}001\n"
    for number, (room, name) in enumerate(zip((101, 102, 201, 202, 301, 302), "甲乙丙丁戊己", strict=True), start=1)
)
CODE, SERIAL = re.compile(r"[2-9A-Z]{5}-[2-9A-Z]{5}"), re.compile(r"编号[:：]?\s*([0-9A-Z][0-9A-Z -]{6,})")
Person = dict[str, str]


@contextmanager
def running(data: Path, like: Path, day: str) -> Iterator[Any]:
    """The platform on a day; gives what signs somebody in, and a resident's browser for an empty name."""
    platform = Platform(data, like, CLOCK=day, SWEEP_SECONDS="3").ready()
    base = f"http://127.0.0.1:{platform.port}"
    try:
        yield lambda name="": Browser(base).login(name, PASSWORD) if name else Browser(base)
    finally:
        platform.process.terminate()
        platform.process.wait(30)


def test_a_whole_vote(tmp_path: Path, prepared: Path) -> None:
    data = tmp_path / "var"
    with running(data, prepared, "2026-11-02") as enter:
        clerk = enter("chengzhong.housing.clerk")
        community = add_community(clerk)
        bring_roll(clerk, community)
        vote = draft(clerk, community)
        leader = enter("chengzhong.housing.leader")
        leader.get(vote).follow("核对并公告").press("核对无误，公告")
        assert "已公告" in leader.text, leader.text
        letters = print_letters(clerk, vote)
        resident = enter("")
        assert "现在尚未开始" in identify(resident, vote, letters[0]["code"]).text
    with running(data, prepared, "2026-11-04") as enter:
        receipt = vote_on_a_phone(enter(""), vote, letters[0]["code"])
        again = identify(enter(""), vote, letters[0]["code"])
        assert "您已经投过票" in again.text or "不能更改" in again.text, again.text
        take_papers(enter, vote, letters[1:5])
        clerk = enter("chengzhong.housing.clerk").get(vote)
        assert "还差" not in clerk.text and "同意 " not in clerk.text.partition("表决内容")[0], clerk.text
    with running(data, prepared, "2026-11-10") as enter:
        wait_closed(clerk := enter("chengzhong.housing.clerk"), vote)
        clerk.get(vote).press("计票")
        assert "通过" in clerk.text and "还差" not in clerk.text, clerk.text
        late = identify(enter(""), vote, letters[5]["code"])
        assert "截止" in late.text, late.text
    with running(data, prepared, "2026-11-20") as enter:
        leader = enter("chengzhong.housing.leader")
        leader.get(vote).press("确认")
        sheet = leader.get(f"{vote}sheet/").text
        assert "5 人" in sheet and "500.00" in sheet and "600.00" in sheet, sheet
        evidence = leader.get(f"{vote}evidence.zip").response.content
        assert receipt in zipfile.ZipFile(io.BytesIO(evidence)).read("ballots.jsonl").decode()
        public = enter("").get(vote.replace("/staff/", "/"))
        assert "业主甲" not in public.text and "通过" in public.text, public.text


def add_community(clerk: Browser, name: str = "映山小区") -> str:
    """A community entered by hand; its staff page."""
    clerk.get("/staff/communities/new/")
    choice = re.search(r'<option value="([^"]+)"[^>]*>[^<]*映山社区', clerk.response.text)
    assert choice, clerk.text
    clerk.press("保存", {"name": name, "division": choice[1], "built_text": "1995", "floor_area": "620.00"})
    assert clerk.path.startswith("/staff/communities/"), clerk.text
    return clerk.path


def bring_roll(clerk: Browser, community: str) -> None:
    """The roll from a table: preview, confirm; nothing stands against a vote afterwards."""
    clerk.get(f"{community}homes/").follow("导入清册")
    clerk.press("读取并预览", files={"file": ("业主清册.csv", ROLL.encode())})
    assert "6" in clerk.text, clerk.text
    clerk.press("确认导入")
    deadline = time.monotonic() + 60
    while "已导入" not in clerk.text and time.monotonic() < deadline:
        time.sleep(0.5)
        clerk.get(clerk.path)
    assert "没有未处理的问题" in clerk.get(f"{community}roll/").text, clerk.text


def draft(clerk: Browser, community: str) -> str:
    """A draft for the scheme; its staff page."""
    uid = community.rstrip("/").rpartition("/")[2]
    clerk.get(f"/staff/votes/new/?community={uid}")
    times = {"opens_at": "2026-11-03 09:00", "closes_at": "2026-11-09 18:00"}
    clerk.press("保存草稿", {"matter": "scheme", "title": "改造方案表决", "text": "是否同意改造方案？", **times})
    assert clerk.path.startswith("/staff/votes/"), clerk.text
    return clerk.path


def print_letters(clerk: Browser, vote: str) -> list[Person]:
    """Letters of the one building, and what their owners read on them: code and serial number."""
    clerk.get(f"{vote}letters/").press("下载")
    assert clerk.response.content.startswith(b"%PDF"), clerk.text
    text = "\n".join(pdftext.pages(clerk.response.content))
    codes, serials = CODE.findall(text), list(dict.fromkeys(SERIAL.findall(text)))
    found = [{"code": code, "serial": serial} for code, serial in zip(codes, serials, strict=True)]
    assert len(found) == 6, text[:3000]
    return found


def identify(resident: Browser, vote: str, code: str) -> Browser:
    """Type in a letter's code."""
    resident.get(f"{vote.replace('/staff/', '/')}identify/")
    return resident.press("下一步", {"code": code.lower()}) if resident.has_button("下一步") else resident


def vote_on_a_phone(resident: Browser, vote: str, code: str) -> str:
    """Identify, choose, check, send; the receipt's number."""
    identify(resident, vote, code)
    assert "100.00" in resident.text, resident.text
    resident.press("同意")
    assert "尚未提交" in resident.text, resident.text
    resident.press("提交")
    receipt = re.search(r"[2-9A-Z]{4}(?:[ -]?[2-9A-Z]{4}){3}", resident.text)
    assert receipt, resident.text
    return re.sub(r"[ -]", "", receipt[0])


def take_papers(enter: Any, vote: str, letters: list[Person]) -> None:
    """Four papers come back; two people read each of them, three for and one against."""
    clerk, leader = enter("chengzhong.housing.clerk"), enter("chengzhong.housing.leader")
    for letter in letters:
        clerk.get(f"{vote}papers/receive/").press("登记收回", {"serial": letter["serial"]})
        assert "已登记" in clerk.text, clerk.text
    for person in (clerk, leader):
        for number, letter in enumerate(letters):
            person.get(f"{vote}papers/enter/").press(
                "下一步", {"serial": letter["serial"], "key": "2" if number == 3 else "1"}
            )
            assert person.status == 200, person.text
    assert "等您录入：0 张" in leader.get(f"{vote}papers/enter/").text, leader.text


def wait_closed(clerk: Browser, vote: str) -> None:
    """The platform registers the close by itself."""
    deadline = time.monotonic() + 90
    while "已截止" not in clerk.get(vote).text and time.monotonic() < deadline:
        time.sleep(1)
    assert "已截止" in clerk.text, clerk.text
