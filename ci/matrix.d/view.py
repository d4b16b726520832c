"""The merged results as a reader looks at them: rows, cells, groups of alike cases. Values only."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from changes import Comparison, Group, grouped
from expectation import Expectation, Expectations
from results import RESULTS, Case, Column, without_numbers

# Letters and signs, so that nothing depends on colour.
SIGNS = {"pass": "✓", "fail": "✗", "xfail": "≈", "xpass": "‼", "skip": "–", "trouble": "?"}


@dataclass(frozen=True)
class Alike:
    """Cases of one cell with the same verdict for the same reason, but for its numbers."""

    result: str
    known: Expectation | None
    cases: tuple[Case, ...]

    @property
    def reason(self) -> str:
        """Of the first; what the runner says of the expectation stands beside it."""
        return self.known.rest_of(self.cases[0].reason) if self.known else self.cases[0].reason

    @property
    def have_one_reason(self) -> bool:
        return len({case.reason for case in self.cases}) == 1

    @property
    def is_unexpected(self) -> bool:
        return self.result in ("fail", "xpass", "trouble") or not self.known


@dataclass(frozen=True)
class Cell:
    """One scenario in one column."""

    counts: Counter[str]
    alike: tuple[Alike, ...]
    missing: int  # cases that other columns have

    @property
    def words(self) -> list[tuple[str, int]]:
        return [(result, self.counts[result]) for result in RESULTS if self.counts[result]]

    @property
    def only_passes(self) -> bool:
        """What did not run is told at the head of its column."""
        return set(self.counts) <= {"pass"}


@dataclass(frozen=True)
class Row:
    scenario: str
    cells: tuple[Cell, ...]
    quiet: tuple[str, ...]  # cases that pass wherever they ran

    @property
    def is_quiet(self) -> bool:
        return all(cell.only_passes for cell in self.cells)


class Matrix:
    def __init__(self, columns: list[Column], expectations: Expectations):
        self.columns, self.expectations = columns, expectations

    @cached_property
    def keys(self) -> list[tuple[str, str]]:
        return sorted({key for column in self.columns for key in column.cases})

    @cached_property
    def has_several_cuts(self) -> bool:
        return len({cut for _, cut in self.keys}) > 1

    @cached_property
    def rows(self) -> list[Row]:
        of_scenario: dict[str, list[tuple[str, str]]] = {}
        for key in self.keys:
            of_scenario.setdefault(key[0].partition(".")[0], []).append(key)
        return [self._row(name, keys) for name, keys in of_scenario.items()]

    def _row(self, scenario: str, keys: list[tuple[str, str]]) -> Row:
        cells = tuple(self._cell(column, keys) for column in self.columns)
        quiet = tuple(self.label(*key) for key in keys
                      if {column.result(key) for column in self.columns} <= {"pass", ""})
        return Row(scenario, cells, quiet)

    def _cell(self, column: Column, keys: list[tuple[str, str]]) -> Cell:
        there = [key for key in keys if key in column.cases]
        cases = [case for key in there for case in column.cases[key]]
        counts = Counter(case.result for case in cases)
        return Cell(counts, tuple(self._alike(column, cases)), len(keys) - len(there))

    def _alike(self, column: Column, cases: Iterable[Case]) -> list[Alike]:
        groups: dict[tuple[str, Expectation | None, str], list[Case]] = {}
        for case in cases:
            if case.result != "pass":
                known = self.expectations.find(case, column.engine)
                place = (case.result, known, without_numbers(case.reason))
                groups.setdefault(place, []).append(case)
        found = [Alike(result, known, tuple(each)) for (result, known, _), each in groups.items()]
        return sorted(found, key=lambda group: RESULTS.index(group.result))

    def label(self, name: str, cut: str) -> str:
        """Of a case below the name of its scenario."""
        variant = name.partition(".")[2] or name
        return f"{variant} {cut}" if self.has_several_cuts else variant

    @cached_property
    def changes(self) -> list[Group]:
        return grouped(Comparison(self.columns, self.expectations).changes())

    def known(self, group: Group) -> Expectation | None:
        """What the expectations say of a change."""
        failed = group.older if group.kind == "repaired" else group.newer
        return self.expectations.find(group.cases[0], self.columns[failed].engine)

    @cached_property
    def unexpected_skips(self) -> int:
        return sum(len(group.cases) for row in self.rows for cell in row.cells
                   for group in cell.alike if group.result == "skip" and group.is_unexpected)

    @cached_property
    def uses(self) -> dict[int, Counter[int]]:
        """Of each entry of the expectations: how many cases it explains, by column."""
        found: dict[int, Counter[int]] = {}
        for row in self.rows:
            for i, cell in enumerate(row.cells):
                for group in cell.alike:
                    if group.known:
                        found.setdefault(group.known.index, Counter())[i] += len(group.cases)
        return found

    @property
    def tally(self) -> Counter[str]:
        return sum((column.tally() for column in self.columns), Counter())

    @property
    def problems(self) -> int:
        return sum(bool(column.problems) for column in self.columns)

    @property
    def exit_code(self) -> int:
        tally = self.tally
        if tally["fail"] or tally["xpass"]:
            return 1
        return 125 if tally["trouble"] or self.problems or not self.columns else 0
