"""The rulebook explorer: public pages over the rulebooks themselves. No page here asks the database."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from offices.clock import today
from offices.rulebooks import library, own_folder
from policies.kinds import KINDS
from policies.layers import Layers
from policies.load import TEXTS
from policies.model import TOPIC_LABELS, CatalogueItem, Document, Provision, Rule, Rulebook
from policies.refusal import Citation
from policies.registry import shows
from renovation.comparison import QUESTIONS, Question, Said, answer, compare
from renovation.provisions import CONTENT, say
from renovation.sourcetext import paragraphs

LEVEL_ORDER = {"province": 0, "city": 1, "county": 2, "national": 3}
MOST_FOUND = 100


@dataclass(frozen=True)
class Passage:
    """One passage of the text with everything that provisions take from it."""

    clause: str
    quote: str
    said: tuple[Said, ...]

    @property
    def readings(self) -> tuple[str, ...]:
        """What of it is our reading, each once."""
        return tuple(dict.fromkeys(said.provision.reading for said in self.said if said.provision.reading))


@dataclass(frozen=True)
class RuleView:
    """A rule with its passages, in the order of its provisions."""

    rule: Rule
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Place:
    """A document for the lists: its book and the documents that lie over it."""

    book: Rulebook
    over: tuple[Document, ...]


def _places() -> list[Place]:
    books = sorted(library(), key=lambda book: (LEVEL_ORDER[book.document.level], book.document.place))
    return [
        Place(book, tuple(upper.document for upper in library().layers(book.document.place).books[1:]))
        for book in books
    ]


def _layers(place: str) -> Layers:
    if place not in library():
        raise Http404(place)
    return library().layers(place)


def rule_view(rule: Rule, document: Document) -> RuleView:
    """A rule with its passages and what each says."""
    passages: dict[tuple[str, str], list[Said]] = {}
    for provision in rule.provisions:
        passages.setdefault((provision.clause, provision.quote), []).append(Said(provision, document, say(provision)))
    return RuleView(rule, tuple(Passage(clause, quote, tuple(said)) for (clause, quote), said in passages.items()))


def _place_page(request: HttpRequest, place: str, template: str, tab: str, **context: Any) -> HttpResponse:
    layers = _layers(place)
    book = layers.books[0]
    tabs = [
        ("规则", "place", len(book.rules)),
        (
            "改造内容",
            "catalogue",
            len(book.catalogue.items) + len(book.catalogue.outside_classes) if book.catalogue else 0,
        ),
        ("机构职责", "bodies", len(book.bodies.bodies) + len(book.bodies.duties_elsewhere) if book.bodies else 0),
        ("文件原文", "text", None if book.document.source_text else 0),
    ]
    shown = [
        {"label": label, "url": reverse(f"rulebooks:{name}", args=[place]), "count": count, "current": name == tab}
        for label, name, count in tabs
        if count != 0
    ]
    page = {"book": book, "document": book.document, "over": [b.document for b in layers.books[1:]], "tabs": shown}
    return render(request, template, {**page, **context})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All documents, topics, the way to the comparison and the search."""
    return render(request, "rulebooks/index.html", {"places": _places(), "topics": TOPIC_LABELS.items(), "query": ""})


@dataclass(frozen=True)
class TopicView:
    """A topic of one document: its rules, and the questions of the topic that it leaves open."""

    key: str
    label: str
    rules: tuple[RuleView, ...]
    open: tuple[tuple[Question, Document | None], ...]


def _topic(layers: Layers, key: str, label: str, day: dt.date) -> TopicView:
    rules = tuple(rule_view(rule, layers.document) for rule in layers.books[0].rules if rule.topic == key)
    left: list[tuple[Question, Document | None]] = []
    for question in QUESTIONS:
        if question.topic == key:
            cell = answer(layers, question, day)
            if not cell.regulated or cell.above:
                left.append((question, cell.above))
    return TopicView(key, label, rules, tuple(left))


@require_safe
@shows(*KINDS)
def place(request: HttpRequest, place: str) -> HttpResponse:
    """The rules of a document by topic, each number beside its clause and quote; what it leaves open."""
    layers = _layers(place)
    topics = [_topic(layers, key, label, today()) for key, label in TOPIC_LABELS.items()]
    lowest = layers.document.level != "national"
    shown = [topic for topic in topics if topic.rules or (lowest and topic.open)]
    return _place_page(request, place, "rulebooks/place.html", "place", topics=shown)


