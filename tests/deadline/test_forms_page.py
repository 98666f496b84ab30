"""docs/期限写法.md says what the tables and the reader say."""

import importlib.util
from pathlib import Path

TOOL = Path(__file__).parents[1] / "tools" / "make_deadline_forms.py"


def test_the_page_of_forms_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_deadline_forms", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(), "run python tests/tools/make_deadline_forms.py"
