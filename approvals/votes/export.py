"""The evidence of a counted vote: plain files that anybody can check without this platform (``tools/verify_vote.py``).

The same vote gives the same bytes. The root hash covers everything that was fixed when the counting ended; it is kept with the result,
recorded in the history and printed on the result sheet. The history and the confirmation come later and stand beside it.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from approvals.codes import ALPHABET
from approvals.models import Vote, VoteResult
from approvals.votes.freezing import digest_of
from approvals.votes.lines import FORMAT, ballot_lines, paper_lines, result_line, vote_line, voter_lines
from offices.models import HistoryEntry
from policies.refusal import Refused

ROOTED = ("vote.json", "roll.jsonl", "ballots.jsonl", "papers.jsonl", "result.json")
# Acts of the vote's life; what else is recorded of it (letters, openings of names) is the office's business.
LIFE = ("vote.draft", "vote.change", "vote.announce", "vote.cancel", "vote.close", "vote.count", "vote.confirm")
EPOCH = (1980, 1, 1, 0, 0, 0)
VERIFIER = "tools/verify_vote.py"

README = """业主表决证据包

小区：{community}    区划：{division}    表决：{title}
状态：{state}    证据根校验值：{root}

本包只有普通文本文件，任何人都可以核对，不需要本平台：
  vote.json      公告的内容：事项、原文、起止时间、规则、四项门槛及其出处、名册校验值
  roll.jsonl     公告时冻结的名册：每行一位业主（代号）、面积、各套房的面积及来源
  ballots.jsonl  收到的全部票：计入的、被改投取代的、留存不计入的，各带回执号
  papers.jsonl   每一张发出的纸质票：编号、是否收回、两人录入的内容、有效或无效
  result.json    计票结果：四项比例与门槛、纸质票核对表、全部票的校验值
  history.jsonl  本次表决的经过，摘自平台的历史链
  manifest.json  每个文件的 SHA-256、长度，以及根校验值

怎样核对：取得 verify_vote.py（只用 Python 标准库，不用本平台的任何代码），运行
  python verify_vote.py 本文件.zip --root 结果公示单上的证据根校验值 --receipt 您的回执号
程序重新计算全部数目，逐项说明，最后一行是结论；退出码 0 为通过，1 为不通过。

代号与姓名的对应只在平台内，受保护。表决依法可以追溯到投票人，不是秘密投票；请不要把自己的回执号告诉他人。
"""


@dataclass(frozen=True)
class Evidence:
    """The files by name, and the root hash."""

    uid: UUID
    files: Mapping[str, bytes]
    root: str

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"vote-{self.uid}.zip"

    def packed(self) -> bytes:
        """A ZIP of the same bytes each time: stored, in this order, without times."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, content in self.files.items():
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                archive.writestr(entry, content)
        return target.getvalue()


def evidence_root(vote: Vote) -> str:
    """The root hash of a counted vote, as it stands with the result and on the result sheet. Raises Refused before the count."""
    return _counted(vote).evidence_root


def evidence_of(vote: Vote) -> Evidence:
    """The evidence of a counted vote (about ten queries). Callers show a vote that the caller may see.

    Raises Refused before the counting has ended: while a paper is unread nobody is shown what was chosen.
    """
    result = _counted(vote)
    vote = _with_places().get(pk=vote.pk)
    files = rooted_files(vote, result)
    root = root_of(files)
    files["history.jsonl"] = _lines(_history(vote))
    files["README.txt"] = README.format(
        community=vote.community.name, division=vote.division.name, title=vote.title, state=vote.get_state_display(), root=root
    ).encode()  # fmt: skip
    files["manifest.json"] = _line(_manifest(vote, files, root))
    return Evidence(vote.uid, files, root)


def public_evidence(uid: UUID, receipt: str) -> Evidence | None:
    """For owners without an account, once the result is confirmed: whoever holds a receipt of the vote, None for others.

    Choices stand beside pseudonyms and areas in it, and an unusual area tells neighbours whose it is: it is for those who voted.
    """
    number = "".join(character for character in receipt.upper() if character in ALPHABET)[:24]
    vote = _with_places().filter(uid=uid, state=Vote.State.CONFIRMED, ballots__receipt=number).first()
    return None if vote is None else evidence_of(vote)


def attached(evidence: Evidence) -> HttpResponse:
    """The ZIP as a download."""
    response = HttpResponse(evidence.packed(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{evidence.name}"'
    return response


def _with_places() -> Any:
    return Vote.objects.select_related("community", "division", "building")


def verifier_text() -> str:
    """The program that checks the evidence, as it is given to owners beside it."""
    return (Path(settings.BASE_DIR) / VERIFIER).read_text(encoding="utf-8")


def _counted(vote: Vote) -> VoteResult:
    result = VoteResult.objects.filter(vote=vote).first()
    if result is None:
        raise Refused(
            "计票还没有结束：纸质票全部录入、计票结束后才有证据包，此前不向任何人显示已投的选择",
            code="vote_not_counted",
        )
    return result


def rooted_files(vote: Vote, result: VoteResult) -> dict[str, bytes]:
    """The files that the root covers. ``result`` may be about to be saved."""
    papers = paper_lines(vote)
    content = (
        _line(vote_line(vote)), _lines(voter_lines(vote)), _lines(ballot_lines(vote)), _lines(papers),
        _line(result_line(vote, result, papers)),
    )  # fmt: skip
    return dict(zip(ROOTED, content, strict=True))


def root_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the names, hashes and lengths of the files that it covers."""
    return digest_of([_listed(name, files[name]) for name in ROOTED])


def _manifest(vote: Vote, files: Mapping[str, bytes], root: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "vote": str(vote.uid),
        "state": vote.state,
        "files": [_listed(name, content) for name, content in files.items()],
        "root": root,
    }


def _listed(name: str, content: bytes) -> list[Any]:
    return [name, hashlib.sha256(content).hexdigest(), len(content)]


def _history(vote: Vote) -> list[dict[str, Any]]:
    """The entries of the vote's life as the chain hashes them; what is not sealed yet has no sequence."""
    rows = HistoryEntry.objects.filter(subject_type="vote", subject_uid=vote.uid, action__in=LIFE).order_by("pk")
    return [
        {
            "id": row.pk, "at": row.at.astimezone(UTC).isoformat(), "by": row.by_id, "body": row.body_id, "division": row.division_id,
            "action": row.action, "subject_type": row.subject_type, "subject_uid": str(row.subject_uid), "data": row.data,
            "sequence": row.sequence, "previous": row.previous, "hash": row.hash,
        }
        for row in rows
    ]  # fmt: skip


def _line(content: Any) -> bytes:
    """Canonical JSON and a line feed."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _lines(rows: Iterable[Any]) -> bytes:
    return b"".join(_line(row) for row in rows)
