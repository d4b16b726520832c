"""A copy of the kernel's source, to which patches are applied, and taken back."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterable

from mutation.exit_code import Trouble, Usage
from mutation.patches import Mutant

ARCHIVE = pathlib.Path("/usr/src/linux-source-6.1.tar.xz")


def run_quietly(command: list[object], what: str) -> str:
    """Its output; when it fails, the last of what it said is the trouble."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        last = [line for line in done.stdout.splitlines() if line.strip()][-8:]
        raise Trouble("\n".join([what, *last]))
    return done.stdout


def put(source: pathlib.Path, target: pathlib.Path) -> None:
    """A file of its own with a new date, whatever was linked there: make(1) goes by dates."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".sockcr")
    shutil.copyfile(source, fresh)
    os.replace(fresh, target)


class Tree:
    def __init__(self, source: pathlib.Path | None, out: pathlib.Path) -> None:
        self.path = out / "src"
        self.pristine = out / "pristine"  # each file that a patch changes, as it was
        self.origin = str(source.resolve() if source else ARCHIVE)
        self.note = out / "origin"
        if self.note.exists() and self.note.read_text() != self.origin:
            raise Usage(f"{out} holds a copy of {self.note.read_text()}; take another -o")
        if not self.note.exists():
            self._copy(source)
            self.note.write_text(self.origin)

    def _copy(self, source: pathlib.Path | None) -> None:
        if source and not (source / "net/ipv4/tcp.c").is_file():
            raise Usage(f"{source} is no Linux source tree")
        if not source and not ARCHIVE.is_file():
            raise Trouble(f"no --tree, and no {ARCHIVE}: apt-get install linux-source-6.1")
        for stale in (self.path, self.pristine):
            shutil.rmtree(stale, ignore_errors=True)
        self.path.mkdir(parents=True)
        if not source:
            command = ["tar", "-C", self.path, "--strip-components=1", "-xf", ARCHIVE]
            run_quietly(command, f"{ARCHIVE} cannot be unpacked")
            return
        command = ["cp", "-a", "--link", f"{source}/.", self.path]
        try:
            run_quietly(command, "")
        except Trouble:  # another file system
            command.remove("--link")
            run_quietly(command, f"{source} cannot be copied")

    def restore(self, mutants: Iterable[Mutant]) -> None:
        """Also what a run that was killed has left."""
        for file in sorted({file for mutant in mutants for file in mutant.files}):
            original, here = self.pristine / file, self.path / file
            if not here.is_file() and not original.is_file():
                raise Trouble(f"{self.origin} has no {file}")
            if not original.exists():
                put(here, original)
            elif not here.exists() or here.read_bytes() != original.read_bytes():
                put(original, here)

    def apply(self, mutants: list[Mutant]) -> None:
        for file in {file for mutant in mutants for file in mutant.files}:
            put(self.pristine / file, self.path / file)
        for mutant in mutants:
            run_quietly(
                ["patch", "-p1", "--batch", "--fuzz=0", "--no-backup-if-mismatch"]
                + ["--reject-file=-", "-d", self.path, "-i", mutant.path],
                f"it does not apply to {self.origin}",
            )
