"""The tasks of the five real documents, against a list made from the documents alone (data/*.yaml).

Where two readings of a place are both fair, the list holds both (`alt`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.program import REPOSITORY, RULES, Office

OFFICES = ("yueyang", "guangyuan", "changshu", "jiaxing", "yunnan")
DATA = Path(__file__).parent / "data"
SEEDS = REPOSITORY.parent / "shared" / "seeds"
ROLES = ("lead", "support", "responsible")
DATED = {"by", "within", "recurring", "after_event"}
# Characters of deadline words that the two documents in traditional script write differently.
TRADITIONAL = str.maketrans("個開後內會報結與時間發儘盡聽務訓於", "个开后内会报结与时间发尽尽听务训于")

Row = dict[str, Any]


@cache
def listed(office: str) -> dict[str, Any]:
    """The independent list of a document."""
    found: dict[str, Any] = yaml.safe_load((DATA / f"{office}.yaml").read_text(encoding="utf-8"))
    return {**found, "folder": office}


def plain(text: str) -> str:
    """Text without spaces; width and kind of brackets and quotes do not matter."""
    folded = unicodedata.normalize("NFKC", text).replace("〔", "(").replace("〕", ")")
    return re.sub(r"[\s“”\"‘’']", "", folded)


def names(words: str | list[str] | None) -> frozenset[str]:
    """Units as a set; `各州、市人民政府` and `各镇（街道、开发区）` are one name each."""
    if isinstance(words, list):
        return frozenset(plain(word) for word in words)
    folded = plain(words or "").replace("各州、市人民政府", "各州,市人民政府")
    outside = re.sub(r"\([^()]*\)", lambda found: found[0].replace("、", ","), folded)
    return frozenset(name.replace(",", "、") for name in outside.split("、") if name)


def entries(tasks: list[Row]) -> Iterator[Row]:
    """One entry a deadline."""
    for task in tasks:
        for deadline in task.get("deadlines") or [task["deadline"]]:
            yield {
                "task": task["id"],
                "clause": plain(task["clause"]),
                "words": plain(deadline["text"]),
                "kind": deadline["kind"],
                "due": deadline["due"],
                "start": deadline["start"],
                "freq": (deadline["recurrence"] or {}).get("freq"),
                "count": (deadline["recurrence"] or {}).get("count"),
                "offset": deadline["offset"],
                "units": {role: names(task[role]) for role in ROLES},
                "duties": task["duties"],
            }


def readings(row: Row) -> list[Row]:
    """The row and what a careful reader may hold instead."""
    return [row, *({**row, **other} for other in row.get("alt", []))]


def differences(row: Row, entry: Row) -> list[str]:
    """What of an entry is not as the row says; an empty list where all is."""
    found = []
    if "units" in row:
        wanted = {role: names(row["units"].get(role)) for role in ROLES}
        if wanted != entry["units"]:
            found.append(f"units {shown(entry['units'])} instead of {shown(wanted)}")
    if row["words"] == "无":
        return found + ([f"kind {entry['kind']} instead of none"] if entry["kind"] in DATED else [])
    if plain(row["words"]) not in entry["words"]:
        found.append(f"words {entry['words']} instead of {row['words']}")
    stated = [name for name in ("kind", "due", "start", "freq", "count", "offset") if name in row]
    other = [name for name in stated if entry[name] != iso(row[name])]
    found += [f"{name} {entry[name]} instead of {row[name]}" for name in other]
    day = row.get("settled", row.get("due"))
    if day is not None and iso(day) not in {duty["due"] for duty in entry["duties"]}:
        found.append(f"no duty is due on {day}")
    return found


def shown(units: dict[str, frozenset[str]]) -> str:
    return "; ".join(f"{role}: {'、'.join(sorted(found))}" for role, found in units.items() if found)


def iso(value: Any) -> Any:
    """Days as the program writes them."""
    return value.isoformat() if isinstance(value, date) else value


def best(row: Row, candidates: list[Row]) -> list[str]:
    """The smallest differences that any entry has to any fair reading."""
    tried = [differences(reading, entry) for entry in candidates for reading in readings(row)]
    return min(tried, key=len, default=["no task has this clause"])


Document = tuple[dict[str, Any], list[Row]]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Document]:
    """Gives a document's independent list, and its tasks as the program gives them."""
    office = Office(tmp_path_factory.mktemp("office"), rules=RULES)

    @cache
    def of(name: str) -> Document:
        wanted = listed(name)
        return wanted, office.ask("tasks", "--document", wanted["document"], "--date", str(wanted["date"]))

    return of


@pytest.fixture(params=OFFICES)
def document(request: pytest.FixtureRequest, documents: Callable[[str], Document]) -> Document:
    return documents(request.param)


