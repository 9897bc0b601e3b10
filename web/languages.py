"""Both languages: which one a request gets, and the catalogues behind `_(...)`.

Catalogues are plain `.po` files, one per context and language: `translations/zh/<context>.po`, `translations/en/...`.
They are read when the process starts, so there is nothing to compile and nothing that can be out of date. A text in a
template or a module is written in English, and `zh` translates it; words that come from codes (`error.not_found`,
`status.line.reserved`) are keys, translated in both.
"""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, g, request
from flask import session as browser
from flask_babel import Babel, Domain, get_locale

LANGUAGES = {"zh": "中文", "en": "English"}
TRANSLATIONS = Path(__file__).parent / "translations"


class Catalogues(Domain):  # type: ignore[misc]
    """Every language's translations, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.translations = {language: read_translations(language) for language in LANGUAGES}

    def get_translations(self) -> Translations:
        """The translations of the request's language."""
        return self.translations[current_language()]


def read_translations(language: str) -> Translations:
    """Read and join the files of one language."""
    joined = Catalog(locale=language)
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        for message in read_catalogue(path, language):
            if message.id and message.string:
                joined.add(message.id, message.string, flags=message.flags)
    compiled = BytesIO()
    write_mo(compiled, joined)
    compiled.seek(0)
    return Translations(compiled)


def read_catalogue(path: Path, language: str) -> Iterable[Message]:
    """Read one file; every message in it."""
    with path.open("rb") as file:
        return list(read_po(file, locale=language, abort_invalid=True))


def choose_language() -> str:
    """The language of the person, else the one chosen in this browser, else the browser's own, else Chinese."""
    access = g.get("access")
    chosen = (access.locale if access else None) or (None if _is_stateless() else browser.get("language"))
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def _is_stateless() -> bool:
    return request.path.startswith("/api/")


def current_language() -> str:
    """`zh` or `en`."""
    locale = get_locale()
    return str(locale.language) if locale else "zh"


def init_languages(app: Flask) -> None:
    """Give the app its languages and its time zone."""
    babel = Babel(
        app,
        default_locale="zh",
        default_timezone=app.config["TIMEZONE"].key,
        locale_selector=choose_language,
    )
    babel.domain_instance = Catalogues()


def has_text(key: str) -> bool:
    """Whether a key has a translation in the language of the request."""
    catalogues: Catalogues = current_app.extensions["babel"].instance.domain_instance
    return catalogues.get_translations().gettext(key) != key
