"""The sentences that the page and the terminal share."""

from results import Column
from view import Matrix


def number(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def kernel_title(column: Column) -> str:
    return column.release or column.kernel


def kernel_origin(column: Column) -> str:
    """Where a release comes from, unless that is all that is known of it."""
    return column.kernel if column.release else "never told its release"


def state(column: Column) -> str:
    if not column.problems:
        return "complete"
    return "trouble" if column.is_empty else "incomplete"


def headline(matrix: Matrix) -> list[tuple[str, str]]:
    """(kind, sentence), what matters most first."""
    tally, found = matrix.tally, []
    regressed = sum(len(group.cases) for group in matrix.changes
                    if group.kind == "regressed" and not group.expected)
    if regressed:
        found.append(("fail", number(regressed, "case regressed", "cases regressed")))
    if tally["fail"]:
        found.append(("fail", number(tally["fail"], "case fails", "cases fail")))
    if tally["xpass"]:
        found.append(("xpass", f"{number(tally['xpass'], 'case passes', 'cases pass')} "
                               "where a failure was expected"))
    if tally["trouble"]:
        found.append(("trouble", number(tally["trouble"], "case in trouble", "cases in trouble")))
    if matrix.problems:
        found.append(("trouble", number(matrix.problems, "column is not complete",
                                        "columns are not complete")))
    if matrix.unexpected_skips:
        found.append(("skip", f"{number(matrix.unexpected_skips, 'skip')} that nobody expects"))
    return found or [("pass", "Nothing unexpected.")]


def comparable(matrix: Matrix) -> bool:
    """Whether an engine was judged by two kernels."""
    engines = [column.engine for column in matrix.columns if not column.is_empty]
    return len(engines) > len(set(engines))
