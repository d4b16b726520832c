"""Options of run-scenario, as they stand behind the -- of programs of ours."""

import os
from typing import Sequence

RUNS_NOTHING = {
    "--list": "it runs nothing",
    "--list-engines": "it runs nothing",
    "--show": "it runs nothing",
    "--explain": "it runs nothing",
    "--check-expectations": "it runs nothing",
    "--help": "run-scenario --help shows it",
    "-h": "run-scenario --help shows it",
}
EXPECTATIONS = "--expectations"  # has a file, which another folder finds by an absolute path only


def absolute(options: Sequence[str]) -> list[str]:
    words = list(options)
    for i, word in enumerate(words):
        if word.startswith(f"{EXPECTATIONS}="):
            words[i] = f"{EXPECTATIONS}={os.path.abspath(word.partition('=')[2])}"
        elif word == EXPECTATIONS and i + 1 < len(words):
            words[i + 1] = os.path.abspath(words[i + 1])
    return words


def expectations_in(options: Sequence[str]) -> str:
    """The file that is named there, or ""."""
    for i, word in enumerate(options):
        if word.startswith(f"{EXPECTATIONS}="):
            return word.partition("=")[2]
        if word == EXPECTATIONS and i + 1 < len(options):
            return options[i + 1]
    return ""
