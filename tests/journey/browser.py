"""A browser without JavaScript: reads pages, fills their forms, follows their links, over HTTP."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

Upload = tuple[str, bytes]
VOID = frozenset({"input", "br", "hr", "img", "meta", "link", "wbr", "col", "source"})


@dataclass
class Form:
    """A form as it stands in a page: where it goes, what it sends if nothing is filled in."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    named: dict[str, tuple[str, str]] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    words: str = ""


class _Reader(HTMLParser):
    """Collects forms, links and the text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._link: str | None = None
        self._link_text: list[str] = []
        self._button: tuple[str, str] | None = None
        self._button_text: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._first_option = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag in {"script", "style", "template"}:
            self._silent += 1
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self._link, self._link_text = given["href"], []
        elif tag == "button":
            self._button, self._button_text = (given.get("name", ""), given.get("value", "")), []
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and kind == "checkbox":
            self._form.boxes.append(name)
        if tag == "input" and name and kind not in {"submit", "button", "file", "image"}:
            if kind not in {"checkbox", "radio"} or "checked" in given:
                silent = "on" if kind in {"checkbox", "radio"} else ""
                self._form.values.setdefault(name, []).append(given.get("value", silent))
        elif tag == "textarea" and name:
            self._area = name
            self._form.values[name] = [""]
        elif tag == "select" and name:
            self._select, self._first_option = name, True
        elif tag == "option" and self._select:
            if "selected" in given or self._first_option:
                if self._first_option:
                    self._form.values[self._select] = [given.get("value", "")]
                elif "selected" in given:
                    self._form.values[self._select] = [given.get("value", "")]
            self._first_option = False

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "template"}:
            self._silent = max(0, self._silent - 1)
        if tag == "form":
            self._form = None
        elif tag == "a" and self._link is not None:
            self.links.append(("".join(self._link_text).strip(), self._link))
            self._link = None
        elif tag == "button" and self._button is not None:
            label = "".join(self._button_text).strip()
            if self._form is not None:
                self._form.buttons.append(label)
                if self._button[0]:
                    self._form.named[label] = self._button
            self._button = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.text.append(data)
        if self._form is not None:
            self._form.words += data
        if self._link is not None:
            self._link_text.append(data)
        if self._button is not None:
            self._button_text.append(data)
        if self._area is not None and self._form is not None:
            self._form.values[self._area][0] += data.removeprefix("\n")


class Browser:
    """One person's browser. Keeps cookies, follows redirects, and remembers the page it is on."""

    def __init__(self, base: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(base_url=base, follow_redirects=True, timeout=60, transport=transport)
        self.base = base
        self.response: httpx.Response
        self._page: _Reader

    def get(self, path: str) -> "Browser":
        """Open a page."""
        return self._show(self._http.get(path))

    def _show(self, response: httpx.Response) -> "Browser":
        self.response, self._page = response, _Reader()
        if "html" in response.headers.get("content-type", ""):
            self._page.feed(response.text)
        return self

    @property
    def status(self) -> int:
        """HTTP status of the page."""
        return self.response.status_code

    @property
    def path(self) -> str:
        """Where the browser is."""
        return self.response.url.path

    @property
    def text(self) -> str:
        """What the page says, white space folded."""
        return " ".join("".join(self._page.text).split())

    def link(self, label: str) -> str:
        """Address of the first link whose text holds ``label``."""
        for text, href in self._page.links:
            if label in text:
                return urljoin(str(self.response.url), href)
        raise AssertionError(f"no link {label!r} on {self.path}: {[text for text, _ in self._page.links]}")

    def follow(self, label: str) -> "Browser":
        """Click a link."""
        return self.get(self.link(label))

    def has_button(self, label: str) -> bool:
        """Whether any form has this button."""
        return any(label in button for form in self._page.forms for button in form.buttons)

    def form(self, button: str) -> Form:
        """The first form that has the button."""
        for form in self._page.forms:
            if any(button in label for label in form.buttons):
                return form
        raise AssertionError(f"no button {button!r} on {self.path}: {[form.buttons for form in self._page.forms]}")

    def links(self, part: str) -> list[str]:
        """Addresses on the page that hold ``part``, each once."""
        return list(
            dict.fromkeys(urljoin(str(self.response.url), href) for _, href in self._page.links if part in href)
        )

    def press(
        self,
        button: str,
        values: dict[str, Any] | None = None,
        *,
        files: dict[str, Upload] | None = None,
        within: str = "",
    ) -> "Browser":
        """Fill in and send the first form that has the button (and holds the words ``within``)."""
        for form in self._page.forms:
            label = next((label for label in form.buttons if button in label), None)
            if label is not None and within in form.words:
                return self._send(form, label, values or {}, files)
        raise AssertionError(f"no button {button!r} on {self.path}: {[form.buttons for form in self._page.forms]}")

    def _send(self, form: Form, label: str, values: dict[str, Any], files: dict[str, Upload] | None) -> "Browser":
        data: dict[str, Any] = {
            **form.values,
            **{key: value if isinstance(value, list) else [str(value)] for key, value in values.items()},
        }
        if label in form.named:
            name, value = form.named[label]
            data[name] = [value]
        target = urljoin(str(self.response.url), form.action)
        headers = {"Referer": str(self.response.url)}
        if form.method == "get":
            return self._show(self._http.get(target, params=data, headers=headers))
        return self._show(self._http.post(target, data=data, files=files, headers=headers))

    def login(self, username: str, password: str) -> "Browser":
        """Sign in."""
        self._http.cookies.clear()
        self.get("/staff/login/").press("登录", {"username": username, "password": password})
        assert self.path == "/staff/", self.text
        return self

    def json(self, path: str) -> Any:
        """What a program reads."""
        response = self._http.get(path)
        assert response.status_code == 200, response.text
        return response.json()
