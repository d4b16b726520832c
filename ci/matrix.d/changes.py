"""What a newer kernel does otherwise than an older one, case by case."""

from collections.abc import Iterator
from dataclasses import dataclass

import release
from expectation import Expectations
from results import Case, Column, Key, without_numbers

GOOD, BAD = ("pass", "xpass"), ("fail", "xfail")
KINDS = ("regressed", "repaired", "differs", "skipped")


@dataclass(frozen=True)
class Change:
    kind: str  # regressed, repaired; differs: of one release; skipped: passes, then is not judged
    expected: bool
    older: int  # index of the column
    newer: int
    case: Case  # the one that is worth telling: what failed, or was skipped


@dataclass(frozen=True)
class Group:
    """The changes of one scenario between the same two columns."""

    kind: str
    expected: bool
    older: int
    newer: int
    scenario: str
    cases: tuple[Case, ...]

    @property
    def cuts(self) -> str:
        return ", ".join(sorted({case.cut for case in self.cases}))

    @property
    def reasons(self) -> list[str]:
        """Those that differ in more than numbers."""
        return list({without_numbers(case.reason): case.reason for case in self.cases}.values())


class Comparison:
    def __init__(self, columns: list[Column], expectations: Expectations):
        self.columns, self.expectations = columns, expectations

    def changes(self) -> Iterator[Change]:
        for engine in dict.fromkeys(column.engine for column in self.columns):
            indices = [i for i, each in enumerate(self.columns) if each.engine == engine]
            keys = sorted({key for i in indices for key in self.columns[i].cases})
            for key in keys:
                yield from self._of_case(key, indices)

    def _of_case(self, key: Key, indices: list[int]) -> Iterator[Change]:
        """Trouble and what did not run say nothing: the last verdict before them counts."""
        last, skipped = None, False
        for i in indices:
            result = self.columns[i].result(key)
            if result not in (*GOOD, *BAD, "skip"):
                continue
            if last is not None and not (skipped and result == "skip"):
                yield from self._between(key, last, i)
            skipped = result == "skip"
            if not skipped:
                last = i

    def _between(self, key: Key, older: int, newer: int) -> Iterator[Change]:
        was, now = (self.columns[i].worst(key) for i in (older, newer))
        in_order = release.is_newer(self.columns[newer].release, self.columns[older].release)
        if was.result in GOOD and now.result in BAD:
            kind = "regressed" if in_order else "differs"
            yield Change(kind, now.result == "xfail", older, newer, now)
        elif was.result in BAD and now.result in GOOD:
            expected = (was.result, now.result) == ("xfail", "pass")
            yield Change("repaired" if in_order else "differs", expected, older, newer, was)
        elif was.result in GOOD and now.result == "skip" and in_order:
            expected = self.expectations.find(now, self.columns[newer].engine) is not None
            yield Change("skipped", expected, older, newer, now)


def grouped(changes: Iterator[Change]) -> list[Group]:
    """What nobody expects first."""
    found: dict[tuple[str, bool, int, int, str], list[Case]] = {}
    for each in changes:
        place = (each.kind, each.expected, each.older, each.newer, each.case.scenario)
        found.setdefault(place, []).append(each.case)
    groups = [Group(*place, tuple(cases)) for place, cases in found.items()]
    return sorted(groups, key=lambda g: (g.expected, KINDS.index(g.kind), g.scenario, g.older))
