"""Runs the combinations one after the other, and keeps what each says as it comes."""

import contextlib
import fcntl
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

import results
from combination import Combination, is_the_same

INTERRUPTED = 130


class Interrupted(Exception):
    """Ctrl-C, or SIGTERM."""


class Trouble(Exception):
    """Nothing can be run here, or goes on."""


class Progress:
    """On a terminal one line that is written again and again; elsewhere nothing."""

    def __init__(self, title: str, total: int | None):
        self.title, self.total, self.counts = title, total, Counter[str]()
        self.is_shown, self.last = sys.stderr.isatty(), 0.0

    def count(self, result: str) -> None:
        self.counts[result] += 1
        if self.is_shown and time.monotonic() - self.last > 0.1:
            self.last = time.monotonic()
            of = f" of {self.total}" if self.total else ""
            text = f"{self.title}: {self.counts.total()}{of} cases{self.bad()}"
            columns = shutil.get_terminal_size().columns
            print(f"\r\033[K{text[:columns - 1]}", end="", file=sys.stderr, flush=True)

    def bad(self) -> str:
        words = (f", {self.counts[name]} {name}" for name in ("fail", "xpass", "trouble")
                 if self.counts[name])
        return "".join(words)

    def end(self) -> None:
        if self.is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def say(text: str) -> None:
    print(text, flush=True)


def how_many(combination: Combination) -> int | None:
    """For the progress alone: None where nobody sees it, or run-scenario does not tell."""
    if not sys.stderr.isatty():
        return None
    request = combination.request
    names = [name for name in request.names if name != "--all"]
    wider = [word for word in request.options if word in ("--exhaustive", "--long")]
    command = [str(request.program), "--list", "--format", "json", *names, *wider]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        return None
    cases = len(listed.stdout.splitlines()) * len(request.cut.split(","))
    return math.ceil(cases / int(request.shard.partition("/")[2]))


def refusal(combination: Combination) -> tuple[int, str]:
    """run-scenario's exit code and words for what it will be asked; nothing is run yet.

    --list stands in front: behind an option that lacks its value it would be the value."""
    program, *words = combination.command()
    with tempfile.TemporaryFile() as errors:
        asked = subprocess.run([program, "--list", *words], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=errors, check=False)
        return asked.returncode, _last_words(errors)


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read().decode(errors="replace").splitlines()]
    return " / ".join([line for line in lines if line][-12:])[:2000]


def _result(line: bytes) -> str:
    try:
        return str(json.loads(line).get("result", ""))
    except (ValueError, AttributeError):
        return ""


def _copy(child: subprocess.Popen[bytes], kept: IO[bytes], progress: Progress) -> bool:
    """Line by line, as they come; whether the summary was among them."""
    assert child.stdout is not None
    has_summary = False
    for line in child.stdout:
        kept.write(line)
        kept.flush()
        has_summary = has_summary or line.startswith(b'{"summary"')
        if result := _result(line):
            progress.count(result)
    return has_summary


def _start(combination: Combination, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    shutil.rmtree(combination.left, ignore_errors=True)
    combination.left.mkdir(parents=True)
    return subprocess.Popen(combination.command(), cwd=combination.left, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=errors)


def _stop(child: subprocess.Popen[bytes]) -> None:
    """run-scenario ends its cases and guests; a terminal has told it already."""
    if child.poll() is None:
        child.terminate()  # who was started behind a script ignores SIGINT
    child.wait()


def _trouble(code: int, has_summary: bool, words: str) -> str:
    """Why the run as a whole says nothing; "" where it does: a pass, a failure, or trouble named."""
    if has_summary and code in (0, 1, 125):
        return ""
    if code == INTERRUPTED:
        return "interrupted"
    how = f"run-scenario died of signal {-code}" if code < 0 else f"run-scenario exits {code}"
    return words or how


def _perform(combination: Combination, kept: IO[bytes], progress: Progress) -> str:
    """What was wrong as a whole, or ""."""
    with tempfile.TemporaryFile() as errors:
        child = _start(combination, errors)
        try:
            has_summary = _copy(child, kept, progress)
            code = child.wait()
        except BaseException:
            _stop(child)
            kept.write(b'{"trouble": {"exit": 130, "reason": "interrupted"}}\n')
            raise
        reason = _trouble(code, has_summary, _last_words(errors))
    if reason:
        kept.write(json.dumps({"trouble": {"exit": code, "reason": reason}}).encode() + b"\n")
    if code == INTERRUPTED:
        raise Interrupted
    return reason


def _tidy(left: pathlib.Path) -> None:
    for folder in (left / "run-scenario.out", left):
        with contextlib.suppress(OSError):  # not there, or it holds evidence
            folder.rmdir()


@contextlib.contextmanager
def _alone(file: pathlib.Path) -> Iterator[IO[bytes]]:
    """The file, empty, unless somebody else writes it just now."""
    with file.open("ab") as kept:
        try:
            fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(f"another ci/matrix writes {file}; take another -o") from None
        kept.truncate(0)
        yield kept


def _run_one(combination: Combination, header: dict[str, Any], title: str) -> None:
    progress, begin = Progress(title, how_many(combination)), time.monotonic()
    with _alone(combination.file) as kept:
        kept.write(json.dumps({"matrix": header}).encode() + b"\n")
        kept.flush()
        try:
            reason = _perform(combination, kept, progress)
        finally:
            progress.end()
            _tidy(combination.left)
    verdict = f"trouble: {reason}" if reason else f"{progress.counts.total()} cases{progress.bad()}"
    say(f"{title}: {verdict}, {time.monotonic() - begin:.0f} s")


def _is_done(combination: Combination, header: dict[str, Any]) -> bool:
    if not combination.file.is_file():
        return False
    old = results.read(combination.file)
    return old.is_complete and is_the_same(old.header, header)


def run_all(combinations: list[Combination], commit: str, digest: str, again: bool) -> None:
    """Raises Interrupted, and the file that was being written says so then; or Trouble."""
    width = len(str(len(combinations)))
    for number, each in enumerate(combinations, 1):
        shard = "" if each.request.shard == "1/1" else f" shard {each.request.shard}"
        title = (f"[{number:{width}}/{len(combinations)}] kernel {each.kernel.name}"
                 f" engine {each.engine}{shard}")
        header = each.header(commit, digest)
        if not again and _is_done(each, header):
            say(f"{title}: there already (--again runs it)")
        else:
            _run_one(each, header, title)
