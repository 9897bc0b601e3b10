"""The command `beijian`: one module of web/commands per command, imported only when it is called.

The file's name is the command's name (a trailing underscore is dropped: `import_.py` is `import`), the first line of
its docstring the help line, and `command` in it the click command. `plan_tree.py` is `tree` of the group `plan`.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

import click

COMMANDS = Path(__file__).parent / "commands"


class CommandsByFile(click.Group):
    """The commands found in web/commands; listing them imports none of them. A group's files begin with its name."""

    def __init__(self, *arguments: Any, begins: str = "", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.begins = begins

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._files())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        file = self._files().get(cmd_name)
        if file is None:
            return None
        command = import_module(f"web.commands.{file.stem}").command
        assert isinstance(command, click.Command), f"{file} holds no click command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted((name, _first_line(file)) for name, file in self._files().items()))

    def _files(self) -> dict[str, Path]:
        named = {file.stem.rstrip("_"): file for file in COMMANDS.glob(f"{self.begins}[!_]*.py")}
        rest = {name.removeprefix(self.begins): file for name, file in named.items()}
        return {name: file for name, file in rest.items() if "_" not in name}


def _first_line(file: Path) -> str:
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]


@click.command(cls=CommandsByFile, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Beijian 备件: the right part to the right engineer, inside the promised hours."""


def main() -> None:
    """Run a command; a refusal (a click exception) is one sentence, not a trace."""
    cli(prog_name="beijian")


if __name__ == "__main__":
    main()
