"""What every test of a command line needs: where the build is."""

import os
import pathlib
import signal

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Who runs tests in the background may have been told to ignore these, and every child inherits it:
# no program would then hear the Ctrl-C that a test sends.
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def build() -> pathlib.Path:
    """The build directory: $SOCKCR_BUILD, by default build/dev of this tree."""
    path = pathlib.Path(os.environ.get("SOCKCR_BUILD", ROOT / "build" / "dev"))
    if not (path / "CMakeCache.txt").exists():
        pytest.fail(f"{path} is not a build directory; set SOCKCR_BUILD, or: cmake --preset dev")
    return path
