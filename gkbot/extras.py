"""How to install what only some offices need: into the Python that runs, by its own name.

Never by ours: asked for `gkbot[…]` where gkbot is not installed, pip would take whatever a registry has of that name.
"""

import shlex
import sys

POSTGRESQL = "psycopg[binary]>=3.2,<4"
APPRISE = "apprise>=1.9,<2"


def install_command(wanted: str) -> str:
    """The command to be typed, the same in the manual."""
    return f"{shlex.quote(sys.executable)} -m pip install '{wanted}'"
