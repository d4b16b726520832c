"""What people see of a step: what goes on, on a terminal only, and what came out."""

import os
import shutil
import sys
import time

COLOURS = {"good": "\033[32m", "bad": "\033[31m", "skip": "\033[33m"}
PLAIN = "\033[0m"


class Screen:
    """Speaks on standard error: standard output belongs to git, or to the report."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.has_colours = self.is_terminal and "NO_COLOR" not in os.environ
        self.begin = time.monotonic()

    def starts(self) -> None:
        self.begin = time.monotonic()

    def status(self, text: str) -> None:
        if not self.is_terminal:
            return
        seconds = f"{time.monotonic() - self.begin:4.0f} s  "
        width = shutil.get_terminal_size().columns - 1
        print("\r\033[K" + (seconds + text)[:width], end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.is_terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def line(self, text: str) -> None:
        self.clear()
        print(text, file=sys.stderr, flush=True)

    def painted(self, word: str) -> str:
        """`good`, `bad` or `skip`, padded to one width."""
        padded = f"{word:<5}"
        if not self.has_colours:
            return padded
        return COLOURS[word] + padded + PLAIN
