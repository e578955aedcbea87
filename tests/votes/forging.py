"""Named corruptions of the evidence of a vote, as a forger would make them: with every hash computed anew where ``reseal`` is asked for."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

Rows = list[dict[str, Any]]
ROOTED = ("vote.json", "roll.jsonl", "ballots.jsonl", "papers.jsonl", "result.json")
NAMES = (*ROOTED, "history.jsonl", "README.txt")


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(value: Any) -> str:
    return hashlib.sha256(value if isinstance(value, bytes) else canonical(value).encode()).hexdigest()


class Pack:
    """The evidence taken apart, to be put together again."""

    def __init__(self, packed: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            self.raw = {name: archive.read(name) for name in archive.namelist()}
        self.rows: dict[str, Rows] = {
            name: [json.loads(line) for line in content.decode().splitlines()]
            for name, content in self.raw.items()
            if name != "README.txt"
        }

    def __getattr__(self, name: str) -> Any:
        for ending in (".json", ".jsonl"):
            if name + ending in self.rows:
                rows = self.rows[name + ending]
                return rows[0] if ending == ".json" else rows
        raise AttributeError(name)

    def counting(self, channel: str | None = None) -> dict[str, Any]:
        """A ballot that counts, alone."""
        return next(
            row for row in self.ballots
            if row["counts"] and row["supersedes"] is None and channel in (None, row["channel"])
            and sum(other["voter"] == row["voter"] for other in self.ballots) == 1
        )  # fmt: skip

    def superseded(self) -> dict[str, Any]:
        """A ballot that was replaced."""
        return next(row for row in self.ballots if row["why_not"] == "superseded")

    def paper(self, state: str = "valid") -> dict[str, Any]:
        """A paper that came back."""
        return next(row for row in self.papers if row["returned"] and row["returned"]["state"] == state)

    def files(self) -> dict[str, bytes]:
        """As bytes."""
        written = {name: "".join(canonical(row) + "\n" for row in rows).encode() for name, rows in self.rows.items()}
        return {**self.raw, **written}

    def reseal(self) -> None:
        """Every hash that a forger can compute."""
        self.vote["roll"]["hash"] = sha(self.roll)
        self.result["ballots_hash"] = sha(self.ballots)
        files = self.files()
        listed = [[name, sha(files[name]), len(files[name])] for name in ROOTED]
        self.manifest["root"] = sha(listed)
        for row in self.history:
            if row["action"] == "vote.announce":
                row["data"].update(roll=self.vote["roll"]["hash"])
            if row["action"] == "vote.count":
                row["data"].update(
                    evidence=self.manifest["root"], ballots=self.result["ballots_hash"], passed=self.result["passed"]
                )
        previous = None
        for row in self.history:
            row["previous"] = previous or row["previous"]
            row["hash"] = previous = sha({name: value for name, value in row.items() if name != "hash"})
        files = self.files()
        self.manifest["files"] = [[name, sha(files[name]), len(files[name])] for name in NAMES]

    def packed(self) -> bytes:
        """The ZIP."""
        return zipped(self.files())


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


Forgery = Callable[[Pack], None]
#: Refused even with every hash computed anew: name to what is done and words of the reason.
SEEN: dict[str, tuple[Forgery, str]] = {}
#: Consistent in itself: found by the root hash that stands on the result sheet (and in the history).
BY_ROOT: dict[str, Forgery] = {}


def seen(words: str) -> Callable[[Forgery], Forgery]:
    def register(forgery: Forgery) -> Forgery:
        SEEN[forgery.__name__] = (forgery, words)
        return forgery

    return register


def by_root(forgery: Forgery) -> Forgery:
    BY_ROOT[forgery.__name__] = forgery
    return forgery
