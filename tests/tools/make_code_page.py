"""Write docs/检查代码.md from the table of codes.

Run after changing the table: `python tests/tools/make_code_page.py`; a test compares page and table.
"""

from pathlib import Path

from gkbot.rulebook.code_pages import page

PAGE = Path(__file__).parents[2] / "docs" / "检查代码.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
