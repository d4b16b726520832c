"""In which state the kernel's source is: what a copy of it may be held against later."""

from __future__ import annotations

import hashlib
import pathlib
import subprocess

from mutation.patches import touched_by_all


def state_of(source: pathlib.Path) -> dict[str, str]:
    """Cheap to tell: of an archive what stat(2) says, of a tree its commit, and what we patch."""
    if source.is_file():
        facts = source.stat()
        return {"size": str(facts.st_size), "mtime_ns": str(facts.st_mtime_ns)}
    files = ["Makefile", *touched_by_all()]
    state = {file: digest_of(source / file) for file in files if (source / file).is_file()}
    commit = commit_of(source)
    return {**state, "HEAD": commit} if commit else state


def differs(old: dict[str, str], new: dict[str, str]) -> bool:
    """In what both tell: a new patch may touch files of which nobody had made a note."""
    return any(old[name] != new[name] for name in old.keys() & new.keys())


def digest_of(file: pathlib.Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def commit_of(source: pathlib.Path) -> str:
    """Of a repository of its own only: around an unpacked archive there may be another one."""
    if not (source / ".git").exists():
        return ""
    try:
        asked = subprocess.run(
            ["git", "-C", str(source), "rev-parse", "--verify", "-q", "HEAD"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        return ""
    return asked.stdout.strip()
