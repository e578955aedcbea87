"""A new city's divisions and bodies come from one file."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from offices.models import Body, Division

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-offices.yaml"
pytestmark = pytest.mark.django_db


def test_the_example_builds_a_city_and_runs_twice(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_offices", EXAMPLE)
    assert Division.objects.get(name="映山社区").governed_by == "liuzhou"
    assert Division.objects.get(name="柳东新区").level == "county"
    assert "county_leading_group_office" in Body.objects.get(name="城中区住房和城乡建设局").slugs
    before = Division.objects.count(), Body.objects.count()
    call_command("load_offices", EXAMPLE)
    assert (Division.objects.count(), Body.objects.count()) == before
    assert "新增 0 项" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {name: 某市}", "须写明 name 和 kind"),
        ("- {name: 某市, kind: village}", "kind 应为"),
        ("- {name: 某市, kind: city, rule: x}", "不认识的键 rule"),
        ("- {name: 某市, kind: city, rulebook: nowhere}", "某市"),
        ("- {name: 某区, kind: county, below: [{name: 某市, kind: city}]}", "不能是上级"),
        ("- {name: 某市, kind: city, bodies: [{name: 某局}]}", "bodies 第 1 项"),
        ("- [", "YAML"),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_is_built(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "offices.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("load_offices", file)
    assert not Division.objects.exists()
