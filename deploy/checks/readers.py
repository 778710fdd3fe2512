"""Every YAML file means the same to each who reads it: docker and kubectl, podman-compose (PyYAML), YAML 1.2 (ruamel)."""

from pathlib import Path

from ruamel.yaml import YAML, YAMLError

from .problems import Problems, load_all


def run(root: Path, problems: Problems):
    for file in [root / "docker-compose.yml", *sorted((root / "deploy").rglob("*.yaml"))]:
        with problems.caught(str(file.relative_to(root))):
            compare(file, problems)


def compare(file: Path, problems: Problems):
    try:
        theirs = list(YAML(typ="safe", pure=True).load_all(file))
    except YAMLError as error:
        problems.add(file, f"is no YAML 1.2: {error}")
        return
    for path, one, other in differences(load_all(file), theirs):
        problems.add(file, f"{path} is {one!r} to PyYAML and {other!r} to ruamel")


def differences(one, other, path: str = ""):
    """Where two readings differ, with both."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            yield from differences(one.get(key), other.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (mine, yours) in enumerate(zip(one, other)):
            yield from differences(mine, yours, f"{path}[{at}]")
    elif one != other or type(one) is not type(other):
        yield path, one, other
