"""The stage of the walks: browsers of the people of one county, a clock, and a walk that tries each step of a project too early.

A walk asks for a step, is refused with every clause that the rulebook prescribes (on the page and over the interface alike), does one
thing, asks again, and so on until the step is taken. What the rulebook prescribes and the walk never met is named at the end.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, Self

import httpx
from django.core.wsgi import get_wsgi_application

from offices.demonstration import PASSWORD, Offices
from policies.layers import Layers
from projects.models import AnnualPlan, Project
from projects.rules.gates import BLOCKING, evidence_key
from projects.rules.stages import MOVE
from tests.cast import SHANGHAI
from tests.journey.browser import Browser
from tests.votes.conftest import Clock

BASE = "http://testserver"


class Person(Browser):
    """Somebody of an office: pages as a browser without JavaScript, and the interface with the same session and its CSRF token."""

    def __init__(self, username: str = "") -> None:
        super().__init__(BASE, httpx.WSGITransport(app=get_wsgi_application()))
        if username:
            self.login(username, PASSWORD)
        self._http.follow_redirects = (
            False  # what was taken answers with a redirect; the page behind it is not asked for
        )

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """A call of the interface on the row as it stands."""
        headers = {"If-Match": "*", "X-CSRFToken": self._http.cookies.get("csrftoken", ""), "Referer": BASE}
        return self._http.request(method, f"/api/v1/{path}", json=body, headers=headers)

    def fill(self, path: str, values: dict[str, Any], button: str = "保存", **files: tuple[str, bytes]) -> Self:
        """Open a page, fill in its form, send it; it has to be taken."""
        self.get(path)
        assert self.status == 200, f"{path}: {self.status} {self.text[:800]}"
        self.press(button, values, files=files or None)
        if self.status == 200 and "随之变动的日期" in self.text:  # shown before it is saved
            self.press("确认保存")
        assert self.taken, f"{path}: {self.status} {self.box or self.text[:1500]}"
        return self

    def post(self, path: str, **values: Any) -> Self:
        """Send a form that no page offers, as a program or a stale page would."""
        token = self._http.cookies.get("csrftoken", "")
        self._show(self._http.post(path, data={**values, "csrfmiddlewaretoken": token}))
        return self

    @property
    def taken(self) -> bool:
        """Whether the form that was just sent was taken."""
        return self.status == 302

    @property
    def box(self) -> str:
        """The refusal at the head of the page; empty where nothing is refused."""
        _, mark, rest = self.response.text.partition('aria-labelledby="refused-title"')
        return rest.partition("</ul>")[0] if mark else ""


@dataclass(frozen=True, order=True)
class Demand:
    """One gate of the rulebook that can refuse a step. ``text`` is the label as refusals print it."""

    rule: str
    step: str
    evidence: str
    label: str


def prescribed(layers: Layers, day: dt.date) -> list[Demand]:
    """Every gate that the rulebook lets refuse a step, whatever facts it asks for: straight from its provisions."""
    return [
        Demand(p.rule_id, p.params.step, evidence_key(p.params), p.params.label)
        for p in layers.provisions("gate", day)
        if p.strength in BLOCKING
    ]


class Walk:
    """One project of one county from the reserve to aftercare."""

    def __init__(self, offices: Offices, clock: Clock, county: str, layers: Layers, begins: dt.date) -> None:
        self.offices, self.clock, self.county, self.layers = offices, clock, county, layers
        self._people: dict[tuple[str, str, str], Person] = {}
        self.day, self.step, self.own_entry = begins, "", False
        self.to(begins)
        self.demands = prescribed(layers, begins)
        self.permits: set[str] = {p.rule_id for p in layers.provisions("permit_waivers", begins)}
        self.permits_refused: set[str] = set()
        self.refused: set[Demand] = set()
        self.passed: set[Demand] = set()
        self.project: Project
        self.plan: AnnualPlan

    def to(self, day: dt.date) -> None:
        """Go on to ten o'clock of a day."""
        assert day >= self.day, f"{day} lies before {self.day}"
        self.day = day
        self.clock.to(dt.datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI))

    def later(self, days: int) -> None:
        """Go on by some days."""
        self.to(self.day + dt.timedelta(days=days))

    def person(self, kind: str, role: str, place: str = "") -> Person:
        """Somebody's browser, signed in once."""
        key = (place or self.county, kind, role)
        if key not in self._people:
            user = self.offices.user(key[0], kind, role)
            self._people[key] = Person(user.username)
        return self._people[key]

    @property
    def clerk(self) -> Person:
        """Who enters."""
        return self.person("housing", "clerk")

    @property
    def second(self) -> Person:
        """Who checks what she entered."""
        return self.person("housing", "approver")

    @property
    def leader(self) -> Person:
        """Who leads the office."""
        return self.person("housing", "leader")

    @property
    def page(self) -> str:
        """The project's page."""
        return f"/staff/projects/{self.project.uid}/"

    # -- steps

    def asked(self, step: str) -> set[Demand]:
        """Tried too early: what refuses the step, the same on the page and over the interface, each with its clause."""
        path, body = self._step(step)
        response = self.clerk.api("POST", path, body)
        problem = response.json()
        assert response.status_code == 409 and problem["code"] == "rule", f"{step}: {response.status_code} {problem}"
        found = {demand for reason in problem["reasons"] for demand in self._demands(reason)}
        self._on_page(step)
        box = self.clerk.box
        for reason in problem["reasons"]:
            rule, label = reason["rule"]["id"], reason["text"].partition("：")[0]
            assert rule in box and escape(label) in box, f"{rule} {label} is not in the page's refusal: {box}"
        assert self.stage == (MOVE[step].source if step in MOVE else "planned"), "a refused step moved the project"
        said = self.waiting(step)
        assert found == said, f"refuses, not said before: {found - said}; said before, refuses not: {said - found}"
        return found

    def _demands(self, reason: dict[str, Any]) -> set[Demand]:
        """The gates of the rulebook that a reason names; none for a permit that RC-17 leaves needed."""
        label, rule = reason["text"].partition("：")[0], reason["rule"]
        assert rule["clause"] and rule["quote"], reason
        steps = {"declare": ("survey", "plan", "declare"), "accept": ("works", "accept")}.get(self.step, (self.step,))
        named = {rule["id"], *(d.rule for d in self.demands if f"{d.rule} " in reason["text"])}
        found = {d for d in self.demands if d.step in steps and d.label == label and d.rule in named}
        if not found and rule["id"] in self.permits:
            self.permits_refused.add(rule["id"])
        assert found or rule["id"] in self.permits, f"no gate of the rulebook says {reason}"
        return found

    @property
    def version(self) -> int:
        """Version of the project as it stands."""
        return Project.objects.get(pk=self.project.pk).version

    def waiting(self, step: str) -> set[Demand]:
        """What the interface says beforehand: gates of the step that block it."""
        if step == "declare":
            answer = self.clerk.api("GET", f"plans/{self.plan.uid}/gates/").json()
            gates = [*answer["plan"], *(gate for line in answer["lines"] for gate in line["gates"])]
        else:
            answer = self.clerk.api("GET", f"projects/{self.project.uid}/gates/").json()
            assert answer["step"] == step, answer["step"]
            gates = answer["gates"]
        blocking = [gate for gate in gates if gate["blocks"]]
        return {
            d
            for gate in blocking
            for d in self.demands
            if d.rule in {gate["rule"]["id"], *(other["id"] for other in gate["also"])}
            and (d.step, d.label) == (gate["step"], gate["label"])
        }

    def _step(self, step: str) -> tuple[str, dict[str, Any]]:
        if step == "declare":
            return f"plans/{self.plan.uid}/submit/", {}
        return f"projects/{self.project.uid}/advance/", {"step": step, "on": self.day.isoformat()}

    def _on_page(self, step: str) -> None:
        if step == "declare":
            version = AnnualPlan.objects.get(pk=self.plan.pk).version
            self.clerk.post(f"/staff/plans/{self.plan.uid}/submit/", version=version)
        else:
            self.clerk.post(f"{self.page}advance/", step=step, on=self.day.isoformat(), version=self.version)
        assert self.clerk.status == 409, f"{step}: the page answers {self.clerk.status}"

    def through(self, step: str, *acts: "Act") -> None:
        """Try the step, do one thing, try again …; each act answers the gates that it names and no others; then the step is taken."""
        self.step = step
        left = self.asked(step) if acts else self.waiting(step)
        self.refused |= left
        for number, act in enumerate(acts, start=1):
            if number == len(acts):
                assert self.asked(step) == left, "the last gate alone refuses the step"
            act.do()
            now = self.waiting(step)
            answered = left - now
            named = {d for d in left if {d.evidence, d.label, f"{d.rule} {d.evidence}"} & set(act.answers)}
            assert named, f"nothing of {step} asked for {act.answers}: {sorted(left)}"
            assert answered == named, f"{act.answers}: expected {sorted(named)}, answered {sorted(answered)}"
            assert not now - left, f"{act.answers} opened new gates: {sorted(now - left)}"
            self.passed |= answered
            left = now
        assert not left, f"{step} still waits for {sorted(left)}"
        self.take(step)

    def take(self, step: str) -> None:
        """Take the step on its page."""
        if step == "declare":
            self.clerk.fill(f"/staff/plans/{self.plan.uid}/submit/", {}, "确认申报")
        else:
            self.clerk.fill(self.page, {"on": self.day.isoformat()}, MOVE[step].label)
            assert self.stage == MOVE[step].target, self.stage

    @property
    def stage(self) -> str:
        """Where the project stands."""
        return str(Project.objects.values_list("stage", flat=True).get(pk=self.project.pk))

    def complete(self) -> None:
        """Every gate of the rulebook refused once, and passed once."""
        every = set(self.demands)
        assert every - self.refused == set(), f"never refused: {sorted(every - self.refused)}"
        assert every - self.passed == set(), f"never passed: {sorted(every - self.passed)}"
        assert self.permits == self.permits_refused, "permits that the facts decide never refused the start"

    # -- wrong turns

    @contextmanager
    def nothing_changed(self) -> Any:
        """Whatever happens inside leaves the project as it was."""
        before = Project.objects.filter(pk=self.project.pk).values().get()
        yield
        assert Project.objects.filter(pk=self.project.pk).values().get() == before


@dataclass(frozen=True)
class Act:
    """What is done between two tries of a step, and the kinds of evidence whose gates it answers."""

    answers: tuple[str, ...]
    do: Callable[[], object]


def doing(*answers: str) -> Callable[[Callable[[], object]], Act]:
    """``doing("notice")(lambda: …)``."""
    return lambda do: Act(answers, do)
