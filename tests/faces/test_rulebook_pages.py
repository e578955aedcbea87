"""The rulebook explorer over every bundled place and topic. No page of it may ask the database."""

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from offices.rulebooks import library
from policies.model import STRENGTH_LABELS, TOPIC_LABELS
from renovation.comparison import QUESTIONS, answer, compare
from renovation.provisions import say

# No django_db mark anywhere: a query would fail the test.
BOOKS = list(library())
PLACES = [book.document.place for book in BOOKS]
DAY = dt.date(2026, 11, 21)
DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


@pytest.fixture
def client() -> Client:
    """An anonymous visitor."""
    return Client()


def page(client: Client, path: str) -> str:
    """A page that must be there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_index_lists_every_place_and_topic(client: Client) -> None:
    html = page(client, "/rulebooks/")
    for book in BOOKS:
        assert book.document.place_name in html and book.document.title in html
    for label in TOPIC_LABELS.values():
        assert label in html


@pytest.mark.parametrize("place", PLACES)
def test_every_rule_of_a_place_stands_with_clause_and_quote(client: Client, place: str) -> None:
    html = page(client, f"/rulebooks/places/{place}/")
    book = next(book for book in BOOKS if book.document.place == place)
    for rule in book.rules:
        assert f'id="{rule.id}"' in html and escape(rule.title) in html
        for provision in rule.provisions:
            assert escape(provision.quote) in html, rule.id
            assert escape(provision.clause) in html
            assert not provision.reading or escape(provision.reading) in html
    for item in book.document.not_included:
        assert escape(item.name) in html
    if book.document.issued is None and book.document.issued_text:
        assert book.document.issued_text in html
    if not book.document.number:
        assert "没有文号" in html
    if book.document.lies_over:
        assert "适用" in html and "未作规定" in html


@pytest.mark.parametrize("topic", TOPIC_LABELS)
def test_every_topic_renders_with_the_rules_of_all_places(client: Client, topic: str) -> None:
    html = page(client, f"/rulebooks/topics/{topic}/")
    for book in BOOKS:
        for rule in book.rules:
            assert (f'id="{rule.id}"' in html) == (rule.topic == topic)


@pytest.mark.parametrize("place", PLACES)
def test_catalogue_duties_and_text_are_whole(client: Client, place: str) -> None:
    book = next(book for book in BOOKS if book.document.place == place)
    base = f"/rulebooks/places/{place}"
    if book.catalogue:
        html = page(client, f"{base}/catalogue/")
        for item in (*book.catalogue.items, *book.catalogue.outside_classes):
            assert escape(item.name) in html and escape(item.within) in html
    else:
        assert client.get(f"{base}/catalogue/").status_code == 404
    if book.bodies:
        html = page(client, f"{base}/bodies/")
        for duty in (*book.bodies.bodies, *book.bodies.duties_elsewhere):
            assert escape(duty.body) in html and escape(duty.duty) in html
    if book.document.source_text:
        assert '<h2 id="p' in page(client, f"{base}/text/")


@pytest.mark.rule("LZ-25")
@pytest.mark.rule("YL-13")
@pytest.mark.rule("RC-25")
@pytest.mark.parametrize(
    ("place", "body", "duty"),
    [
        ("liuzhou", "市行政审批局", "施工许可"), ("liuzhou", "市供水、供电、燃气等管线专营单位", "管线"),
        ("yulin", "市大数据发展和政务服务局", "一窗受理"), ("yulin", "各县（市、区）人民政府", "责任主体"),
        ("ruicheng", "县社区服务中心", "业主委员会"), ("ruicheng", "县审计局", "审计监督"),
    ],
)  # fmt: skip
def test_each_body_stands_with_its_duty_in_the_documents_words(
    client: Client, place: str, body: str, duty: str
) -> None:
    html = page(client, f"/rulebooks/places/{place}/bodies/")
    book = next(book for book in BOOKS if book.document.place == place)
    assert book.bodies is not None
    (row,) = [row for row in book.bodies.bodies if row.body == body]
    assert duty in row.duty
    said = f'<dt>{escape(row.body)} <span class="small muted">{escape(row.clause)}</span></dt><dd><div class="verbatim">{escape(row.duty)}'
    assert said in html


def test_a_citys_own_rulebook_is_shown_with_its_own_text(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    (tmp_path / "rulebooks").mkdir()
    shutil.copy(DOCS / "example-rulebook.yaml", tmp_path / "rulebooks" / "guihua.yaml")
    assert client.get("/rulebooks/places/guihua/text/").status_code == 404, "the text is not there yet"
    shutil.copy(DOCS / "example-rulebook.txt", tmp_path / "rulebooks" / "example-rulebook.txt")
    assert "列入计划的项目应于当年7月底前开工" in page(client, "/rulebooks/places/guihua/text/")
    html = page(client, "/rulebooks/places/guihua/")
    assert "桂政办发〔2026〕99号" in html and "85%以上" in html


def test_unknown_places_topics_and_rules_are_404(client: Client) -> None:
    for path in ("places/nowhere/", "topics/nothing/", "rules/ZZ-99/", "places/nowhere/text/"):
        assert client.get(f"/rulebooks/{path}").status_code == 404


def test_rule_numbers_lead_to_their_place(client: Client) -> None:
    for book in BOOKS:
        response = client.get(f"/rulebooks/rules/{book.rules[0].id}/")
        assert response.headers["Location"] == f"/rulebooks/places/{book.document.place}/#{book.rules[0].id}"


def test_two_places_side_by_side(client: Client) -> None:
    html = page(client, "/rulebooks/comparison/?place=liuzhou&place=ruicheng")
    heads = re.findall(r'<th scope="col"><a[^>]*>([^<]+)</a>', html)
    assert set(heads) == {"柳州市", "芮城县"}
    assert "不少于5个工作日" in html and "不少于5天" in html
    assert "玉林市</a></th>" not in html


def test_only_what_differs(client: Client) -> None:
    whole = page(client, "/rulebooks/comparison/?place=liuzhou&place=ruicheng")
    part = page(client, "/rulebooks/comparison/?place=liuzhou&place=ruicheng&differs=1")
    assert 'id="q-warranty"' in whole and 'id="q-warranty"' not in part
    assert 'id="q-notice"' in part


def test_all_places_when_fewer_than_two_are_named(client: Client) -> None:
    html = page(client, "/rulebooks/comparison/?place=nowhere")
    for book in BOOKS:
        assert (f"{book.document.place_name}</a></th>" in html) == (book.document.level != "national")


def cell(place: str, key: str):  # type: ignore[no-untyped-def]
    """A place's answer to a question."""
    question = next(question for question in QUESTIONS if question.key == key)
    return answer(library().layers(place), question, DAY)


