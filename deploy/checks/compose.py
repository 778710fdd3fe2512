"""docker-compose.yml: valid, complete, and true to what the binaries read."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from . import sources
from .problems import Problems, load

FILE = "docker-compose.yml"
SECRETS = "/run/secrets/"
PINNED = re.compile(r":[\w.-]*\d[\w.-]*$")
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def run(root: Path, problems: Problems):
    compose = load(root / FILE)
    schema(root, problems)
    check = Compose(root, problems, compose)
    check.references()
    check.images()
    for name in check.services:
        check.container(name)
    for service in sources.services(root):
        check.service(service)


def schema(root: Path, problems: Problems):
    validate = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE]
    asked = subprocess.run(validate, cwd=root, capture_output=True, text=True)
    problems.unless(
        asked.returncode == 0, FILE, f"not by the Compose specification: {asked.stdout}{asked.stderr}".strip()
    )
    for program in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(program[0])
            and subprocess.run([*program, "version"], capture_output=True).returncode == 0
        ):
            asked = subprocess.run(
                [*program, "--file", FILE, "config", "--quiet"], cwd=root, capture_output=True, text=True
            )
            problems.unless(asked.returncode == 0, FILE, f"refused by Docker Compose: {asked.stderr.strip()}")
            break


class Compose:
    """The file, and what is asked of each of its containers."""

    def __init__(self, root: Path, problems: Problems, compose: dict):
        self.root, self.problems, self.compose = root, problems, compose
        self.services: dict[str, dict] = compose["services"]

    def unless(self, fine: object, what: str):
        self.problems.unless(fine, FILE, what)

    def references(self):
        """What is named is there, and what is there is used."""
        for kind in ("networks", "volumes", "secrets"):
            defined = set(self.compose.get(kind, {}))
            used = {name for service in self.services.values() for name in self.uses(service, kind)}
            for name in used - defined:
                self.unless(False, f"{kind[:-1]} {name} is used and not defined")
            for name in defined - used:
                self.unless(False, f"{kind[:-1]} {name} is defined and not used")
        published: dict[str, str] = {}
        for name, service in self.services.items():
            for port in service.get("ports", []):
                host = str(port).rsplit(":", 1)[0].rsplit(":", 1)[-1]
                other = published.setdefault(host, name)
                self.unless(other == name, f"port {host} is published by {other} and {name}")

    @staticmethod
    def uses(service: dict, kind: str) -> list[str]:
        if kind == "volumes":
            sources_ = [str(volume).split(":")[0] for volume in service.get("volumes", [])]
            return [source for source in sources_ if not source.startswith((".", "/"))]
        return list(service.get(kind, []))

    def images(self):
        built = {}
        for name, service in self.services.items():
            if "build" in service:
                self.unless(
                    built.setdefault(service["image"], name) == name, f"{service['image']} is built twice"
                )
                file = self.root / service["build"]["context"] / service["build"]["dockerfile"]
                self.unless(file.is_file(), f"{name} is built from {file}, which is not there")
        for name, service in self.services.items():
            image = service["image"]
            fine = image in built or (PINNED.search(image) and not image.startswith("careway/"))
            self.unless(fine, f"{name}: image {image} is neither built here nor pinned to a version")

    def container(self, name: str):
        """What every container has to be."""
        service = self.services[name]
        self.unless(service.get("read_only") is True, f"{name} may write to its root file system")
        self.unless(service.get("cap_drop") == ["ALL"], f"{name} keeps capabilities")
        self.unless(
            "cap_add" not in service and "privileged" not in service, f"{name} has more rights than it needs"
        )
        self.unless(
            "no-new-privileges:true" in service.get("security_opt", []), f"{name} may gain privileges"
        )
        self.unless("restart" in service, f"{name} has no restart policy")
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        self.unless(
            {"cpus", "memory", "pids"} <= set(limits), f"{name} has no limits of cpus, memory and pids"
        )
        for volume in map(str, service.get("volumes", [])):
            source, *rest = volume.split(":")
            if source.startswith("."):
                self.unless((self.root / source).is_file(), f"{name} mounts {source}, which is not there")
                self.unless(rest[-1] == "ro", f"{name} may change {source}")
        for other, how in service.get("depends_on", {}).items():
            self.dependency(name, other, how["condition"])

    def dependency(self, name: str, other: str, condition: str):
        target = self.services.get(other)
        if target is None:
            self.unless(False, f"{name} depends on {other}, which is not there")
            return
        self.unless(condition in CONDITIONS, f"{name} waits for {other} until {condition}")
        if condition == "service_healthy":
            self.unless("healthcheck" in target, f"{name} waits for {other}'s health, which nothing checks")
        if condition == "service_completed_successfully":
            self.unless(
                target.get("restart") == "no", f"{name} waits for the end of {other}, which starts again"
            )
        missing = set(target.get("profiles", [])) - set(self.services[name].get("profiles", []))
        self.unless(not missing, f"{name} depends on {other}, which is there with profile {missing} only")

    def service(self, service: str):
        """A service has its container and its migration job, and both have what they read."""
        container = self.services.get(service)
        if container is None:
            self.unless(False, f"services/{service} has no container")
            return
        arguments = container.get("build", {}).get("args")
        self.unless(
            arguments == {"SERVICE": service}, f"{service} is built with {arguments}, not SERVICE: {service}"
        )
        self.unless("healthcheck" in container, f"{service} has no health check")
        gateway = service == "gateway"
        self.unless(container.get("command") == ([] if gateway else ["serve"]), f"{service} does not serve")
        self.environment(service, service, "Cli" if gateway else "Serve")
        if sources.takes_lists(self.root, service):
            volumes = [str(volume).split(":")[:2][-1] for volume in container.get("volumes", [])]
            files = [str(mount).split(":")[0] for mount in container.get("tmpfs", [])]
            fine = "/tmp" in volumes + files
            self.unless(fine, f"{service} takes lists and has no /tmp for their files")
        for called in sources.calls(self.root, service):
            variable = f"CAREWAY_{called.upper()}_URL"
            given = variable in container["environment"]
            self.unless(given, f"{service} calls {called} and is not told where it is: {variable}")
        if not sources.has_database(self.root, service):
            return
        job = self.services.get(f"{service}-migrate")
        if job is None:
            self.unless(False, f"{service} has migrations and no job {service}-migrate")
            return
        self.unless(
            job["image"] == container["image"], f"{service}-migrate runs another image than {service}"
        )
        self.unless(job.get("command") == ["migrate"], f"{service}-migrate does not migrate")
        waits = container.get("depends_on", {}).get(f"{service}-migrate", {}).get("condition")
        self.unless(waits == "service_completed_successfully", f"{service} does not wait for its migrations")
        self.environment(f"{service}-migrate", service, "Migrate")
        for url in (f"{service}_database_url", f"{service}_migration_database_url"):
            self.unless(
                url in self.services["postgres"]["secrets"], f"postgres does not get {url}, to make its role"
            )

    def environment(self, name: str, service: str, command: str):
        """Every variable is read, every required one is given, and every secret comes from its file."""
        known = sources.settings(self.root, service, command)
        given = self.services[name].get("environment", {})
        secrets = set(self.services[name].get("secrets", []))
        read = set()
        for variable, value in given.items():
            setting = variable.removesuffix("_FILE")
            self.unless(
                setting in known, f"{name}: {variable} is no setting of {service}'s {command.lower()}"
            )
            self.unless(variable == setting or setting not in given, f"{name}: {setting} is given twice")
            literal = variable == setting and setting in sources.secrets(self.root)
            self.unless(not literal, f"{name}: {setting} is a secret and stands in the file: {setting}_FILE")
            if variable.endswith("_FILE"):
                secret = str(value).removeprefix(SECRETS)
                self.unless(secret in secrets, f"{name}: {variable} names {value}, which is not mounted")
                read.add(secret)
            elif variable.endswith("_URL"):
                self.address(name, variable, value)
        for secret in secrets - read:
            self.unless(False, f"{name}: secret {secret} is mounted and not read")
        for variable, required in known.items():
            if required and variable not in given and f"{variable}_FILE" not in given:
                self.unless(False, f"{name}: {variable} is required and not given")

    def address(self, name: str, variable: str, value: str):
        called = variable.removeprefix("CAREWAY_").removesuffix("_URL").lower()
        if called not in sources.services(self.root):
            return
        url, port = urlsplit(str(value)), sources.listens_on(self.root, called)
        fine = (url.scheme, url.hostname, url.port) == ("http", called, port)
        self.unless(fine, f"{name}: {variable} is {value}, and {called} answers on http://{called}:{port}")
