"""The Jinja templates of an office: read and tried all at once, so that a mistake shows before it matters."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gkbot.notices import escaping
from gkbot.notices.samples import SAMPLE_DAY, samples
from gkbot.notices.view import View, view
from gkbot.planning.values import NoticeKind

FOLDER = "notices"
KINDS = tuple(str(kind) for kind in NoticeKind if kind is not NoticeKind.NEW)
FORMS = ("subject.txt", "email.txt", "email.html", "wecom.md")
RENDERED_CHARACTERS = 400_000  # more than any digest needs; a template that runs away is stopped there
FAILURES = (JinjaError, TypeError, ValueError, KeyError, AttributeError, ArithmeticError, RecursionError)
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
    _environments: dict[str, ImmutableSandboxedEnvironment] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `folder`/notices and try every template with sample facts. Never raises for what is in them."""
        sources: dict[str, str] = {}
        problems: list[TemplateProblem] = []
        for path in sorted((folder / FOLDER).glob("*")):
            if path.is_file():
                try:
                    sources[path.name] = path.read_text(encoding="utf-8-sig")
                except (OSError, UnicodeDecodeError) as error:
                    problems.append(
                        TemplateProblem(file=str(path), line=1, message=f"读不出来：{type(error).__name__}")
                    )
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
        for piece in template.generate(names):
            length += len(piece)
            if length > RENDERED_CHARACTERS:
                raise SecurityError(f"模板输出超过{RENDERED_CHARACTERS}个字符")
            text.append(piece)
        return "".join(text)

    def problem_of(self, kind: str, form: str, error: Exception) -> TemplateProblem:
        """Where a template broke, and how."""
        file, line = _place(error, f"{kind}.{form}", self.sources)
        return TemplateProblem(file=str(self.folder / FOLDER / file), line=line, message=_words(error))

    def _environment(self, form: str) -> ImmutableSandboxedEnvironment:
        known = self._environments.get(form)
        if known is None:
            known = self._environments[form] = _Sandbox(
                loader=FunctionLoader(self._source),
                undefined=StrictUndefined,
                autoescape=form.endswith(".html"),
                finalize=FINALIZERS[form],
                trim_blocks=True,
                lstrip_blocks=True,
            )
            known.globals = {}
            known.filters["link"] = escaping.link
            known.filters["mention"] = escaping.mention
        return known

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = self.sources.get(name)
        return None if source is None else (source, name, lambda: True)

    def _tried(self) -> list[TemplateProblem]:
        found: dict[tuple[str, int], TemplateProblem] = {}
        for kind in KINDS:
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


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox without the means to run away: no range, no multiplication of texts."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what could make a text of any length."""
        raise SecurityError(f"模板里不能用“{operator}”")


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
            return f"模板语法有误：{error.message}"
        case JinjaError():
            return f"模板用不了：{error.message}"
        case _:
            return f"模板用不了：{type(error).__name__}"


def _line_of(source: str, word: str) -> int:
    for number, line in enumerate(source.splitlines(), start=1):
        if word in line and "{#" not in line:
            return number
    return 1
