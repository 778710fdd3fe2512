#!/usr/bin/env python3
"""Checks the deployment files against the sources, without a container engine.

    pip install -r deploy/requirements.txt
    python deploy/check.py

Names everything that is wrong, a line each, and then exits with 1.
"""

import sys
from pathlib import Path

from checks import compose, guides, images, kubernetes, observability, readers, secrets
from checks.problems import Problems

CHECKS = (compose, secrets, images, observability, readers, kubernetes, guides)


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    problems = Problems(root)
    for check in CHECKS:
        with problems.caught(check.__name__):
            check.run(root, problems)
    for note in problems.notes:
        print(f"note: {note}")
    for problem in problems.found:
        print(problem)
    if problems.found:
        print(f"deploy: {len(problems.found)} problems")
        return 1
    print("deploy: all is well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
