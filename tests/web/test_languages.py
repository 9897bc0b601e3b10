"""Both languages say everything."""

import ast
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import inventory
from inventory.errors import Refusal
from inventory.identity import Permission, Role
from web.languages import LANGUAGES, TRANSLATIONS, read_translations

WEB = Path(__file__).parents[2] / "web"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
KEY = re.compile(r"[a-z_]+(\.\w+)+")


def refusals() -> list[type[Refusal]]:
    """Every refusal of the program."""
    for package in (inventory,):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    for module in ("web.app", *(f"web.pages.{path.stem}" for path in (WEB / "pages").glob("*.py"))):
        import_module(module.removesuffix(".__init__"))
    found, queue = [], [Refusal]
    while queue:
        kind = queue.pop()
        queue += kind.__subclasses__()
        if kind.__module__.split(".")[0] in ("inventory", "web"):
            found.append(kind)
    return found


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_refusal_is_told(language: str) -> None:
    texts = read_translations(language)
    missing = {kind.code for kind in refusals() if texts.gettext(f"error.{kind.code}") == f"error.{kind.code}"}
    assert missing == set()


def test_every_key_is_told_in_both_languages_with_the_same_placeholders() -> None:
    zh, en = (dict(entries(language)) for language in ("zh", "en"))
    keys = {key for key in {*zh, *en} if KEY.fullmatch(key)}
    assert {key for key in keys if key not in zh or key not in en} == set()
    assert {key for key in keys if set(PLACEHOLDER.findall(zh[key])) != set(PLACEHOLDER.findall(en[key]))} == set()


def test_every_english_text_on_a_screen_has_its_chinese() -> None:
    chinese = dict(entries("zh"))
    said = texts_in_templates() | texts_in_modules()
    assert {text for text in said if text not in chinese} == set()


def test_a_chinese_text_keeps_the_placeholders_of_the_english_one() -> None:
    said = [(text, told) for text, told in entries("zh") if not KEY.fullmatch(text)]
    assert [pair for pair in said if set(PLACEHOLDER.findall(pair[0])) != set(PLACEHOLDER.findall(pair[1]))] == []


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_text_is_translated_in_two_files(language: str) -> None:
    keys = [message.id for path in files(language) for message in catalogue(path) if message.id]
    assert {key for key in keys if keys.count(key) > 1} == set()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_role_and_permission_has_a_word(language: str) -> None:
    texts = read_translations(language)
    keys = [f"word.role.{role}" for role in Role] + [f"word.{permission}" for permission in Permission]
    assert [key for key in keys if texts.gettext(key) == key] == []


def files(language: str) -> list[Path]:
    return sorted((TRANSLATIONS / language).glob("*.po"))


def catalogue(path: Path):
    with path.open("rb") as file:
        return list(read_po(file))


def entries(language: str) -> list[tuple[str, str]]:
    """Each text with its translation; of a text with a plural, the plural."""
    pairs = [(one.id, one.string) for path in files(language) for one in catalogue(path) if one.id]
    return [(text, told) if isinstance(text, str) else (text[-1], told[-1]) for text, told in pairs]


def texts_in_templates() -> set[str]:
    said: set[str] = set()
    for path in (WEB / "templates").rglob("*.html"):
        source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        said |= {double or single for double, single in re.findall(r"""\b_\((?:"([^"]*)"|'([^']*)')""", source)}
    return said


def texts_in_modules() -> set[str]:
    """What `gettext("...")` and the labels of navigation entries and cards say."""
    said: set[str] = set()
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("gettext", "_", "lazy_gettext", "_l") and node.args:
                said |= constants(node.args[0])
            if name in ("Entry", "Card") and len(node.args) > 1:
                said |= constants(node.args[1])
            if name in ("Entry", "Card"):
                said |= {text for one in node.keywords if one.arg == "label" for text in constants(one.value)}
    return {text for text in said if not KEY.fullmatch(text)}


def constants(node: ast.expr) -> set[str]:
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
