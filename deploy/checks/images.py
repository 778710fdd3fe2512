"""The Dockerfile, what of the checkout it gets to see, and the configuration of Postgres, Redis and NATS."""

import re
import tomllib
from pathlib import Path

from . import sources
from .problems import Problems, load

DOCKERFILE = "deploy/docker/Dockerfile"
# Without these, what was acknowledged could be lost.
DURABLE = {
    "deploy/docker/nats.conf": ["sync_interval: always", "nats_auth"],
    "deploy/docker/redis.conf": ["appendonly yes", "maxmemory-policy noeviction", "redis_auth"],
}
DURABLE_POSTGRES = {"-cfsync=on", "-csynchronous_commit=on", "-cfull_page_writes=on"}


def run(root: Path, problems: Problems):
    problems.ask("hadolint", DOCKERFILE)
    dockerfile = (root / DOCKERFILE).read_text()
    manifest = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]
    stages = set()
    for image, name in re.findall(r"^FROM (\S+)(?: AS (\S+))?", dockerfile, re.MULTILINE):
        fine = image in {*stages, "scratch"} or (":" in image and not image.endswith(":latest"))
        problems.unless(fine, DOCKERFILE, f"{image} is not pinned to a version")
        stages.add(name)
        if image.startswith("rust:"):
            version = manifest["package"]["rust-version"]
            problems.unless(
                image.startswith(f"rust:{version}-"), DOCKERFILE, f"{image} is not Rust {version}"
            )
    for service in [*sources.services(root), "standalone"]:
        named = re.search(rf"--package careway-{service}\b", dockerfile)
        problems.unless(named, DOCKERFILE, f"does not build careway-{service}")
    problems.unless(re.search(r"^USER [1-9]", dockerfile, re.MULTILINE), DOCKERFILE, "runs as root")
    # In this order: what is stripped first has nothing left to keep.
    steps = ("--only-keep-debug", "strip --strip-all", "--add-gnu-debuglink", "FROM scratch AS symbols")
    places = [dockerfile.find(step) for step in steps]
    kept = -1 not in places and places == sorted(places)
    problems.unless(kept, DOCKERFILE, "does not keep the symbols of what it strips")
    context(root, manifest["members"], problems)
    for file, lines in DURABLE.items():
        content = (root / file).read_text()
        for line in lines:
            problems.unless(
                re.search(rf"^\s*[^#\n]*{re.escape(line)}", content, re.MULTILINE), file, f"lacks {line}"
            )
    postgres = load(root / "docker-compose.yml")["services"]["postgres"]["command"]
    for setting in DURABLE_POSTGRES - set(postgres):
        problems.add("docker-compose.yml", f"postgres runs without {setting}")


def context(root: Path, members: list[str], problems: Problems):
    """Everything cargo reads is let through."""
    ignore = (root / ".dockerignore").read_text().splitlines()
    problems.unless("*" in ignore, ".dockerignore", "does not begin by leaving everything out")
    needed = {member.split("/")[0] for member in members} | {"Cargo.toml", "Cargo.lock", "proto"}
    for name in needed:
        problems.unless(f"!{name}" in ignore, ".dockerignore", f"keeps {name} from cargo")
