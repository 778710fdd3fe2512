"""The secrets: make-secrets.sh makes exactly those that docker-compose.yml mounts, and they fit together."""

import re
import stat
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from .problems import Problems, load

SCRIPT = "deploy/docker/make-secrets.sh"
FOLDER = "deploy/docker/secrets"
# What Careway asks of a key.
SHORTEST = 32
CONTENT = {
    "redis_auth": r"requirepass (\S+)",
    "nats_auth": r'authorization \{ user: careway, password: "(\S+)" \}',
}


def run(root: Path, problems: Problems):
    scripts = sorted((root / "deploy").rglob("*.sh"))
    problems.ask("shellcheck", *scripts)
    for script in scripts:
        problems.unless(script.stat().st_mode & stat.S_IXUSR, script, "is not executable")
    compose = load(root / "docker-compose.yml")
    with tempfile.TemporaryDirectory() as folder:
        made = make(root, Path(folder))
        problems.unless(make(root, Path(folder)) == made, SCRIPT, "makes other secrets when it runs again")
        problems.unless(
            stat.S_IMODE(Path(folder).stat().st_mode) == 0o700, SCRIPT, "leaves the folder open to others"
        )
        hidden = [file.name for file in Path(folder).iterdir() if stat.S_IMODE(file.stat().st_mode) != 0o444]
        problems.unless(not hidden, SCRIPT, f"containers cannot read {hidden}")
    named = {name: secret["file"] for name, secret in compose["secrets"].items()}
    for name, file in named.items():
        problems.unless(
            file == f"{FOLDER}/{name}.txt", "docker-compose.yml", f"secret {name} is read from {file}"
        )
        problems.unless(name in made, SCRIPT, f"does not make {name}")
    for name in set(made) - set(named):
        problems.add(SCRIPT, f"makes {name}, which docker-compose.yml does not name")
    for name, content in made.items():
        content_of(name, content, compose["services"], problems)
    for server in ("redis", "nats"):
        password = urlsplit(made[f"{server}_url"]).password
        asked = re.fullmatch(CONTENT[f"{server}_auth"], made[f"{server}_auth"])
        problems.unless(
            asked and asked.group(1) == password, SCRIPT, f"{server}'s password is not the one in its URL"
        )


def make(root: Path, folder: Path) -> dict[str, str]:
    subprocess.run([root / SCRIPT, folder], check=True, capture_output=True)
    return {file.stem: file.read_text().rstrip("\n") for file in folder.iterdir()}


def content_of(name: str, content: str, services: dict, problems: Problems):
    if not name.endswith("_url"):
        problems.unless(len(content) >= SHORTEST, SCRIPT, f"{name} is shorter than {SHORTEST} characters")
        return
    url = urlsplit(content)
    problems.unless(
        url.hostname in services, SCRIPT, f"{name} leads to {url.hostname}, which is no container"
    )
    problems.unless(len(url.password or "") >= SHORTEST, SCRIPT, f"{name}'s password is too short")
    if name.endswith("_database_url"):
        service = name.removesuffix("_database_url").removesuffix("_migration")
        role = "owner" if "_migration_" in name else "app"
        fine = (url.scheme, url.username, url.path) == ("postgres", f"{service}_{role}", f"/{service}")
        problems.unless(fine, SCRIPT, f"{name} is not for role {service}_{role} of database {service}")
