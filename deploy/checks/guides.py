"""The guides for operators: their commands name what is there, and every secret has its place."""

import os
import re
from pathlib import Path

from . import kubernetes, kustomize, sources
from .problems import Problems, load

GUIDES = (
    "README.md",
    "docs/install.md",
    "docs/backup.md",
    "docs/upgrade.md",
    "docs/secrets.md",
    "docs/operations.md",
)
SECRETS = "docs/secrets.md"
BACKUP = "deploy/backup.sh"
# What is told of size is what was measured.
SIZING, MEASURED = "docs/sizing.md", "docs/performance.md"
FIGURE = re.compile(r"\d[\d,.]*\d|\d")
VARIABLE = re.compile(r"^[A-Z_]+=")


def run(root: Path, problems: Problems):
    there = There(root)
    for guide in GUIDES:
        lines = (root / guide).read_text().splitlines()
        for line in (line.strip() for line in lines if line.startswith("    ")):
            for command in re.split(r" \| | && ", line.split(" #")[0]):
                for wrong in there.lacks(command.split()):
                    problems.add(guide, f"`{command}`: {wrong}")
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        links(page, problems)
    measured = set(FIGURE.findall((root / MEASURED).read_text()))
    for row in re.findall(r"^\|.*(?: a second| ms|idle).*\|$", (root / SIZING).read_text(), re.MULTILINE):
        for figure in set(FIGURE.findall(row)) - measured:
            problems.add(SIZING, f"{figure} was not measured: {row}")
    copied = set(re.search(r"DATABASES:-([a-z ]+)\}", (root / BACKUP).read_text()).group(1).split())
    kept = {service for service in sources.services(root) if sources.has_database(root, service)}
    problems.unless(copied == kept, BACKUP, f"copies {sorted(copied)}, and there are {sorted(kept)}")
    named = (root / SECRETS).read_text()
    for secret in sorted(sources.secrets(root)):
        # Those of databases are said of one service for all.
        fine = secret in named or secret.endswith("_DATABASE_URL")
        problems.unless(fine, SECRETS, f"does not say how {secret} is changed")


def links(page: Path, problems: Problems):
    """A page's links to other pages lead somewhere, to the heading that they name."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        name, _, heading = target.partition("#")
        file = page.parent / name if name else page
        if "://" in target:
            continue
        if not file.exists():
            problems.add(page, f"{target} leads nowhere")
        elif heading and heading not in headings(file):
            problems.add(page, f"{target}: {file.name} has no such heading")


def headings(page: Path) -> set[str]:
    lines = (
        line.lstrip("#").strip().lower() for line in page.read_text().splitlines() if line.startswith("#")
    )
    return {re.sub(r"[^\w -]", "", line).replace(" ", "-") for line in lines}


class There:
    """What commands may name."""

    def __init__(self, root: Path):
        self.root = root
        self.services = set(sources.services(root))
        self.containers = set(load(root / "docker-compose.yml")["services"])
        built = [
            it
            for overlay in kubernetes.OVERLAYS
            for it in kustomize.build(root / kubernetes.FOLDER / overlay)
        ]
        self.resources = {f"{it['kind'].lower()}/{it['metadata']['name']}" for it in built}
        self.labels = {
            f"{key}={value}" for it in built for key, value in it["metadata"].get("labels", {}).items()
        }
        self.zones = set(re.findall(r"careway\.example/zone['\"]?: ['\"]?(\w+)", str(built)))

    def lacks(self, words: list[str]):
        """What a command names and is not there."""
        given = [word.split("=")[0] for word in words if VARIABLE.match(word)]
        words = words[len(given) :]
        if not words:
            return
        program, arguments = words[0], words[1:]
        if program.startswith("deploy/"):
            script = self.root / program
            if not os.access(script, os.X_OK):
                yield f"{program} is no program"
            else:
                yield from (
                    f"{program} reads no {it}"
                    for it in given
                    if not re.search(rf"\$\{{?{it}\b", script.read_text())
                )
        elif program == "kubectl":
            yield from self.of_kubectl(arguments)
        elif words[:2] == ["docker", "compose"]:
            named = [word for word in words[3:] if not word.startswith(("-", "/", "deploy/"))]
            if words[2] in ("up", "exec"):
                yield from (f"there is no container {it}" for it in named[:1] if it not in self.containers)
        elif match := re.fullmatch(r"careway-([a-z]+)", program):
            if match.group(1) not in self.services | {"standalone"}:
                yield f"there is no program {program}"
        for word in arguments:
            if word.startswith("deploy/") and not (self.root / word).exists() and "/secrets/" not in word:
                yield f"{word} is not there"
            if word.startswith("SERVICE=") and word.removeprefix("SERVICE=") not in self.services:
                yield f"there is no service {word}"

    def of_kubectl(self, arguments: list[str]):
        for option, value in zip(arguments, arguments[1:]):
            if option == "--selector" and value not in self.labels:
                yield f"nothing has the label {value}"
            if option == "--namespace" and f"namespace/{value}" not in self.resources:
                yield f"there is no namespace {value}"
            if option == "--kustomize" and not (self.root / value / "kustomization.yaml").is_file():
                yield f"{value} is not for kustomize"
        for word in arguments:
            if word.startswith("deployment/") and word not in self.resources:
                yield f"there is no {word}"
            if word.startswith("careway.example/zone=") and word.split("=")[1] not in self.zones:
                yield f"no policy knows the zone of {word}"
