"""Whether words are a command of `looplane`, as its own parser has it."""

from collections.abc import Sequence
from typing import Any

from typer.main import get_command

from looplane.cli.app import command_line

# The members of a group are called by name; what follows these is another program's.
_PASSES_ON = ("pg",)


def complaint_of(words: Sequence[str], *, whole: bool) -> str | None:
    """What is wrong with the words after `looplane`, or None.

    Of one that is `whole` nothing may be missing; one that is mentioned may leave out what it
    needs. A value is looked at where its option takes one of a few.
    """
    command: Any = get_command(command_line())
    context: Any = None
    rest = list(words)
    while hasattr(command, "commands") and rest and rest[0] in command.commands:
        context = command.context_class(command, info_name=rest[0], parent=context)
        command = command.commands[rest.pop(0)]
    if hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        return f"there is no command {rest[0]}"
    if getattr(command, "no_args_is_help", False) and not rest and whole:
        return "it is a group of commands"
    if command.name in _PASSES_ON:
        return None if rest or not whole else "it runs a program"
    context = command.context_class(command, info_name=command.name, parent=context)
    return _complaint(command, context, rest, whole=whole)


def _complaint(command: Any, context: Any, rest: list[str], *, whole: bool) -> str | None:
    try:
        values, left, _ = command.make_parser(context).parse_args(args=rest)
    except Exception as error:  # noqa: BLE001  # all that the parser says is a complaint
        return str(error) or type(error).__name__
    if left:
        return f"nothing takes {left}"
    for each in command.params:
        value = values.get(each.name)
        if value is None and whole and each.required:
            return f"{each.name} is missing"
        stands_for = value in {each.name.upper(), "X"}
        if isinstance(value, str) and not stands_for and each.type_descriptor.is_choice:
            choices = [str(choice).lower() for choice in each.type_descriptor.choices]
            if value.lower() not in choices:
                return f"{value} is none of {choices}"
    return None
