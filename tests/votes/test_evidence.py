"""The evidence of a vote is accepted by a program that knows nothing of the platform, and every corruption of it is refused."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from rest_framework.test import APIClient

from approvals.models import Vote, VoteResult
from approvals.votes.closing import confirm_vote
from approvals.votes.export import Evidence, evidence_of, evidence_root, public_evidence
from communities.models import Person
from offices.demonstration import Offices
from offices.models import HistoryEntry
from policies.refusal import Refused
from tests.cast import cast
from tests.votes import forged_ballots, forged_rest, forged_terms  # noqa: F401 (they register themselves)
from tests.votes.conftest import Clock, make_community
from tests.votes.forging import BY_ROOT, SEEN, Pack, zipped
from tests.votes.staged import Desk, co_owned, play
from tests.votes.verifier import PROGRAM, VERIFIER

pytestmark = pytest.mark.django_db
AREAS = ["60.00", "70.50", "88.08", *["91.25"] * 18, "120.01"]


def verdict(packed: bytes, tmp_path: Path, **more: str) -> str:
    """The reason of a refusal, or nothing where the evidence is accepted; through the program's own door."""
    file = tmp_path / "evidence.zip"
    file.write_bytes(packed)
    arguments = [str(file), *(word for name, value in more.items() for word in (f"--{name}", value))]
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        code = VERIFIER.main(arguments)
    said = out.getvalue()
    assert code == int("核对不通过" in said) and ("核对一致" in said) is not bool(code), said
    return said if code else ""


