"""Somebody in front of the screens: logs in by the form, reads, follows what the page offers, sends its forms.

A visitor does nothing that the page before him does not offer: a link that is missing, a field that a form has not, or
words that nobody translated fail the journey. Only `opens` and `forges` go where no link leads, to be turned away.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.identity import Person
from tests import given
from tests.journeys.page import Page
from web.command import new_command_key

HOST = "http://localhost"
ENGLISH_LEFT = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}\b|\b(?:error|word|title)\.[a-z_]+|(?:^|· )[a-z_]{4,}(?:$| )")


class Visitor:
    """A person with a browser without scripts, in Chinese."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = Page("", "/")
        self.shown: dict[str, set[str]] = {}

    # What he does

    def logs_in(self, person: Person, password: str = given.PASSWORD) -> "Visitor":
        """Go to the home page, be asked who one is, say it, and be at home."""
        self.opens("/")
        assert self.page.address.startswith("/login")
        self.sends("登录", login=person.login, password=password)
        return self

    def opens(self, address: str, status: int = 200) -> "Visitor":
        """Type an address."""
        return self._arrives(self.client.get(address, headers=self._headers()), address, status)

    def goes_home(self) -> "Visitor":
        """Follow the mark of the product."""
        return self.follows("首页")

    def follows(self, words: str, after: str | None = None) -> "Visitor":
        """Follow the link that says so; of several the first after certain words."""
        return self.opens(urljoin(self.page.address, self.page.link(words, after)))

    def sends(self, words: str, after: str | None = None, status: int = 200, **said: str | Iterable[str]) -> "Visitor":
        """Press the button that says so, with these fields filled in."""
        form, button = self.page.form(words, after)
        known = {name for name, _ in form.fields} | form.unticked
        assert set(said) <= known, f"the form of {words} on {self.page.address} has no {set(said) - known}"
        fields = [(name, value) for name, value in form.fields if name not in said]
        for name, value in said.items():
            fields += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        if button.name:
            fields.append((button.name, button.value))
        address = urljoin(self.page.address, button.action or form.action or self.page.address)
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        if form.method == "get":
            address = address.partition("?")[0]
            answer = self.client.get(address, query_string=data, headers=self._headers())
        else:
            answer = self.client.post(address, data=data, headers=self._headers())
        return self._arrives(answer, address, status)

    def scans(self, code: str, into: str = "code", status: int = 200, **said: str) -> "Visitor":
        """Scan into the field that waits for it."""
        return self.sends("确定", status=status, **{into: code}, **said)

    def uploads(self, words: str, name: str, content: str, **said: str) -> "Visitor":
        """Choose a file for the form whose button says so, and send it."""
        form, _ = self.page.form(words)
        data = {**dict(form.fields), **said, "file": (BytesIO(content.encode()), name)}
        address = urljoin(self.page.address, form.action or self.page.address)
        return self._arrives(self.client.post(address, data=data, headers=self._headers()), address, 200)

    def fetches(self, words: str) -> str:
        """Press the button, or follow the link, behind which a file lies; tell what is in it."""
        if any(words in one for one in self.page.button_words):
            form, _ = self.page.form(words)
            address = urljoin(self.page.address, form.action or "")
            answer = self.client.post(address, data=dict(form.fields), headers=self._headers())
        else:
            answer = self.client.get(self.page.link(words), headers=self._headers())
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        return answer.get_data(as_text=True)

    def forges(self, address: str, **said: str) -> TestResponse:
        """Send a form that no page of his offers."""
        token = self.page.html.partition('name="csrf-token" content="')[2].partition('"')[0]
        data = {"csrf_token": token, "command_key": new_command_key(), **said}
        return self.client.post(address, data=data, headers=self._headers())

    # What he sees

    def sees(self, *words: str) -> "Visitor":
        """These words stand on the page."""
        for one in words:
            assert one in self.page.text, f"{self.page.address} does not say {one}: {self.page.text}"
        return self

    def sees_nothing_of(self, *words: str) -> "Visitor":
        """These words stand nowhere on the page."""
        for one in words:
            assert one not in self.page.text, f"{self.page.address} says {one}"
        return self

    def is_told(self, words: str) -> "Visitor":
        """The message on the page says so."""
        said = " ".join(self.page.messages)
        assert words in said, f"{self.page.address} tells {said!r}, not {words}: {self.page.text[:300]}"
        return self

    def has_next_steps(self, *words: str) -> "Visitor":
        """Cards or links of the page say so."""
        for one in words:
            self.page.link(one)
        return self

    def is_turned_away(self, *addresses: str, status: int = 403) -> "Visitor":
        """None of these pages opens; each says so in his language, and names the way on."""
        for address in addresses:
            self.opens(address, status)
            told = {403: ("没有权限", "权限。如有需要，请联系主管。"), 404: ("找不到", "请检查")}[status]
            self.sees(*told).has_next_steps("首页")
        return self

    def dead_ends(self) -> list[str]:
        """Links he was shown that do not open for him: one of each kind of page.

        What was there to be printed when he was shown it, and is no longer, may say so (422).
        """
        found = []
        for addresses in list(self.shown.values()):
            address = sorted(addresses)[0]
            answer = self.client.get(address, headers=self._headers())
            if answer.status_code not in (200, 302, 303, 422):
                found.append(f"{address}: {answer.status_code}")
        return found

    # How

    def _headers(self) -> dict[str, str]:
        return {"Referer": HOST + self.page.address, "Accept-Language": "zh-CN"}

    def _arrives(self, answer: TestResponse, address: str, status: int) -> "Visitor":
        hops = 0
        while answer.status_code == 303 and hops < 4:
            address = urljoin(address, answer.headers["Location"])
            address = address.removeprefix(HOST)
            answer = self.client.get(address, headers=self._headers())
            hops += 1
        assert answer.status_code == status, (
            f"{address}: {answer.status_code} {Page(answer.get_data(as_text=True), address).text}"
        )
        assert answer.mimetype == "text/html", f"{address} is {answer.mimetype}"
        if query := answer.request.query_string.decode():
            address = f"{urlsplit(address).path}?{query}"
        self.page = Page(answer.get_data(as_text=True), address)
        self._remember()
        return self

    def _remember(self) -> None:
        left = [text for text in self.page.texts if ENGLISH_LEFT.search(text)]
        assert left == [], f"{self.page.address} is not translated: {left}"
        for link in self.page.links:
            address = urljoin(self.page.address, link.address)
            if not link.address.startswith("#") and address.startswith("/") and not address.startswith("/static"):
                kind = re.sub(r"[^/]*\d[^/]*", "#", urlsplit(address).path)
                self.shown.setdefault(kind, set()).add(address.partition("#")[0])