def test_every_duty_of_the_independent_list_is_found_with_its_words_days_and_units(document: Document) -> None:
    wanted, tasks = document
    found = list(entries(tasks))
    missing = []
    for row in wanted["rows"]:
        candidates = [entry for entry in found if entry["clause"] == plain(row["clause"])]
        wrong = best(row, candidates)
        if wrong:
            missing.append(f"{row['clause']} {row['words']}: {'; '.join(wrong)}")
    assert missing == []


def test_each_clause_has_as_many_dated_deadlines_as_the_document_gives_it(document: Document) -> None:
    wanted, tasks = document
    dated = [row for row in wanted["rows"] if row["words"] != "无"]
    least = Counter(plain(row["clause"]) for row in dated if not row.get("optional"))
    most = Counter(plain(row["clause"]) for row in dated)
    counted = Counter(entry["clause"] for entry in entries(tasks) if entry["kind"] in DATED)
    wrong = [
        f"{clause}: {counted[clause]} instead of {least[clause]}"
        for clause in sorted(most.keys() | counted.keys())
        if not least[clause] <= counted[clause] <= most[clause]
    ]
    assert wrong == []


def test_the_clauses_are_those_of_the_document_in_its_order(document: Document) -> None:
    wanted, tasks = document
    clauses = list(dict.fromkeys(plain(task["clause"]) for task in tasks))
    assert clauses == [plain(clause) for clause in wanted["clauses"]]


def test_each_fixed_due_day_holds_for_every_duty_of_its_task(document: Document) -> None:
    _, tasks = document
    wrong = [
        f"{task['id']} {duty['unit']}: {duty['due']} instead of {task['deadline']['due']}"
        for task in tasks
        if task["deadline"]["kind"] in {"by", "within"} and len(task.get("deadlines") or [1]) == 1
        for duty in task["duties"]
        if duty["due"] != task["deadline"]["due"][:10]
    ]
    assert wrong == []


def test_every_task_binds_at_least_one_unit(document: Document) -> None:
    _, tasks = document
    assert [task["id"] for task in tasks if not task["duties"]] == []


def test_groups_are_expanded_to_the_units_they_stand_for(document: Document) -> None:
    wanted, tasks = document
    aliases = other_names(RULES / wanted["folder"] / "units.yaml")
    groups = {next(iter(names(group))): members for group, members in wanted["groups"].items()}
    wrong = []
    for task in tasks:
        named = set().union(*(names(task[role]) for role in ROLES))
        units = {duty["unit"] for duty in task["duties"]}
        called = {plain(unit) for unit in units}.union(*(aliases.get(unit, ()) for unit in units))
        members = [member for group in named & groups.keys() for member in groups[group]]
        missing = [member for member in members if not any(plain(member) in name for name in called)]
        if missing or (named <= groups.keys() and len(units) != len(members)):
            wrong.append(f"{task['id']}: {len(units)} units, missing {missing}")
    assert wrong == []


def other_names(path: Path) -> dict[str, set[str]]:
    """What else the contact book calls each unit."""
    units = yaml.safe_load(path.read_text(encoding="utf-8"))["单位"]
    return {unit["名称"]: {plain(alias) for alias in unit.get("别名", [])} for unit in units}


def test_deadline_words_stand_in_the_document_as_they_are_quoted(document: Document) -> None:
    wanted, tasks = document
    seed = SEEDS / wanted["seed"]
    if not seed.exists():
        pytest.skip("the real documents are not here (../shared/seeds)")
    text = plain(seed.read_text(encoding="utf-8").translate(TRADITIONAL))
    quoted = [(entry["task"], entry["words"]) for entry in entries(tasks) if entry["words"] != "持续推进"]
    assert [pair for pair in quoted if pair[1] not in text] == []


def test_the_catalogue_of_changshu_is_settled_to_the_end_of_june(documents: Callable[[str], Document]) -> None:
    _, tasks = documents("changshu")
    catalogue = [task for task in tasks if "2021年6月" in plain(task["deadline"]["text"])]
    assert {plain(task["clause"]) for task in catalogue} == {plain("二（二）"), plain("附件2第5项")}
    assert {duty["due"] for task in catalogue for duty in task["duties"]} == {"2021-06-30"}


def test_the_table_of_jiaxing_gives_sixty_six_tasks(documents: Callable[[str], Document]) -> None:
    _, tasks = documents("jiaxing")
    assert [task["clause"].rpartition("）")[2] for task in tasks] == [str(number) for number in range(1, 67)]


def test_each_clause_of_yunnan_stands_once_although_the_page_holds_it_twice(
    documents: Callable[[str], Document],
) -> None:
    wanted, tasks = documents("yunnan")
    assert Counter(plain(task["clause"]) for task in tasks) == Counter(plain(clause) for clause in wanted["clauses"])