@pytest.mark.rule("LZ-04")
def test_a_place_of_its_own_shows_the_national_floor_beside_it() -> None:
    found = cell("liuzhou", "vote_scheme")
    assert found.above is None and found.said[0].provision.rule_id == "LZ-04"
    assert [said.provision.rule_id for said in found.floors] == ["N-01"]
    assert found.said[0].lines == (
        "参与表决：面积、人数均须三分之二以上",
        "同意（占参与表决的）：面积、人数均须四分之三以上",
    )


@pytest.mark.rule("N-01")
def test_a_silent_place_shows_the_layer_above() -> None:
    found = cell("yulin", "vote_scheme")
    assert found.above is not None and found.above.level == "national" and found.regulated


def test_silence_is_said_and_not_taken_for_certain_where_annexes_are_missing() -> None:
    found = cell("liuzhou", "satisfaction")
    assert not found.regulated and found.missing_source


@pytest.mark.rule("RC-10")
def test_more_than_half_is_not_half() -> None:
    assert "面积、人数均须过半数" in cell("ruicheng", "vote_property_service").said[0].lines[1]


def test_every_provision_with_parameters_has_words() -> None:
    """A kind without words would print an empty answer; only statements speak by their quote alone."""
    silent = {p.kind for book in BOOKS for rule in book.rules for p in rule.provisions if not say(p)}
    assert silent <= {"statement"}


def test_every_kind_but_statements_and_counting_is_asked_by_a_question() -> None:
    asked = {kind for question in QUESTIONS for kind in question.kinds}
    used = {p.kind for book in BOOKS for rule in book.rules for p in rule.provisions}
    assert used - asked <= {"statement", "counting"}


def test_no_slug_is_left_in_the_words() -> None:
    rows = compare(library(), [place for place in PLACES], DAY)
    lines = [line for row in rows for found in row.cells for said in found.said for line in said.lines]
    assert lines
    assert not [line for line in lines if re.search(r"[a-z]+_[a-z]+", line)]


def test_search_finds_quotes_numbers_and_says_when_nothing_is_found(client: Client) -> None:
    html = page(client, "/rulebooks/search/?q=满意度")
    assert "<mark>满意度</mark>" in html and "RC-09" in html
    assert "LZ-04" in page(client, "/rulebooks/search/?q=LZ-04")
    assert "没有条款写到" in page(client, "/rulebooks/search/?q=没有这个词")
    assert "<script>" not in page(client, "/rulebooks/search/?q=<script>")


def test_strength_words_stand_on_the_pages(client: Client) -> None:
    html = page(client, "/rulebooks/places/liuzhou/")
    for strength in {
        p.strength for p in (p for rule in library().layers("liuzhou").books[0].rules for p in rule.provisions)
    }:
        assert STRENGTH_LABELS[strength] in html
