"""The matrix as a table in a terminal; rows in which all is equal and passes are one line."""

import sys
from collections import Counter
from collections.abc import Iterator

import words
from results import RESULTS, Column
from view import SIGNS, Cell, Matrix

COLOURS = {"fail": "1;31", "xpass": "1;35", "trouble": "33", "xfail": "36", "skip": "2"}
KINDS = {"regressed": "regressed", "repaired": "repaired", "differs": "differs",
         "skipped": "skipped now"}


def _counts(counts: Counter[str], missing: int = 0) -> str:
    found = [f"{result} {counts[result]}" for result in RESULTS if counts[result]]
    return " ".join(found + ([f"no result {missing}"] if missing else []))


def _worst(counts: Counter[str]) -> str:
    return next((result for result in RESULTS if counts[result]), "trouble")


def _painted(text: str, result: str) -> str:
    colour = COLOURS.get(result)
    return f"\033[{colour}m{text}\033[0m" if colour and sys.stdout.isatty() else text


def _line(name: str, texts: list[tuple[str, str]], widths: list[int]) -> str:
    cells = (_painted(text.ljust(width), result)
             for (text, result), width in zip(texts, widths, strict=True))
    return "  ".join([name, *cells]).rstrip()


def _cell(cell: Cell, column: Column) -> tuple[str, str]:
    if not cell.counts and column.problems:
        return words.state(column), "trouble"
    return _counts(cell.counts, cell.missing), _worst(cell.counts)


def _plain(text: str) -> tuple[str, str]:
    return text, "pass"


def _total(column: Column) -> tuple[str, str]:
    return _counts(column.tally()) or words.state(column), _worst(column.tally())


def table(matrix: Matrix) -> Iterator[str]:
    loud = [row for row in matrix.rows if not row.is_quiet]
    columns = matrix.columns
    body = [("engine", [_plain(column.engine) for column in columns]),
            ("kernel", [_plain(words.kernel_title(column)) for column in columns]),
            ("", [_plain(words.kernel_origin(column)) for column in columns]),
            *((row.scenario, [_cell(*both) for both in zip(row.cells, columns, strict=True)])
              for row in loud),
            ("all", [_total(column) for column in columns])]
    first = max(len(name) for name, _ in body)
    widths = [max(len(texts[i][0]) for _, texts in body) for i in range(len(columns))]
    for name, texts in body:
        yield _line(name.ljust(first), texts, widths)
    quiet = len(matrix.rows) - len(loud)
    if quiet:
        yield f"\n{words.number(quiet, 'scenario passes', 'scenarios pass')} wherever {'it' if quiet == 1 else 'they'} ran"


def changes(matrix: Matrix) -> Iterator[str]:
    for group in matrix.changes:
        older, newer = (words.kernel_title(matrix.columns[i]) for i in (group.older, group.newer))
        verdict = "as expected" if group.expected else "NOT EXPECTED"
        cases = words.number(len(group.cases), "case")
        yield (f"{KINDS[group.kind]:12} {group.scenario}  {cases} ({group.cuts})  "
               f"engine {matrix.columns[group.newer].engine}  {older} -> {newer}  {verdict}")
        known = matrix.known(group)
        yield f"             {(known.reason if known else group.reasons[0])[:200]}"


def problems(matrix: Matrix) -> Iterator[str]:
    for column in matrix.columns:
        name = f"{words.kernel_title(column)} ({column.kernel}), engine {column.engine}"
        for problem in column.problems:
            yield f"{SIGNS['trouble']} {name}: {problem}"
        for note in column.notes:
            yield f"note: {name}: {note}"


def render(matrix: Matrix, facts: dict[str, str]) -> str:
    blocks = [list(table(matrix)), list(changes(matrix)), list(problems(matrix)),
              [f"note: {note}" for note in facts["notes"]],
              ["; ".join(sentence for _, sentence in words.headline(matrix))]]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
