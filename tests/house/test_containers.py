"""The container files as the deployment reads them (no docker engine runs here)."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = {"migrate", "web", "worker", "beat"}


def test_every_part_is_there_and_only_web_is_reachable_and_only_from_this_machine() -> None:
    assert set(SERVICES) == OURS | {"database", "queue"}
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:${WEB_PORT:-8000}:8000"]
    }


@pytest.mark.parametrize("name", sorted(OURS))
def test_ours_run_one_image_in_production_with_one_environment(name: str) -> None:
    service = SERVICES[name]
    assert service["image"] == SERVICES["web"]["image"]
    assert service["environment"] == SERVICES["web"]["environment"]
    assert service["environment"]["PRODUCTION"] == "1"
    assert "data:/data" in service["volumes"]


def test_no_secret_has_a_default() -> None:
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(:?[-?]?)", COMPOSE)
    empty = {"EMAIL_HOST_PASSWORD", "OIDC_CLIENT_SECRET", "SECRET_KEY_FALLBACKS"}  # empty means: there is none
    assert {name for name, _ in secrets} == {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", *empty}
    assert {name for name, mode in secrets if mode != ":?"} == empty
    assert all(f"${{{name}:-}}" in COMPOSE for name in empty)


def test_the_queue_forgets_nothing() -> None:
    command = SERVICES["queue"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert SERVICES["queue"]["volumes"] == ["queue:/data"]


def test_nothing_starts_before_the_tables_are_there() -> None:
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "prepare"]


def test_whatever_goes_on_running_has_a_health_check() -> None:
    for name in set(SERVICES) - {"migrate"}:
        assert SERVICES[name]["healthcheck"]["test"]


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    last_stage = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER renovation" in last_stage
    assert any(line.startswith("HEALTHCHECK ") for line in last_stage)
    assert not any("SECRET_KEY" in line or "PASSWORD" in line for line in last_stage)


def test_the_image_gets_every_app_and_nothing_else_of_this_folder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    kept = {line[1:] for line in ignored if line.startswith("!")}
    listed = subprocess.run(
        ["git", "ls-files", "--", "*/apps.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    apps = {Path(name).parts[0] for name in listed.stdout.splitlines()}
    assert apps <= kept
    assert not kept & {"tests", "docs", "var", ".git", ".venv"}


def test_the_run_of_the_integration_is_executable_and_fails_with_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    order = [line for line in script.read_text(encoding="utf-8").splitlines() if line.startswith("make ")]
    assert order == ["make setup || exit 1", "make check", 'make test 2>&1 | tee "$said"']
