"""A screen as somebody sees it: its words, the links that lead on, the forms with their buttons, in reading order."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = ("script", "style", "head", "svg")
VOID = ("input", "meta", "link", "br", "hr", "img", "path", "rect", "circle", "line", "col", "wbr")


@dataclass
class Link:
    """Words that lead to an address. `place` counts the texts of the page that stand before them."""

    address: str
    place: int
    words: str = ""


@dataclass
class Button:
    """Words that send a form, with what the button itself says."""

    place: int
    name: str | None = None
    value: str = ""
    action: str | None = None
    words: str = ""


@dataclass
class Form:
    """What a form would send as it stands, where to, and by which buttons."""

    method: str
    action: str | None
    fields: list[tuple[str, str]] = field(default_factory=list)
    unticked: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)


class Page(HTMLParser):
    """A page of ours, read as HTML."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.html = html
        self.texts: list[str] = []
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self.messages: list[str] = []
        self._main = 0
        self._open: list[str] = []
        self._unseen = 0
        self._within_messages = 0
        self._named: Link | Button | None = None
        self._form: Form | None = None
        self._select: tuple[str, str | None] | None = None
        self._area: tuple[str, str] | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        """What is to be read below the bar and beside the menu, on one line."""
        return " ".join(self.texts[self._main :])

    def place_of(self, words: str | None) -> int:
        """Where words stand on the page; without words its beginning."""
        if words is None:
            return 0
        places = (place for place, text in enumerate(self.texts) if place >= self._main and words in text)
        found = next(places, None)
        assert found is not None, f"{self.address} does not say {words}: {self.text}"
        return found

    def link(self, words: str, after: str | None = None) -> str:
        """The address behind the first link that says so."""
        start = self.place_of(after)
        for one in self.links:
            if words in one.words and one.place >= start:
                return one.address
        raise AssertionError(f"no link of {self.address} says {words}: {[one.words for one in self.links]}")

    def form(self, words: str, after: str | None = None) -> tuple[Form, Button]:
        """The first form with a button that says so."""
        start = self.place_of(after)
        for form in self.forms:
            for button in form.buttons:
                if words in button.words and button.place >= start:
                    return form, button
        raise AssertionError(f"no button of {self.address} says {words}: {self.button_words}")

    @property
    def button_words(self) -> list[str]:
        """What the buttons say."""
        return [button.words for form in self.forms for button in form.buttons]

    # Reading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._begin(tag, said)
        if tag not in VOID:
            self._open.append(tag)
            self._unseen += tag in UNSEEN
            if said.get("id") == "messages" or self._within_messages:
                self._within_messages += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, {name: value or "" for name, value in attrs})

    def _begin(self, tag: str, said: dict[str, str]) -> None:
        if tag == "main":
            self._main = len(self.texts)
        elif tag == "a" and "href" in said:
            self._named = Link(said["href"], len(self.texts), said.get("aria-label", ""))
            self.links.append(self._named)
        elif tag == "form":
            self._form = Form(said.get("method", "get").lower(), said.get("action"))
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "button":
            if said.get("type", "submit") == "submit" and "disabled" not in said:
                called = said.get("aria-label", "")
                self._named = Button(
                    len(self.texts), said.get("name"), said.get("value", ""), said.get("formaction"), called
                )
                self._form.buttons.append(self._named)
        elif tag == "input" and said.get("name"):
            self._input(said)
        elif tag == "select":
            self._select = (said["name"], None)
        elif tag == "option" and self._select:
            name, chosen = self._select
            if chosen is None or "selected" in said:
                self._select = (name, said.get("value", ""))
        elif tag == "textarea":
            self._area = (said["name"], "")

    def _input(self, said: dict[str, str]) -> None:
        assert self._form is not None
        if said.get("type") in ("checkbox", "radio") and "checked" not in said:
            self._form.unticked.add(said["name"])
        else:
            self._form.fields.append((said["name"], said.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open[-1:] == [tag], f"{self.address}: </{tag}> closes {self._open[-1:]}"
        self._open.pop()
        self._unseen -= tag in UNSEEN
        self._within_messages = max(0, self._within_messages - 1)
        if tag in ("a", "button"):
            self._named = None
        elif tag == "form":
            self._form = None
        elif tag == "select" and self._select and self._form:
            name, chosen = self._select
            self._form.fields.append((name, chosen or ""))
            self._select = None
        elif tag == "textarea" and self._area and self._form:
            self._form.fields.append(self._area)
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area = (self._area[0], self._area[1] + data)
        words = " ".join(data.split())
        if not words or self._unseen:
            return
        if self._named is not None:
            self._named.words = f"{self._named.words} {words}".strip()
        if self._within_messages:
            self.messages.append(words)
        self.texts.append(words)
