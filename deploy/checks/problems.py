"""What is wrong, gathered; and the programs that are asked."""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

# The same as the safe loader in Python, and faster.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Problems:
    """Gathers problems, so that whoever mends one learns of the others."""

    def __init__(self, root: Path):
        self.root = root
        self.found: list[str] = []
        self.notes: list[str] = []

    def add(self, where: Path | str, what: str):
        name = where.relative_to(self.root) if isinstance(where, Path) else where
        self.found.append(f"{name}: {what}")

    def unless(self, fine: object, where: Path | str, what: str):
        if not fine:
            self.add(where, what)

    @contextlib.contextmanager
    def caught(self, name: str):
        """A check that stumbles over a file has found a problem in it."""
        try:
            yield
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            self.add(name, f"cannot go on: {type(error).__name__}: {error}")

    def ask(self, program: str, *arguments: object):
        """Runs a linter beside this Python or on the path; what it complains of is a problem."""
        beside = Path(sys.executable).parent / program
        found = str(beside) if beside.is_file() else shutil.which(program)
        if found is None:
            self.notes.append(
                f"{program} is not installed and was not asked (pip install -r deploy/requirements.txt)"
            )
            return
        asked = subprocess.run([found, *map(str, arguments)], cwd=self.root, capture_output=True, text=True)
        if asked.returncode != 0:
            said = asked.stdout + asked.stderr
            self.add(program, said.replace(f"{self.root}/", "").strip() or f"exit code {asked.returncode}")


def load(path: Path):
    """The one document of a YAML (or JSON) file."""
    with path.open() as file:
        return yaml.load(file, LOADER)


def load_all(path: Path) -> list:
    """Every document of a YAML file."""
    with path.open() as file:
        return list(yaml.load_all(file, LOADER))
