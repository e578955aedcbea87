"""A member of staff of the demonstration in a browser without JavaScript: signs in, opens pages, sends forms, over the network."""

from typing import Any

import httpx

from offices.demonstration import PASSWORD


class Staff:
    """Somebody signed in. What is refused fails the test with the words of the page."""

    def __init__(self, address: str, username: str) -> None:
        self.web = httpx.Client(base_url=address, timeout=60)
        self.web.get("/staff/login/")
        self.send("/staff/login/", username=username, password=PASSWORD)

    def see(self, url: str) -> str:
        """A page that answers."""
        answer = self.web.get(url)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        return answer.text

    def ask(self, url: str, files: Any = None, **data: Any) -> httpx.Response:
        """A form, whatever comes of it."""
        token = {"X-CSRFToken": self.web.cookies["csrftoken"], "Referer": str(self.web.base_url)}
        return self.web.post(url, data=data, files=files, headers=token)

    def send(self, url: str, files: Any = None, **data: Any) -> str:
        """A form that is taken; where it leads."""
        answer = self.ask(url, files, **data)
        assert answer.status_code == 302, f"{url}: {answer.status_code} {answer.text[:3000]}"
        return str(answer.headers["location"])
