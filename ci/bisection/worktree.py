"""A checkout of our own, beside the user's: his files, index and bisect stay as they are.

It is removed at the end, and made anew by the next bisect. Make would then take every file for a
changed one, so what is as it was when it was built gets back the time that it had.
"""

import os
import pathlib
import shutil
import tempfile

import children
from bisection.exit_code import BROKEN, Stop, wrong_usage
from bisection.tree import QUIET, environment, git

TWICE = ("--force", "--force")  # one that git was making when it was killed is locked


class Worktree:
    """With `with`. The times lie in the folder of the build that they belong to."""

    def __init__(self, repository: pathlib.Path, out: pathlib.Path, revision: str) -> None:
        self.repository, self.revision = repository, revision
        self.folder = out.with_name(out.name + ".tree")
        self.times = out / ".sockcr-times"

    def __enter__(self) -> "Worktree":
        self.remove()  # of one that was killed
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        known = Times.read(self.times)
        # Should we be killed, objects may be made from other contents than those that are noted.
        self.times.unlink(missing_ok=True)
        try:
            self.add()
            known.restore(self.folder)
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.note_times()
            self.remove()
        except BaseException:
            self.remove()  # Ctrl-C comes once: the second time it is not in the way
            raise

    def note_times(self) -> None:
        """Not in the middle of a checkout, where HEAD is not what lies there."""
        status = git(self.folder, "status", "--porcelain", "--untracked-files=no")
        if status.returncode == 0 and not status.stdout and self.times.parent.is_dir():
            Times.of(self.folder).write(self.times)

    def add(self) -> None:
        """Watched: another git writes the files, and nobody may write behind us when we leave."""
        command = ["git", "-C", self.repository, *QUIET, "worktree", "add", *TWICE, "--detach"]
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            code = children.watch(
                [*command, self.folder, self.revision], stdout=said, stderr=said, env=environment()
            )
            said.seek(0)
            if code != 0:
                raise Stop(BROKEN, f"git worktree add: {said.read().strip()}")

    def remove(self) -> None:
        if not self.folder.exists():
            return
        if not self.is_ours():
            raise wrong_usage(f"{self.folder} is in the way")
        where = str(self.folder)
        if git(self.repository, "worktree", "remove", *TWICE, where).returncode != 0:
            shutil.rmtree(self.folder)  # git was killed while it made or removed it
            git(self.repository, "worktree", "unlock", where)
            git(self.repository, "worktree", "prune")

    def is_ours(self) -> bool:
        """Of a checkout that is half removed, git still knows that it was one."""
        listed = git(self.repository, "worktree", "list", "--porcelain").stdout.split("\n")
        known = f"worktree {os.path.realpath(self.folder)}" in listed
        return known or (self.folder / ".git").is_file()


class Times:
    """Of each file of a checkout: which contents, and since when (ns)."""

    def __init__(self, known: dict[str, tuple[str, int]]) -> None:
        self.known = known

    @staticmethod
    def of(folder: pathlib.Path) -> "Times":
        known = {}
        for name, contents in contents_of(folder).items():
            try:
                known[name] = (contents, os.lstat(folder / name).st_mtime_ns)
            except FileNotFoundError:  # a sparse checkout
                pass
        return Times(known)

    @staticmethod
    def read(path: pathlib.Path) -> "Times":
        try:
            lines = path.read_text(errors="surrogateescape").split("\0")
        except FileNotFoundError:
            return Times({})
        rows = (line.split(" ", 2) for line in lines if line)
        return Times({name: (contents, int(time)) for contents, time, name in rows})

    def write(self, path: pathlib.Path) -> None:
        rows = (f"{contents} {time} {name}\0" for name, (contents, time) in self.known.items())
        partial = path.with_name(path.name + ".partial")
        partial.write_text("".join(rows), errors="surrogateescape")
        partial.replace(path)

    def restore(self, folder: pathlib.Path) -> None:
        if not self.known:
            return
        for name, contents in contents_of(folder).items():
            was, time = self.known.get(name, ("", 0))
            if was == contents and os.path.lexists(folder / name):
                os.utime(folder / name, ns=(time, time), follow_symlinks=False)


def contents_of(folder: pathlib.Path) -> dict[str, str]:
    """Name -> what git calls its contents."""
    rows = git(folder, "ls-tree", "-r", "-z", "HEAD").stdout.split("\0")
    fields = (row.split("\t", 1) for row in rows if row)
    return {name: facts.split(" ")[2] for facts, name in fields}
