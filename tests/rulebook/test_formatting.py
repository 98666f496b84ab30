"""A problem as people read it."""

from gkbot.rulebook import Place, Problem, Severity, format_problem


def problem(source: str | None, column: int, end: int, severity: Severity = Severity.ERROR) -> Problem:
    place = Place(file="rules/2026要点.yaml", line=14, column=column, end_line=14, end_column=end)
    message, fix = "看不懂的单位“工作天”", "是不是“工作日”？"
    return Problem(place=place, severity=severity, code="GK104", message=message, fix=fix, source=source)


def test_carets_stand_under_the_characters_two_cells_each() -> None:
    assert format_problem(problem("    期限: 批复后20个工作天内", 15, 18)) == (
        "rules/2026要点.yaml:14:15: GK104 看不懂的单位“工作天”\n"
        "        期限: 批复后20个工作天内\n"
        "                        ^^^^^^\n"
        "    是不是“工作日”？"
    )


def test_a_warning_says_that_it_is_one() -> None:
    assert "GK104 警告：看不懂" in format_problem(problem(None, 1, 1, Severity.WARNING))


def test_a_tab_takes_one_cell_and_a_missing_end_one_caret() -> None:
    assert format_problem(problem("\t任务", 2, 2)).splitlines()[1:3] == ["     任务", "     ^"]


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    shown = format_problem(problem("长" * 500 + "错" + "长" * 500, 501, 502)).splitlines()
    assert len(shown[1]) < 60
    assert shown[2].index("^") == 4 + 2 * shown[1].strip().index("错")


def test_a_problem_speaks_json() -> None:
    assert problem("x", 1, 2).as_json() == {
        "file": "rules/2026要点.yaml", "line": 14, "column": 1, "end_line": 14, "end_column": 2,
        "severity": "error", "code": "GK104", "message": "看不懂的单位“工作天”", "fix": "是不是“工作日”？",
    }  # fmt: skip
