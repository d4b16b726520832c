"""Programs that we start: watched while they run, and ended with all that they have started."""

import ctypes
import os
import pathlib
import signal
import subprocess
import time
from typing import Callable, Sequence

PR_SET_CHILD_SUBREAPER = 36
LOOK_AGAIN = 0.25  # s
GRACE = 3  # s, in which who has heard Ctrl-C himself ends by himself
LIMIT = 20  # s, for a guest to vanish with its folder


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP."""


def listen() -> None:
    """From now on a signal is an Interrupted, and orphans of our children become ours."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)


def interrupt(number: int, _frame: object) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # once is enough: now everything is ended
    raise Interrupted(number)


def watch(
    command: Sequence[object], tick: Callable[[], None] = lambda: None, **keywords: object
) -> int:
    """Runs it to its end, and gives its exit code: below 0 it died by that signal."""
    words = [str(word) for word in command]
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, preexec_fn=hear_signals, **keywords  # type: ignore
    )
    try:
        while True:
            try:
                return process.wait(LOOK_AGAIN)
            except subprocess.TimeoutExpired:
                tick()
    except BaseException as why:
        is_ctrl_c = isinstance(why, Interrupted) and why.args == (signal.SIGINT,)
        end_all(GRACE if is_ctrl_c else 0)
        raise


def hear_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def own_children() -> list[int]:
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.append(int(stat.parent.name))
    return found


def end_all(grace: float) -> None:
    """Asks each child once to end; whose parent ends becomes our child, and is asked too."""
    begin = time.monotonic()
    asked: set[int] = set()
    while reap():
        passed = time.monotonic() - begin
        for pid in own_children():
            if passed > LIMIT:
                os.kill(pid, signal.SIGKILL)
            elif passed >= grace and pid not in asked:
                asked.add(pid)
                os.kill(pid, signal.SIGTERM)
        time.sleep(0.02)


def reap() -> bool:
    """Buries who has ended, and says whether anybody is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True
