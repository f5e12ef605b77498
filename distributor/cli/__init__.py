"""The command line. Words, options and exit codes are a contract: other programs read them.

Exit codes: 0 done; 1 refused, with one sentence on stderr; 2 wrong usage;
3 done, but something waits for a person.
"""

from __future__ import annotations

import os
import sys

import click

from ..errors import DistributorError
from . import database, delivery, people, settling, statements, subscribers, system
from .output import WAITS_FOR_A_PERSON, Output


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="distributor", message="%(version)s")
@click.option("--config", metavar="FILE", help="The configuration (may stand anywhere).")
@click.option("--json", is_flag=True, help="Print one JSON document (may stand anywhere).")
def cli(config: str | None, json: bool) -> None:
    """Approved statements to followers and subscribers."""


for room in (system, people, statements, delivery, settling, subscribers, database):
    for command in room.COMMANDS:
        cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        rest, config, json = _take_common(given)
        if config:
            os.environ["DISTRIBUTOR_CONFIG"] = config
        code = cli.main(rest, prog_name="distributor", standalone_mode=False, obj=Output(json))
        sys.exit(code if isinstance(code, int) else 0)
    except DistributorError as error:
        _say(str(error))
        sys.exit(1)
    except click.Abort:
        _say("Stopped.")
        sys.exit(1)
    except click.ClickException as error:
        error.show(sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # whoever read our output has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _take_common(given: list[str]) -> tuple[list[str], str | None, bool]:
    """Take --config and --json out of the arguments, wherever they stand."""
    rest: list[str] = []
    config, json = None, False
    arguments = iter(given)
    for argument in arguments:
        if argument == "--":
            rest += [argument, *arguments]
        elif argument == "--json":
            json = True
        elif argument == "--config":
            config = next(arguments, None)
            if not config:
                raise click.UsageError("--config needs the name of a file.")
        elif argument.startswith("--config="):
            config = argument.partition("=")[2]
        else:
            rest.append(argument)
    return rest, config, json


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


__all__ = ["WAITS_FOR_A_PERSON", "cli", "main"]
