"""One HTML file that needs nothing else: the template, its style and its script are beside this."""

import functools
import pathlib
from typing import Any

import jinja2
from markupsafe import Markup

import words
from results import RESULTS
from view import SIGNS, Matrix

HERE = pathlib.Path(__file__).resolve().parent

TITLES = {
    "regressed": "passes on the older kernel, fails on the newer one",
    "repaired": "fails on the older kernel, passes on the newer one",
    "differs": "passes with one kernel and fails with another of the same release",
    "skipped": "passes on the older kernel, is skipped on the newer one",
}
MEANINGS = {
    "pass": "the peer could not tell",
    "fail": "a violation that nobody expects",
    "xpass": "passes, though the expectations say it fails: an entry outlived its bug",
    "trouble": "the machine could not judge",
    "xfail": "fails as the expectations say",
    "skip": "unsupported there, by name",
}


def _engines(matrix: Matrix) -> list[tuple[str, int]]:
    """Each with the number of its columns."""
    spans: dict[str, int] = {}
    for column in matrix.columns:
        spans[column.engine] = spans.get(column.engine, 0) + 1
    return list(spans.items())


def _one_commit(matrix: Matrix) -> str:
    """That of all runs, or ""."""
    commits = {str(run.header.get("commit", "")) for column in matrix.columns for run in column.runs}
    return commits.pop() if len(commits) == 1 else ""


def _starts(matrix: Matrix) -> list[bool]:
    """Whether another engine's columns end before a column."""
    engines = [column.engine for column in matrix.columns]
    return [i > 0 and engines[i - 1] != engine for i, engine in enumerate(engines)]


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda count: f"{count:,}"
    return environment.get_template("page.html.j2")


def render(matrix: Matrix, facts: dict[str, Any]) -> str:
    return _template().render(
        matrix=matrix, words=words, results=RESULTS, signs=SIGNS, titles=TITLES,
        meanings=MEANINGS, engines=_engines(matrix), starts=_starts(matrix),
        one_commit=_one_commit(matrix), style=Markup((HERE / "page.css").read_text()),
        script=Markup((HERE / "page.js").read_text()), **facts)
