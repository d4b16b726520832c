"""A copy of the kernel's source, to which patches are applied, and taken back."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable

import children
from mutation.exit_code import Trouble, Usage
from mutation.patches import Mutant
from mutation.source import differs, state_of

UNFINISHED = ".sockcr"
ARCHIVE = pathlib.Path("/usr/src/linux-source-6.1.tar.xz")


def run_quietly(command: list[object], what: str) -> str:
    """Its output; when it fails, the last of what it said is the trouble.

    Who is interrupted meanwhile leaves no compiler behind, to write from a source that is gone."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        code = children.watch(command, stdout=output, stderr=subprocess.STDOUT)
        output.seek(0)
        said = output.read()
    if code != 0:
        last = [line for line in said.splitlines() if line.strip()][-8:]
        raise Trouble("\n".join([what, *last]))
    return said


def put(source: pathlib.Path, target: pathlib.Path) -> None:
    """A file of its own with a new date, whatever was linked there: make(1) goes by dates."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + UNFINISHED)
    shutil.copyfile(source, fresh)
    os.replace(fresh, target)


class Tree:
    def __init__(self, source: pathlib.Path | None, out: pathlib.Path) -> None:
        self.path = out / "src"
        self.pristine = out / "pristine"  # each file that a patch changes, as it was
        self.origin = str(source.resolve() if source else ARCHIVE)
        self.note = out / "origin"  # the path, and what was there when it was copied
        if self.note.exists():
            self._check_note(out)
            return
        self._check(source)
        state = state_of(pathlib.Path(self.origin))
        self._copy(source)
        fresh = self.note.with_name(self.note.name + UNFINISHED)
        fresh.write_text(f"{self.origin}\n{json.dumps(state)}\n")
        os.replace(fresh, self.note)

    def _check_note(self, out: pathlib.Path) -> None:
        path, _, state = self.note.read_text().partition("\n")
        if path != self.origin:
            raise Usage(f"{out} holds a copy of {path}; take another -o")
        how_out = f"remove {out}, or take another -o"
        if not state:  # of an older ci/mutants
            raise Usage(f"{out} does not say which state of {path} was copied: {how_out}")
        if differs(json.loads(state), state_of(pathlib.Path(path))):
            raise Usage(f"{path} has changed since it was copied: {how_out}")

    def _check(self, source: pathlib.Path | None) -> None:
        if source and not (source / "net/ipv4/tcp.c").is_file():
            raise Usage(f"{source} is no Linux source tree")
        if not source and not ARCHIVE.is_file():
            raise Trouble(f"no --tree, and no {ARCHIVE}: apt-get install linux-source-6.1")

    def _copy(self, source: pathlib.Path | None) -> None:
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
        """Also what a run that was killed has left, of other mutants too."""
        wanted = {file for mutant in mutants for file in mutant.files}
        for file in sorted(wanted | self._kept()):
            original, here = self.pristine / file, self.path / file
            if not here.is_file() and not original.is_file():
                raise Trouble(f"{self.origin} has no {file}")
            if not original.exists():
                put(here, original)
            elif not here.exists() or here.read_bytes() != original.read_bytes():
                put(original, here)

    def _kept(self) -> set[str]:
        files = (path for path in self.pristine.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.pristine)) for path in files if path.suffix != UNFINISHED
        }

    def apply(self, mutants: list[Mutant]) -> None:
        for file in {file for mutant in mutants for file in mutant.files}:
            put(self.pristine / file, self.path / file)
        for mutant in mutants:
            run_quietly(
                ["patch", "-p1", "--batch", "--fuzz=0", "--no-backup-if-mismatch"]
                + ["--reject-file=-", "-d", self.path, "-i", mutant.path],
                f"it does not apply to {self.origin}",
            )