@pytest.fixture(scope="module")
def golden(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Evidence:
    """The evidence of one vote with ballots changed, papers valid and invalid, a mismatch decided, co-owners and owners of two homes."""
    before = site.CLOCK_OFFSET
    with django_db_blocker.unblock(), override_settings(DATA=tmp_path_factory.mktemp("golden")), transaction.atomic():
        offices, clock = cast(), Clock(site)
        desk = Desk.of(offices, clock)
        vote = desk.opened(co_owned(offices, AREAS), may_change=True, paper_wins=True)
        voters = list(vote.voters.all())
        desk.receive(vote, voters[0], "agree")
        desk.read(mismatch=True)
        desk.receive(vote, voters[1], "")
        desk.receive(vote, voters[2], "oppose")
        desk.receive(vote, voters[3], "agree")
        assert desk.cast(vote, voters[4], "agree", "online") and desk.receive(vote, voters[4], "oppose")
        assert desk.cast(vote, voters[5], "oppose", "onsite") and desk.cast(vote, voters[5], "agree", "online")
        desk.receive(vote, voters[18], "agree", desk.authorise(vote, voters[18]))
        for voter in voters[6:18]:
            assert desk.cast(vote, voter, "agree", "online" if voter.number % 2 else "onsite")
        desk.count(vote, confirm=True)
        evidence = evidence_of(vote)
        transaction.set_rollback(True)
    site.CLOCK_OFFSET = before
    return evidence


def test_the_evidence_is_accepted_with_its_root_and_each_receipt(golden: Evidence, tmp_path: Path) -> None:
    assert verdict(golden.packed(), tmp_path, root=golden.root) == ""
    for row in Pack(golden.packed()).ballots:
        assert verdict(golden.packed(), tmp_path, receipt=row["receipt"].lower()) == ""
    assert "没有回执号" in verdict(golden.packed(), tmp_path, receipt="NOSUCHRECEIPT")
    assert "根校验值与您给出的" in verdict(golden.packed(), tmp_path, root="0" * 64)


def test_the_golden_one_has_something_of_everything(golden: Evidence) -> None:
    pack = Pack(golden.packed())
    assert {row["channel"] for row in pack.ballots} == {"online", "onsite", "paper"}
    assert {row["why_not"] for row in pack.ballots} >= {"", "superseded"}
    assert {row["returned"]["state"] for row in pack.papers} == {"valid", "invalid"}
    assert pack.result["papers"]["by_proxy"] == 1 == sum(row["agent"] is not None for row in pack.ballots)
    assert max(len(row["returned"]["entries"]) for row in pack.papers) == 3
    assert any(len(row["homes"]) > 1 for row in pack.roll) and pack.result["passed"] is True
    assert len(pack.roll) == len(AREAS) - 1, "co-owners are one voter, two homes of one owner too"


@pytest.mark.parametrize("name", [*SEEN, *BY_ROOT])
def test_what_is_changed_without_new_hashes_is_refused(golden: Evidence, tmp_path: Path, name: str) -> None:
    pack = Pack(golden.packed())
    (SEEN[name][0] if name in SEEN else BY_ROOT[name])(pack)
    assert pack.packed() != Pack(golden.packed()).packed(), "the forgery changed something"
    assert verdict(pack.packed(), tmp_path)


@pytest.mark.parametrize("name", SEEN)
def test_what_is_changed_with_every_hash_anew_is_refused_with_its_reason(
    golden: Evidence, tmp_path: Path, name: str
) -> None:
    forgery, words = SEEN[name]
    pack = Pack(golden.packed())
    forgery(pack)
    pack.reseal()
    said = verdict(pack.packed(), tmp_path)
    assert any(word in said for word in words.split("|")), said


@pytest.mark.parametrize("name", BY_ROOT)
def test_a_consistent_forgery_is_found_by_the_root_on_the_result_sheet(
    golden: Evidence, tmp_path: Path, name: str
) -> None:
    pack = Pack(golden.packed())
    BY_ROOT[name](pack)
    pack.reseal()
    assert verdict(pack.packed(), tmp_path) == "", "consistent in itself, or the test shows nothing"
    assert "根校验值" in verdict(pack.packed(), tmp_path, root=golden.root)


def test_resealing_what_nobody_changed_is_accepted(golden: Evidence, tmp_path: Path) -> None:
    pack = Pack(golden.packed())
    pack.reseal()
    assert verdict(pack.packed(), tmp_path, root=golden.root) == "", "the forger's tool is as good as the platform's"


def relisted(files: dict[str, bytes], name: str, content: bytes) -> bytes:
    """A ZIP with one file written otherwise and listed as it now is."""
    pack = Pack(zipped(files))
    row = next(row for row in pack.manifest["files"] if row[0] == name)
    row[1:] = [VERIFIER.sha(content), len(content)]
    pack.manifest["root"] = VERIFIER.sha(pack.manifest["files"][:5])
    return zipped({**pack.files(), name: content})


WRITTEN = {
    "doubled_key": (lambda text: text.replace('"agent":', '"agent":"x","agent":', 1), "规范的写法"),
    "exponent": (lambda text: text.replace('"agent":null', '"agent":1e2', 1), "不是 JSON"),
    "decimal": (lambda text: text.replace('"agent":null', '"agent":1.0', 1), "不是 JSON"),
    "nan": (lambda text: text.replace('"agent":null', '"agent":NaN', 1), "不是 JSON"),
    "infinity": (lambda text: text.replace('"agent":null', '"agent":-Infinity', 1), "不是 JSON"),
    "escape": (lambda text: text.replace("online", "\\u006fnline", 1), "规范的写法"),
    "surrogate": (lambda text: text.replace("online", "\\ud800", 1), "规范的写法"),
    "space": (lambda text: text.replace(":", ": ", 1), "规范的写法"),
    "carriage_return": (lambda text: text.replace("\n", "\r\n"), "规范的写法"),
    "byte_order_mark": (lambda text: "\ufeff" + text, "不是 JSON"),
    "empty_line": (lambda text: text + "\n", "不是 JSON"),
    "cut_line": (lambda text: text[:-1], "不完整"),
    "half_a_line": (lambda text: text[:-40] + "\n", "不是 JSON"),
    "list": (lambda text: "[]\n" + text, "不是对象"),
    "number": (lambda text: "7\n" + text, "不是对象"),
    "huge_number": (lambda text: text.replace('"agent":null', '"agent":' + "9" * 5000, 1), "不是 JSON"),
    "deep": (lambda text: "[" * 100_000 + "\n" + text, "不是 JSON"),
    "long": (lambda text: '{"a":"' + "x" * 2_000_000 + '"}\n' + text, "过长"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_json_that_is_written_otherwise_is_refused(golden: Evidence, tmp_path: Path, name: str) -> None:
    change, words = WRITTEN[name]
    content = change(golden.files["ballots.jsonl"].decode()).encode("utf-8", "surrogatepass")
    assert words in verdict(relisted(dict(golden.files), "ballots.jsonl", content), tmp_path)


def test_files_that_are_no_such_evidence_are_refused(golden: Evidence, tmp_path: Path) -> None:
    whole, files = golden.packed(), dict(golden.files)
    assert "不是完整的 ZIP" in verdict(b"", tmp_path)
    assert "不是完整的 ZIP" in verdict("你好".encode(), tmp_path)
    for cut in range(1, len(whole), len(whole) // 40):
        assert verdict(whole[:cut], tmp_path), cut
    assert "文件不对" in verdict(zipped({**files, "more.txt": b""}), tmp_path)
    assert "文件不对" in verdict(zipped({**files, "../evil": b""}), tmp_path)
    assert "文件不对" in verdict(zipped({name: files[name] for name in files if name != "papers.jsonl"}), tmp_path)
    latin = files["ballots.jsonl"].replace(b"online", b"onlin\xe9", 1)
    assert "不成形" in verdict(relisted(files, "ballots.jsonl", latin), tmp_path)
    with pytest.warns(UserWarning, match="Duplicate"):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in [*files.items(), ("vote.json", files["vote.json"])]:
                archive.writestr(name, content)
    assert "同名文件" in verdict(target.getvalue(), tmp_path)


def test_a_bomb_is_refused_before_it_goes_off(
    golden: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VERIFIER, "MOST_BYTES", 1024 * 1024)
    bomb = zipped({**golden.files, "README.txt": b"0" * 3_000_000}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000 and "过大" in verdict(bomb, tmp_path)
    # Lying about the size does not help: no more is read than was declared, and the checksum is then wrong.
    lying = bomb.replace((3_000_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert verdict(lying, tmp_path)


def test_every_flipped_bit_of_the_evidence_is_found(golden: Evidence, tmp_path: Path) -> None:
    whole = golden.packed()
    for place in range(0, len(golden.files["vote.json"]) + 2000, 61):
        broken = bytearray(whole)
        broken[place] ^= 0x04
        said = verdict(bytes(broken), tmp_path)
        # A few bits of the archive's own headers (times, versions) carry nothing: then every file is still the same.
        if not said:
            assert Pack(bytes(broken)).raw == dict(golden.files)


@pytest.mark.parametrize(("change", "wins", "confirm"), [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1)])
def test_votes_of_every_announcement_are_accepted(
    offices: Offices, clock: Clock, tmp_path: Path, change: int, wins: int, confirm: int
) -> None:
    desk = Desk.of(offices, clock)
    vote = desk.opened(co_owned(offices, AREAS), may_change=bool(change), paper_wins=bool(wins))
    play(desk, vote, seed=change * 2 + wins)
    result = desk.count(vote, confirm=bool(confirm), seal=bool(confirm))
    evidence = evidence_of(Vote.objects.get(pk=vote.pk))
    assert verdict(evidence.packed(), tmp_path, root=result.evidence_root) == ""
    assert evidence.packed() == evidence_of(vote).packed(), "the same bytes each time"
    assert evidence_root(vote) == evidence.root == result.evidence_root
    assert HistoryEntry.objects.get(action="vote.count").data["evidence"] == evidence.root


@pytest.mark.parametrize(("voted", "passed"), [(12, True), (8, True), (7, False), (0, False)])
def test_passed_failed_and_nobody(offices: Offices, clock: Clock, tmp_path: Path, voted: int, passed: bool) -> None:
    desk = Desk.of(offices, clock)
    vote = desk.opened(make_community(offices, ["100.00"] * 12))
    for voter in list(vote.voters.all())[:voted]:
        desk.cast(vote, voter, "agree")
    assert desk.count(vote).passed is passed
    assert verdict(evidence_of(vote).packed(), tmp_path) == ""


def test_who_gets_the_evidence_when_and_what_is_not_in_it(offices: Offices, clock: Clock) -> None:
    desk, clients = Desk.of(offices, clock), {}
    vote = desk.opened(make_community(offices, ["77.77"] * 4))
    receipt = [desk.cast(vote, voter, "agree") for voter in vote.voters.all()][0]
    names = {"clerk": desk.clerk, "foreign": offices.user("芮城县", "housing", "clerk")}
    for name, user in names.items():
        clients[name] = Client()
        clients[name].force_login(user)
    clients["nobody"] = Client()
    page, public = reverse("approvals:vote_evidence", args=[vote.uid]), reverse("portal:vote_evidence", args=[vote.uid])
    api = reverse("api:vote-evidence-evidence", args=[vote.uid])

    def answers() -> list[int]:
        keyed = APIClient()
        keyed.force_authenticate(desk.clerk)
        found = [clients[name].get(page).status_code for name in ("clerk", "foreign", "nobody")]
        return [
            *found,
            clients["nobody"].get(public, {"receipt": receipt[:8] + "-" + receipt[8:].lower()}).status_code,
            clients["nobody"].get(api).status_code,
            keyed.get(api).status_code,
        ]

    with pytest.raises(Refused, match="计票还没有结束"):
        evidence_of(vote)
    assert answers() == [302, 404, 302, 404, 401, 409], "open: nothing of what was chosen"
    assert "计票还没有结束" in clients["clerk"].get(page, follow=True).content.decode()
    desk.count(vote)
    assert answers() == [200, 404, 302, 404, 401, 200] and public_evidence(vote.uid, receipt) is None
    shown = clients["clerk"].get(reverse("approvals:vote", args=[vote.uid])).content.decode()
    assert VoteResult.objects.get().evidence_root in shown and page in shown
    clock.forward(25 * (vote.closes_at - vote.opens_at) / 6)
    confirm_vote(by=desk.leader, at=clock.now, vote=vote)
    assert answers() == [200, 404, 302, 200, 401, 200]
    for other in ("", "NOSUCHRECEIPT", "\0", "回执", "x" * 9000):
        assert clients["nobody"].get(public, {"receipt": other}).status_code == 404
    response = clients["nobody"].get(public, {"receipt": receipt})
    assert (
        response["Content-Type"] == "application/zip" and evidence_root(vote) == public_evidence(vote.uid, receipt).root
    )  # type: ignore[union-attr]
    text = b"".join(Pack(response.content).raw.values()).decode()
    for person in Person.objects.all():
        assert person.name not in text and person.phone not in text and person.id_number not in text
    assert "1单元" not in text and "1号楼" not in text
    assert clients["nobody"].get(reverse("portal:verify_vote")).content == PROGRAM.read_bytes()


def test_the_evidence_takes_a_bounded_number_of_queries(
    offices: Offices, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    desk = Desk.of(offices, clock)
    vote = desk.opened(make_community(offices, ["50.00"] * 30))
    for voter in vote.voters.all():
        desk.cast(vote, voter, "agree")
    desk.count(vote)
    with django_assert_max_num_queries(14):
        evidence_of(Vote.objects.select_related("community", "division", "building").get(pk=vote.pk))


@pytest.mark.processes
def test_the_program_runs_alone(golden: Evidence, tmp_path: Path) -> None:
    """Isolated from the platform and from every package that is installed."""
    file = tmp_path / "evidence.zip"
    file.write_bytes(golden.packed())
    run = [sys.executable, "-I", "-S", str(PROGRAM), str(file), "--root", golden.root]
    done = subprocess.run(run, capture_output=True, cwd=tmp_path, timeout=60, check=False, encoding="utf-8")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "核对一致。重新计算的结果：通过"), done
    assert len(PROGRAM.read_text(encoding="utf-8").splitlines()) < 400


def test_there_are_enough_corruptions() -> None:
    assert len(SEEN) + len(BY_ROOT) + len(WRITTEN) >= 100
