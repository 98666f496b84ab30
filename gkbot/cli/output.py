"""How results are printed: JSON for machines, aligned tables for people."""

import json
import sys
from collections.abc import Sequence

import click


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> None:
    """A table whose columns line up, Chinese characters counted as two cells."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*headers, title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for row in rows:
        table.add_row(*(cell.replace("[", "\\[") for cell in row))
    width = None if sys.stdout.isatty() else 160
    Console(file=sys.stdout, width=width, highlight=False).print(table)


def say(text: str) -> None:
    """Talk to the person in front of the terminal, on standard error."""
    click.echo(text, err=True)
