"""The command `beijian`: one module of web/commands per command, imported only when it is called.

The file's name is the command's name (a trailing underscore is dropped: `import_.py` is `import`), the first line of
its docstring the help line, and `command` in it the click command.
"""

import ast
from importlib import import_module
from pathlib import Path

import click

COMMANDS = Path(__file__).parent / "commands"


class CommandsByFile(click.Group):
    """The commands found in web/commands; listing them imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_name(file) for file in COMMANDS.glob("[!_]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        [module] = [file.stem for file in COMMANDS.glob("[!_]*.py") if _name(file) == cmd_name]
        command = import_module(f"web.commands.{module}").command
        assert isinstance(command, click.Command), f"web/commands/{module}.py holds no click command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                sorted((_name(file), _first_line(file)) for file in COMMANDS.glob("[!_]*.py")),
            )


def _name(file: Path) -> str:
    return file.stem.rstrip("_").replace("_", "-")


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
