"""What `kubectl kustomize` makes of a folder, as far as our overlays use it; the rest is refused."""

import copy
from pathlib import Path

from .problems import load, load_all

KNOWN = {"apiVersion", "kind", "namespace", "resources", "patches", "images", "configMapGenerator"}
# By what an item of a list is known, by the name of the list; a list that is not here is replaced whole.
KEYS = {
    "containers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "topologySpreadConstraints": ("topologyKey",),
}


def build(folder: Path) -> list[dict]:
    """The resources of a folder, without the hashes in the names of what is generated."""
    file = folder / "kustomization.yaml"
    wanted = load(file)
    if unknown := set(wanted) - KNOWN:
        raise ValueError(f"{file}: {sorted(unknown)} is not understood here")
    built = []
    for name in wanted["resources"]:
        built += build(folder / name) if (folder / name).is_dir() else load_all(folder / name)
    built += [config_map(generator) for generator in wanted.get("configMapGenerator", [])]
    for patch in wanted.get("patches", []):
        change = load(folder / patch["path"])
        chosen = patch.get("target", {"kind": change["kind"], "name": change["metadata"]["name"]})
        patched = [at for at, resource in enumerate(built) if matches(resource, chosen)]
        if not patched:
            raise ValueError(f"{folder / patch['path']} changes nothing")
        content = {name: value for name, value in change.items() if name != "metadata"}
        for at in patched:
            built[at] = merged(built[at], content)
    for resource in built:
        if "namespace" in wanted and resource["kind"] != "Namespace":
            resource["metadata"]["namespace"] = wanted["namespace"]
        for container in pod(resource).get("containers", []):
            container["image"] = image(container["image"], wanted.get("images", []))
    return built


def pod(resource: dict) -> dict:
    """What a workload says of its pods; nothing where the resource is no workload."""
    return resource.get("spec", {}).get("template", {}).get("spec", {})


def matches(resource: dict, chosen: dict) -> bool:
    named = {"kind": resource["kind"], "name": resource["metadata"]["name"]}
    return all(named[key] == value for key, value in chosen.items())


def config_map(generator: dict) -> dict:
    data = dict(literal.split("=", 1) for literal in generator["literals"])
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data}


def image(named: str, images: list[dict]) -> str:
    for change in images:
        if named.split(":")[0] == change["name"]:
            return f"{change.get('newName', change['name'])}:{change['newTag']}"
    return named


def merged(into, change, name: str = ""):
    """A strategic merge: what the patch has comes first."""
    if isinstance(into, dict) and isinstance(change, dict):
        both = copy.deepcopy(into)
        for key, value in change.items():
            both[key] = merged(into[key], value, key) if key in into else copy.deepcopy(value)
        return both
    if isinstance(into, list) and isinstance(change, list) and name in KEYS:
        known = {identity(item, name): item for item in into}
        first = [merged(known.get(identity(item, name), {}), item) for item in change]
        there = {identity(item, name) for item in change}
        return first + [copy.deepcopy(item) for key, item in known.items() if key not in there]
    return copy.deepcopy(change)


def identity(item: dict, name: str):
    return next((item[key] for key in KEYS[name] if key in item), None)
