"""The collector, Prometheus, Tempo and Grafana: each names only what is there; every process is watched."""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from . import sources
from .problems import Problems, load

FOLDER = "deploy/observability"
METRIC = re.compile(r"\bcareway_\w+")
# What Prometheus makes of one histogram.
HISTOGRAM = re.compile(r"_(bucket|count|sum)$")


def run(root: Path, problems: Problems):
    folder = root / FOLDER
    containers = load(root / "docker-compose.yml")["services"]
    for check in (collector, prometheus, grafana, switch):
        with problems.caught(f"{FOLDER} ({check.__name__})"):
            check(root, folder, containers, problems)
    metrics(root, folder, problems)


def collector(root: Path, folder: Path, containers: dict, problems: Problems):
    file = folder / "collector.yaml"
    config = load(file)
    for name, pipeline in config["service"]["pipelines"].items():
        for kind, parts in pipeline.items():
            for part in parts:
                problems.unless(
                    part in config.get(kind, {}), file, f"pipeline {name} uses {part}, no {kind} of this file"
                )
    used = {
        (kind, part)
        for pipeline in config["service"]["pipelines"].values()
        for kind in pipeline
        for part in pipeline[kind]
    }
    for kind in ("receivers", "processors", "exporters"):
        for part in config[kind]:
            problems.unless((kind, part) in used, file, f"{part} of {kind} is in no pipeline")
    receivers = load(folder / "tempo.yaml")["distributor"]["receivers"]
    port = receivers["otlp"]["protocols"]["grpc"]["endpoint"].rsplit(":", 1)[1]
    for name, exporter in config["exporters"].items():
        fine = exporter["endpoint"] == f"tempo:{port}" and "tempo" in containers
        problems.unless(
            fine, file, f"{name} leads to {exporter['endpoint']}; tempo takes traces on tempo:{port}"
        )


def prometheus(root: Path, folder: Path, containers: dict, problems: Problems):
    file = folder / "prometheus.yaml"
    config = load(file)
    ops = str(sources.ops_port(root))
    scraped = set()
    for job in config["scrape_configs"]:
        for group in job["static_configs"]:
            for target in group["targets"]:
                host, port = target.split(":")
                scraped.add(host)
                problems.unless(host in containers, file, f"{target} is no container")
                problems.unless(port == ops, file, f"{target} does not answer /metrics; it is on {ops}")
                problems.unless(
                    group["labels"] == {"service": host}, file, f"{target} is called {group['labels']}"
                )
    for service in set(sources.services(root)) - scraped:
        problems.add(file, f"{service} is not scraped")
    mounted = {volume.split(":")[0] for volume in containers["prometheus"]["volumes"]}
    for rules in config["rule_files"]:
        problems.unless((folder / rules).is_file(), file, f"{rules} is not there")
        problems.unless(
            f"./{FOLDER}/{rules}" in mounted, "docker-compose.yml", f"prometheus does not get {rules}"
        )
        for group in load(folder / rules)["groups"]:
            for rule in group["rules"]:
                fine = (
                    {"alert", "expr", "labels", "annotations"}
                    <= set(rule)
                    <= {"alert", "expr", "for", "labels", "annotations"}
                )
                problems.unless(fine, folder / rules, f"{rule.get('alert')} is not an alert in full")
    if shutil.which("promtool"):
        problems.ask("promtool", "check", "config", file)


def grafana(root: Path, folder: Path, containers: dict, problems: Problems):
    sources_ = load(folder / "grafana/datasources.yaml")["datasources"]
    for source in sources_:
        url = urlsplit(source["url"])
        problems.unless(
            url.hostname in containers,
            folder / "grafana/datasources.yaml",
            f"{source['url']} is no container",
        )
    place = load(folder / "grafana/dashboards.yaml")["providers"][0]["options"]["path"]
    mounts = dict(volume.split(":")[:2] for volume in containers["grafana"]["volumes"])
    for file in (folder / "grafana").glob("*.json"):
        target = mounts.get(f"./{file.relative_to(root)}", "")
        problems.unless(
            target == f"{place}/{file.name}",
            "docker-compose.yml",
            f"grafana does not get {file.name} in {place}",
        )
        dashboard = json.loads(file.read_text())
        panels = dashboard["panels"]
        problems.unless(len({panel["id"] for panel in panels}) == len(panels), file, "two panels have one id")
        known = {source["uid"] for source in sources_}
        for panel in panels:
            asked = {target["datasource"]["uid"] for target in panel.get("targets", [])}
            problems.unless(asked <= known, file, f"{panel['title']} asks {asked - known}, no data source")


def switch(root: Path, folder: Path, containers: dict, problems: Problems):
    """compose.env switches on profiles that are there and variables that containers take from outside."""
    file = folder / "compose.env"
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    for profile in given.pop("COMPOSE_PROFILES", "").split(","):
        used = any(profile in container.get("profiles", []) for container in containers.values())
        problems.unless(used, file, f"no container has profile {profile}")
    for variable, value in given.items():
        taken = any(variable in (container.get("environment") or {}) for container in containers.values())
        problems.unless(taken, file, f"no container takes {variable}")
        problems.unless(
            urlsplit(value).hostname in containers, file, f"{variable} leads to {value}, no container"
        )


def metrics(root: Path, folder: Path, problems: Problems):
    """Dashboards and alerts ask for metrics that some process records."""
    known = sources.metrics(root)
    for file in [folder / "alerts.yaml", *(folder / "grafana").glob("*.json")]:
        for name in sorted(set(METRIC.findall(file.read_text()))):
            kind = known.get(name) or known.get(HISTOGRAM.sub("", name))
            problems.unless(kind, file, f"{name} is recorded nowhere")
            if kind == "histogram":
                problems.unless(
                    HISTOGRAM.search(name), file, f"{name} is a histogram: it has _bucket, _count and _sum"
                )
