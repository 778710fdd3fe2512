"""What the Rust sources say of themselves: services, settings, metrics, calls to other services."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DEFINITION = re.compile(r"\bstruct\s+(\w+)[^;{(]*\{")
# Settings that read another struct's arguments.
WRAPPED = re.compile(r"\bstruct (\w+Args)\(pub (\w+)\);")
ATTRIBUTE = re.compile(r"#\[(arg|command)\(")
FIELD = re.compile(r"(?:\s*#\[[^\]]*\])*\s*(?:pub(?:\(\w+\))?\s+)?\w+\s*:\s*([^,\n]+)")
# By default on this very machine, or an example's: it is for no installation.
NOBODYS = re.compile(r'default_value = "[^"]*(://|@careway\.example)')
METRIC = re.compile(r"\b(histogram|counter|gauge)!\s*\(\s*\"(\w+)\"")


@dataclass
class Struct:
    """A struct of clap arguments: its variables, whether they must be given, and the structs inside it."""

    variables: dict[str, bool] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    inside: list[str] = field(default_factory=list)


def services(root: Path) -> list[str]:
    """Every process that is a container of its own."""
    found = [manifest.parent.name for manifest in root.glob("services/*/Cargo.toml")]
    return sorted(set(found) - {"standalone"})


def has_database(root: Path, service: str) -> bool:
    return (root / "services" / service / "migrations").is_dir()


def takes_lists(root: Path, service: str) -> bool:
    """Whether lists are uploaded to it, which come to a temporary file."""
    called = re.sub(r"\s+", "", text(root / "services" / service / "src"))
    return "imports.take(" in called or "imports.receive(" in called


@cache
def text(folder: Path) -> str:
    return "\n".join(file.read_text() for file in sorted(folder.rglob("*.rs")))


def shared(root: Path) -> list[Path]:
    return [
        root / "crates" / name / "src" for name in ("service", "documents", "events", "transcoding", "kernel")
    ]


@cache
def structs(folder: Path) -> dict[str, Struct]:
    """The structs of clap arguments in a crate, by name."""
    found: dict[str, Struct] = {}
    source = text(folder)
    for match in WRAPPED.finditer(source):
        found[match.group(1)] = Struct(inside=[match.group(2)])
    definitions = [(match.start(), match.group(1)) for match in DEFINITION.finditer(source)]
    for match in ATTRIBUTE.finditer(source):
        owner = next((name for at, name in reversed(definitions) if at < match.start()), None)
        end = closing(source, match.end())
        attribute = source[match.end() : end]
        declared = FIELD.match(source, end + 2)
        if owner is None or declared is None:
            continue
        struct = found.setdefault(owner, Struct())
        kind = declared.group(1).strip()
        if match.group(1) == "command" and "flatten" in attribute:
            struct.inside.append(re.sub(r"[^\w]", "", kind.split("::")[-1]))
        if named := re.search(r'\benv = "(\w+)"', attribute):
            optional = re.match(r"(?:Option|Vec)<|bool\b", kind)
            defaulted = "default_value" in attribute and not NOBODYS.search(attribute)
            struct.variables[named.group(1)] = not defaulted and not optional
            if "hide_env_values = true" in attribute:
                struct.secrets.add(named.group(1))
            if default := re.search(r'default_value = "([^"]*)"', attribute):
                struct.defaults[named.group(1)] = default.group(1)
    return found


def closing(source: str, at: int) -> int:
    """Where the parenthesis that was opened before `at` is closed; those in string literals do not count."""
    depth = 1
    for token in re.finditer(r'"(?:\\.|[^"\\])*"|[()]', source[at:]):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if depth == 0:
            return at + token.start()
    raise ValueError(f"an attribute is not closed: {source[at : at + 60]!r}")


def settings(root: Path, service: str, command: str) -> dict[str, bool]:
    """The variables a command of a service reads, and whether each must be given."""
    own, common = structs(root / "services" / service / "src"), {}
    for folder in shared(root):
        common |= structs(folder)
    found: dict[str, bool] = {}

    def gather(name: str):
        # `C` is the generic parameter that stands for a service's own settings.
        struct = own.get("Config" if name == "C" else name) or common.get(name)
        if struct is None:
            raise ValueError(f"no struct {name} of settings for {service} {command}")
        found.update(struct.variables)
        for inner in struct.inside:
            gather(inner)

    gather(command)
    return found


@cache
def secrets(root: Path) -> set[str]:
    """Every setting that is a secret, of whatever service."""
    folders = [*shared(root), *(root / "services" / name / "src" for name in services(root))]
    return {name for folder in folders for struct in structs(folder).values() for name in struct.secrets}


def listens_on(root: Path, service: str) -> int:
    """The port where a service answers by default."""
    if service == "gateway":
        listen = default(root, "services/gateway/src", "Config", "CAREWAY_GATEWAY_LISTEN")
    else:
        listen = default(root, "crates/service/src", "Serve", "CAREWAY_LISTEN")
    return int(listen.rsplit(":", 1)[1])


def ops_port(root: Path) -> int:
    """The port where every process answers operators by default."""
    return int(default(root, "crates/service/src", "Serve", "CAREWAY_OPS_LISTEN").rsplit(":", 1)[1])


def seconds_to_end(root: Path) -> int:
    """How long a process may take to end once it serves no more: requests drain, then background work ends."""
    source = "".join((root / "crates/service/src" / name).read_text() for name in ("grpc.rs", "run.rs"))
    drain = re.findall(r"const DRAIN: Duration = Duration::from_secs\((\d+)\)", source)
    rest = re.findall(r"timeout\(Duration::from_secs\((\d+)\), foundation\.", source)
    if len(drain) != 1 or not rest:
        raise ValueError("grpc.rs and run.rs do not say how long a process takes to end")
    return sum(map(int, drain + rest))


def default(root: Path, folder: str, struct: str, variable: str) -> str:
    return structs(root / folder)[struct].defaults[variable]


def calls(root: Path, service: str) -> set[str]:
    """The services that this one calls."""
    if service == "gateway":
        return set(services(root)) - {service}
    folders = [root / "services" / service / "src", root / "crates/service/src"]
    return {name for folder in folders for name in re.findall(r'upstream\("(\w+)"\)', text(folder))} - {
        service
    }


def metrics(root: Path) -> dict[str, str]:
    """Every metric and its kind."""
    folders = [*shared(root), *(root / "services" / name / "src" for name in services(root))]
    return {name: kind for folder in folders for kind, name in METRIC.findall(text(folder))}
