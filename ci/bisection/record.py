"""What a bisect has found so far, and who may write there."""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
from typing import Any, Iterator, Optional

from bisection.exit_code import BROKEN, Stop, wrong_usage
from bisection.step import STEPS
from bisection.tree import Commit

RECORD_LOCK = "lock"  # in the record


class Lock:
    """Two bisects in one folder would build each other's kernels, or mix what they found."""

    def __init__(self, path: pathlib.Path, option: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.option, self.file = path, option, path.open("w")

    def __enter__(self) -> None:
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.close()
            text = f"another ci/bisect holds {self.path}; take another {self.option}"
            raise Stop(BROKEN, text) from None

    def __exit__(self, *_: object) -> None:
        self.file.close()


@contextlib.contextmanager
def new_record(folder: pathlib.Path) -> Iterator[None]:
    """What lies there from the last bisect goes aside, and is kept until the next."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        with folder_alone(folder.parent):
            if folder.is_dir() and any(folder.iterdir()):
                put_aside(folder)
            folder.mkdir(exist_ok=True)
            held.enter_context(Lock(folder / RECORD_LOCK, "--record"))
        yield


@contextlib.contextmanager
def folder_alone(folder: pathlib.Path) -> Iterator[None]:
    """Whoever else begins here waits for a moment."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def put_aside(folder: pathlib.Path) -> None:
    if not any((folder / name).is_file() for name in (STEPS, "git.txt", RECORD_LOCK)):
        raise wrong_usage(f"{folder} holds something else; --record DIR takes another")
    old = folder.with_name(folder.name + ".old")
    with Lock(folder / RECORD_LOCK, "--record"):
        if old.exists():
            shutil.rmtree(old)
        os.rename(folder, old)


def read_facts(record: pathlib.Path, commit: Commit) -> Optional[dict[str, Any]]:
    path = record / commit.hash[:12] / "step.json"
    return json.loads(path.read_text()) if path.is_file() else None
