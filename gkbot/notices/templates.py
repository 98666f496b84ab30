"""The Jinja templates of an office: read and tried all at once, so that a mistake shows before it matters."""

import hashlib
import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError
from jinja2.exceptions import TemplateError as JinjaError

from gkbot import os_words
from gkbot.notices import escaping
from gkbot.notices.samples import SAMPLE_DAY, samples
from gkbot.notices.sandbox import Sandbox, budget
from gkbot.notices.syntax_words import in_words
from gkbot.notices.view import View, view
from gkbot.planning.digest import FOR_ITEMS
from gkbot.planning.stages import LETTERS as _LETTERS
from gkbot.planning.values import NoticeKind

FOLDER = "notices"
KINDS = tuple(str(kind) for kind in NoticeKind if kind not in FOR_ITEMS)
LETTERS = tuple(letter for letter in _LETTERS if letter not in KINDS)  # drafts with templates of their own
FORMS = ("subject.txt", "email.txt", "email.html", "wecom.md")
MOST_BYTES = 100_000  # the largest shipped template has a tenth of it
RENDERED_CHARACTERS = 400_000  # more than any digest needs; a template that runs away is stopped there
FAILURES = (
    JinjaError,
    SyntaxError,  # of the Python that a template becomes: Jinja lets some mistakes through
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)
FINALIZERS: Mapping[str, Callable[[object], str] | None] = {
    "subject.txt": escaping.for_text,
    "email.txt": escaping.for_text,
    "email.html": None,  # autoescape does it
    "wecom.md": escaping.for_robot,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateProblem:
    """A mistake in a template: place, and what is wrong in Chinese."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class Templates:
    """The templates of a folder that passed the trial; the others are among the problems."""

    sources: dict[str, str]
    folder: Path
    problems: tuple[TemplateProblem, ...] = ()
    digest: str = field(init=False)
    _environments: dict[str, Sandbox] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sum up the sources, so that a message can say with which of them it was made."""
        whole = json.dumps(sorted(self.sources.items()), ensure_ascii=False)
        self.digest = hashlib.sha256(whole.encode()).hexdigest()[:16]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `folder`/notices and try every template with sample facts. Never raises for what is in them."""
        sources: dict[str, str] = {}
        problems: list[TemplateProblem] = []
        for path in sorted((folder / FOLDER).glob("*")):
            if path.is_file():
                try:
                    sources[path.name] = _read(path)
                except (OSError, ValueError) as error:
                    problems.append(TemplateProblem(file=str(path), line=1, message=f"读不出来：{_unread(error)}"))
        templates = cls(sources=sources, folder=folder)
        templates.problems = (*problems, *templates._tried())
        return templates

    def render(self, kind: str, form: str, names: View) -> str:
        """One form of a message.

        Raises:
            jinja2.TemplateError or one of FAILURES: The template is broken.
        """
        template = self._environment(form).get_template(f"{kind}.{form}")
        text: list[str] = []
        length = 0
        with budget():
            for piece in template.generate(names):
                length += len(piece)
                if length > RENDERED_CHARACTERS:
                    raise SecurityError(f"模板输出超过{RENDERED_CHARACTERS}个字符")
                text.append(piece)
        return "".join(text)

    def name_for(self, kind: str, letter: str | None) -> str:
        """Which templates make a message; an office whose folder has none for a letter uses those of the 催办函."""
        return letter if letter in self._letters() else kind

    def _letters(self) -> tuple[str, ...]:
        return tuple(letter for letter in LETTERS if any(f"{letter}.{form}" in self.sources for form in FORMS))

    def problem_of(self, kind: str, form: str, error: Exception) -> TemplateProblem:
        """Where a template broke, and how."""
        file, line = _place(error, f"{kind}.{form}", self.sources)
        return TemplateProblem(file=str(self.folder / FOLDER / file), line=line, message=_words(error))

    def _environment(self, form: str) -> Sandbox:
        known = self._environments.get(form)
        if known is None:
            known = self._environments[form] = Sandbox(
                finalizer=FINALIZERS[form],
                sizes={name: len(source) for name, source in self.sources.items()},
                loader=FunctionLoader(self._source),
                auto_reload=False,  # the sources stay as they are
                undefined=StrictUndefined,
                autoescape=form.endswith(".html"),
                trim_blocks=True,
                lstrip_blocks=True,
            )
            known.filters["link"] = escaping.link
            known.filters["mention"] = escaping.mention
        return known

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = self.sources.get(name)
        return None if source is None else (source, name, lambda: True)

    def _tried(self) -> list[TemplateProblem]:
        found: dict[tuple[str, int], TemplateProblem] = {}
        for kind in (*KINDS, *self._letters()):
            for form in FORMS:
                for problem in self._try(kind, form):
                    found.setdefault((problem.file, problem.line), problem)
        return list(found.values())

    def _try(self, kind: str, form: str) -> list[TemplateProblem]:
        """Compile one template, ask it for names nobody gives, and render it with every sample."""
        try:
            problems = self._unknown_names(kind, form)
            for sample in samples(kind):
                self.render(kind, form, view(sample, SAMPLE_DAY, maybe_twice=sample["robot"]))
        except FAILURES as error:
            return [self.problem_of(kind, form, error)]
        return problems

    def _unknown_names(self, kind: str, form: str) -> list[TemplateProblem]:
        name = f"{kind}.{form}"
        if name not in self.sources:
            raise TemplateNotFound(name)
        tree = self._environment(form).parse(self.sources[name], name, name)
        unknown = meta.find_undeclared_variables(tree) - view(samples(kind)[0], SAMPLE_DAY).keys()
        return [
            TemplateProblem(
                file=str(self.folder / FOLDER / name),
                line=_line_of(self.sources[name], word),
                message=f"没有名为“{word}”的内容可用，可用的名称写在文件开头",
            )
            for word in sorted(unknown)
        ]


def _read(path: Path) -> str:
    """The text of a template.

    Raises:
        OSError, ValueError: It cannot be read, is no UTF-8, or larger than any template.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"超过{MOST_BYTES // 1000}KB")
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def _unread(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return os_words.in_words(error)
    return "不是 UTF-8 编码" if isinstance(error, UnicodeDecodeError) else str(error)


def _place(error: Exception, name: str, sources: Mapping[str, str]) -> tuple[str, int]:
    if isinstance(error, TemplateSyntaxError):
        return error.filename or name, error.lineno
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in sources:
            return frame.filename, frame.lineno or 1
    return name, 1


def _words(error: Exception) -> str:
    match error:
        case TemplateNotFound():
            return f"缺少模板文件“{error.name}”"
        case TemplateSyntaxError():
            return f"模板语法有误：{in_words(error.message or '')}"
        case JinjaError():
            return f"模板用不了：{error.message}"
        case SyntaxError():
            return "模板语法有误：循环或条件套得太深，或者一个名称写了两次"
        case _:
            return f"模板用不了：{type(error).__name__}"


def _line_of(source: str, word: str) -> int:
    for number, line in enumerate(source.splitlines(), start=1):
        if word in line and "{#" not in line:
            return number
    return 1
