"""What the repository may not hold: files that outgrew themselves, addresses of somebody's mirror, paths of somebody's machine."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
PUBLIC = {"pypi.org", "files.pythonhosted.org", "registry.npmjs.org"}
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
# A folder of one machine: home folders, and work folders at the root. Written in pieces, so that this file is not found itself.
MACHINE = re.compile(
    r"(?<![\w.~$}-])/(?:" + "|".join(["work", "farm", "root", "Users", r"home/\w+"]) + r")/\w|bash_" + "jobs"
)


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows, by pattern (all without one)."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    """Every tracked file that is text."""
    for file in tracked():
        try:
            yield file.relative_to(ROOT), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_outgrows_four_hundred_lines() -> None:
    code = [file for file in tracked("*.py", "*.html", "*.js", "*.css") if "migrations" not in file.parts]
    assert len(code) > 100
    lengths = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in code}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize("name", ["uv.lock", "package-lock.json"])
def test_a_lock_file_names_public_registries_only(name: str) -> None:
    hosts = {urlsplit(address).hostname for address in ADDRESS.findall((ROOT / name).read_text(encoding="utf-8"))}
    assert hosts <= PUBLIC


def test_every_locked_package_comes_from_the_public_registry() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    sources = {str(package["source"]) for package in packages if package["name"] != "renovation"}
    assert sources == {"{'registry': 'https://pypi.org/simple'}"}


def test_no_file_speaks_of_somebodys_machine() -> None:
    found = {str(name): match.group(0) for name, text in texts() if (match := MACHINE.search(text))}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("see " + "/wo" + "rk/main/x.py", True),
        ("/ho" + "me/li/project", True),
        ("/tmp/" + "bash_" + "jobs.0", True),
        ("https://example.org/work/2", False),
        ("/home/", False),
        ("path('work/<uid>/')", False),
    ],
)
def test_a_path_of_a_machine_is_told_from_an_address(text: str, speaks: bool) -> None:
    assert bool(MACHINE.search(text)) is speaks


def test_the_front_end_files_are_those_of_the_lock() -> None:
    wanted = re.findall(
        r'^    "[^"]+": f?"(\{NOTO\}|[\w.-]+)/', (ROOT / "renovation" / "frontend.py").read_text(), re.MULTILINE
    )
    lock = (ROOT / "package-lock.json").read_text()
    names = {"@expo-google-fonts/noto-sans-sc" if name == "{NOTO}" else name for name in wanted}
    assert len(names) == 5
    assert {name for name in names if f'"node_modules/{name}"' not in lock} == set()
