"""Files that travel with the program: templates, statutory rules, schema of rule files, sample settings.

In a wheel they lie in this package; in a checkout they lie at the top of the repository.
"""

from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent


def folder(name: str) -> Path:
    """The folder or file `name` (templates, rules, schema, config.example.env) as shipped."""
    packed = HERE / name
    return packed if packed.exists() else CHECKOUT / name


def chosen_or_shipped(chosen: Path, name: str) -> Path:
    """The operator's folder where there is one, else the shipped one."""
    return chosen if chosen.exists() else folder(name)
