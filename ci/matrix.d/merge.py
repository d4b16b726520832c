"""Shards become columns: what is there twice, what is missing, and what does not belong together."""

import pathlib
from collections import defaultdict
from collections.abc import Iterable

from results import Column, Run, find, read


def _latest(runs: list[Run], notes: list[str]) -> list[Run]:
    """Of one shard that was run several times, the latest that is complete, or else the latest."""
    of_shard: dict[tuple[int, int], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.is_complete, run.begun)):
        of_shard[run.shard].append(run)
    for shard, several in of_shard.items():
        if len(several) > 1:
            notes.append(f"shard {shard[0]}/{shard[1]} is there {len(several)} times: "
                         f"that of {several[-1].begun} counts")
    return [several[-1] for several in of_shard.values()]


def _of_one_division(runs: list[Run], notes: list[str]) -> list[Run]:
    """1/1 and 1/3 overlap: the division that is most nearly complete, the latest of these."""
    divisions: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        divisions[run.shard[1]].append(run)
    best = max(divisions, key=lambda of: (sum(run.is_complete for run in divisions[of]) / of,
                                          max(run.begun for run in divisions[of])))
    for of in sorted(set(divisions) - {best}):
        notes.append(f"{len(divisions[of])} of {of} shards left out: they overlap those of {best}")
    return sorted(divisions[best], key=lambda run: run.shard)


def _differences(runs: list[Run]) -> Iterable[str]:
    for name, what in (("commit", "commits"), ("cut", "cuts"), ("cases", "selections of cases"),
                       ("options", "options"), ("image", "images")):
        values = sorted({str(run.header.get(name, "")) for run in runs})
        if len(values) > 1:
            yield f"its shards ran with different {what}: {'; '.join(values)}"


def _column(kernel: str, release: str, engine: str, runs: list[Run]) -> Column:
    notes: list[str] = []
    chosen = _of_one_division(_latest(runs, notes), notes)
    column = Column(kernel, release, engine, chosen, [*notes, *_differences(chosen)])
    for run in chosen:
        for case in run.cases:
            column.cases.setdefault(case.key, []).append(case)
    return column


def _with_release(runs: list[Run]) -> dict[tuple[str, str, str], list[Run]]:
    """Machines may judge with several releases under one name; one that failed to boot has none."""
    groups: dict[tuple[str, str, str], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: not run.release):
        known = [key for key in groups if key[::2] == (run.kernel, run.engine)]
        release = run.release or (known[0][1] if known else "")
        groups[(run.kernel, release, run.engine)].append(run)
    return groups


def _place(column: Column) -> tuple[object, ...]:
    native_first = (column.engine != "native", column.engine)
    return (*native_first, column.order, column.kernel)


def _columns(runs: Iterable[Run]) -> list[Column]:
    groups = _with_release(list(runs))
    return sorted((_column(*key, runs) for key, runs in groups.items()), key=_place)


def merge(folders: Iterable[pathlib.Path]) -> list[Column]:
    """An engine's columns stand side by side, from the oldest kernel to the newest."""
    return _columns(find(folders))


def part(files: Iterable[pathlib.Path]) -> list[Column]:
    """The same of these files alone, whatever shards there are besides."""
    columns = _columns(read(file) for file in files)
    for column in columns:
        column.is_part = True
    return columns