@require_safe
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One topic over all places: its questions side by side, then every rule of it."""
    if topic not in TOPIC_LABELS:
        raise Http404(topic)
    places = _places()
    groups = [
        (item.book.document, [rule_view(rule, item.book.document) for rule in item.book.rules if rule.topic == topic])
        for item in places
    ]
    columns = [item.book.document for item in places if item.book.document.level != "national"]
    rows = compare(library(), [document.place for document in columns], today(), topic)
    context = {"topic": topic, "label": TOPIC_LABELS[topic], "topics": TOPIC_LABELS.items(), "groups": groups}  # type: ignore[index]
    return render(request, "rulebooks/topic.html", {**context, "rows": rows, "columns": columns})


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Places side by side, question by question: two chosen ones, or all."""
    places = [item for item in _places() if item.book.document.level != "national"]
    known = {item.book.document.place: item.book.document for item in places}
    chosen = [name for name in dict.fromkeys(request.GET.getlist("place")) if name in known]
    columns = [known[name] for name in chosen] if len(chosen) > 1 else list(known.values())
    rows = compare(library(), [document.place for document in columns], today())
    only = "differs" in request.GET
    shown = [row for row in rows if row.differs or not only]
    topics = [(label, [row for row in shown if row.question.topic == key]) for key, label in TOPIC_LABELS.items()]
    choices = [*chosen, "", ""][:2]
    context = {"places": places, "columns": columns, "topics": [item for item in topics if item[1]], "choices": choices}
    return render(request, "rulebooks/comparison.html", {**context, "only": only})


def _cited(document: Document, clause: str, quote: str, reading: str = "") -> Citation:
    return Citation("", document.title, document.number, clause, quote, "def", reading)


def _item(item: CatalogueItem, document: Document) -> dict[str, Any]:
    reading = "文件没有定义“水、电、路、气”，把这一项算进去是我们的读法。" if item.five_basis == "reading" else ""
    five = CONTENT[item.five] if item.five else ""
    return {"item": item, "five": five, "citation": _cited(document, item.clause, item.within, reading)}


@require_safe
def catalogue(request: HttpRequest, place: str) -> HttpResponse:
    """改造内容 by class, each item beside the words that name it."""
    book = _layers(place).books[0]
    if book.catalogue is None:
        raise Http404(place)
    classes = [
        (name, [_item(item, book.document) for item in book.catalogue.items if item.item_class == name])
        for name in book.catalogue.classes
    ]
    outside = [_item(item, book.document) for item in book.catalogue.outside_classes]
    return _place_page(
        request,
        place,
        "rulebooks/catalogue.html",
        "catalogue",
        classes=classes,
        outside=outside,
        notes=book.catalogue.notes,
    )


@require_safe
def bodies(request: HttpRequest, place: str) -> HttpResponse:
    """Bodies with their duties in the document's own words."""
    book = _layers(place).books[0]
    if book.bodies is None:
        raise Http404(place)
    lists = [("职责分工", book.bodies.bodies), ("正文其他地方写明的职责", book.bodies.duties_elsewhere)]
    return _place_page(request, place, "rulebooks/bodies.html", "bodies", lists=lists, notes=book.bodies.notes)


def _folders(place: str) -> tuple[Path, ...]:
    """Where a source text may lie: beside a city's own rulebook, or among the bundled ones."""
    return own_folder() / place, own_folder(), TEXTS


@require_safe
def text(request: HttpRequest, place: str) -> HttpResponse:
    """The source text with an anchor at each heading."""
    name = _layers(place).document.source_text
    file = (
        next((folder / Path(name).name for folder in _folders(place) if (folder / Path(name).name).is_file()), None)
        if name
        else None
    )
    if file is None:
        raise Http404(place)
    rows = paragraphs(file.read_text(encoding="utf-8"))
    return _place_page(
        request, place, "rulebooks/text.html", "text", paragraphs=rows, headings=[row for row in rows if row.level == 2]
    )


@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """To the rule in its document's page."""
    for book in library():
        if book.rule(rule_id):
            return HttpResponseRedirect(f"{reverse('rulebooks:place', args=[book.document.place])}#{rule_id}")
    raise Http404(rule_id)


@dataclass(frozen=True)
class Hit:
    """A provision whose words hold the query."""

    rule: Rule
    document: Document
    provision: Provision


def _hits(words: list[str]) -> Iterator[Hit]:
    for item in _places():
        for rule in item.book.rules:
            for provision in rule.provisions:
                where = " ".join(
                    (rule.id, rule.title, provision.clause, provision.quote, item.book.document.place_name)
                ).lower()
                if all(word in where for word in words):
                    yield Hit(rule, item.book.document, provision)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Clauses, titles and rule numbers that hold every word of the query."""
    query = request.GET.get("q", "").strip()[:60]
    words = query.lower().split()
    hits = [hit for _, hit in zip(range(MOST_FOUND + 1), _hits(words), strict=False)] if words else []
    context = {"query": query, "words": words, "hits": hits[:MOST_FOUND], "more": len(hits) > MOST_FOUND}
    return render(request, "rulebooks/search.html", context)


app_name = "rulebooks"
urlpatterns = [
    path("", index, name="index"),
    path("comparison/", comparison, name="comparison"),
    path("search/", search, name="search"),
    path("topics/<slug:topic>/", topic, name="topic"),
    path("rules/<str:rule_id>/", rule, name="rule"),
    path("places/<slug:place>/", place, name="place"),
    path("places/<slug:place>/catalogue/", catalogue, name="catalogue"),
    path("places/<slug:place>/bodies/", bodies, name="bodies"),
    path("places/<slug:place>/text/", text, name="text"),
]
