"""The kernel tree, as git knows it."""

import dataclasses
import os
import pathlib
import subprocess
from typing import Optional

from bisection.exit_code import wrong_usage

# No hook of the user's may run in a worktree of ours, and no page may open.
QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false", "--no-pager"]


# What would lead git to another repository than the folder's; a hook has them set.
ELSEWHERE = (
    "GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_PREFIX GIT_NAMESPACE"
    " GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES"
).split()


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return {**kept, "LC_ALL": "C"}  # we read what git says


def git(folder: pathlib.Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["git", "-C", str(folder), *QUIET, *words],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        env=environment(),
    )


def answer(folder: pathlib.Path, *words: str) -> str:
    """What git says, or "" where it has nothing to say."""
    asked = git(folder, *words)
    return asked.stdout.strip() if asked.returncode == 0 else ""


@dataclasses.dataclass(frozen=True)
class Commit:
    hash: str
    subject: str
    author: str
    date: str

    def name(self) -> str:
        return f"{self.hash[:12]} {self.subject}"


def commit_of(folder: pathlib.Path, revision: str) -> Optional[Commit]:
    told = answer(folder, "show", "-s", "--format=%H%n%s%n%an <%ae>%n%ad", f"{revision}^{{commit}}")
    lines = told.split("\n")
    return Commit(*lines[-4:]) if len(lines) >= 4 else None


def resolved(folder: pathlib.Path, revision: str) -> Commit:
    commit = None if revision.startswith("-") else commit_of(folder, revision)
    if commit is None:
        raise wrong_usage(f"{folder} has no commit {revision}")
    return commit


def steps_left(folder: pathlib.Path) -> Optional[int]:
    """About how many steps a bisect that is under way in this tree needs after this one."""
    good = answer(folder, "for-each-ref", "--format=%(refname)", "refs/bisect/good-*").split()
    if not good or not answer(folder, "rev-parse", "--verify", "-q", "refs/bisect/bad"):
        return None
    told = answer(folder, "rev-list", "--bisect-vars", "refs/bisect/bad", "--not", *good)
    values = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    return int(values.get("bisect_steps", "0"))
