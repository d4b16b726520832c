"""Exit codes as `git bisect run` reads them, and a main that nothing escapes from.

git takes 1 to 124, 126 and 127 for a bad commit, 125 for one that cannot be judged, and stops above
127. So a mistake of ours must not end as Python ends by itself, which is with 1.
"""

import os
import sys
import traceback
from typing import Callable

from children import Interrupted

GOOD = 0
BAD = 1
CANNOT_JUDGE = 125
BROKEN = 128  # something that every commit would meet: git shall stop
USAGE = 129
INTERRUPTED = 130


class Stop(Exception):
    """Ends the program with this code, and a sentence about it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def wrong_usage(text: str) -> Stop:
    return Stop(USAGE, text)


def say(program: str, text: str) -> None:
    print(f"{program}: {text}", file=sys.stderr)


def ends_well(program: str, main: Callable[[], int]) -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        return main()
    except Stop as stop:
        say(program, str(stop))
        return stop.code
    except (Interrupted, KeyboardInterrupt):
        return INTERRUPTED
    except OSError as error:  # a full disk, a folder that is not ours: no commit's fault
        say(program, f"{error}; this stops the bisect, as no commit is to blame")
        return BROKEN
    except Exception:
        traceback.print_exc()
        say(program, "this is a mistake of ours; it stops the bisect, as no commit is to blame")
        return BROKEN


def leave(code: int) -> None:
    """Ends at once: what Python does on its way out has exit codes of its own."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code if code != GOOD else BROKEN
    os._exit(code)
