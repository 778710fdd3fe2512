"""Who may talk to whom in the cluster: nobody but who must."""

from collections.abc import Callable
from pathlib import Path

from . import sources

STORES = {5432, 6379, 4222}
# Whom an egress rule names beside zones, and the ports of one that names none.
PODS, WORLD, ANY = "their own namespace", "the world", "any"
# Who has something to send outside: documents to a bucket, messages to carriers, webhooks.
OUTWARD = {"visits", "renewals", "cases", "channels"}
PRIVATE = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"}


def check(root: Path, built: list[dict], pods: dict[str, dict], unless: Callable[[object, str], None]):
    """Nothing may talk but who must: each service is heard by who calls it."""
    policies = [it["spec"] for it in built if it["kind"] == "NetworkPolicy"]
    closed = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    unless(closed in policies, "no NetworkPolicy closes everything first")
    services = set(sources.services(root))
    for service in services & set(pods):
        port = sources.listens_on(root, service)
        callers = {other for other in services if service in sources.calls(root, other)}
        those, strangers = heard(policies, pods, pods[service], port)
        unless(those == callers, f"{service} is called by {sorted(callers)} and hears {sorted(those)}")
        expected = ["ingress"] if service == "gateway" else []
        unless(strangers == expected, f"{service} hears the zones {strangers} on {port}")
        _, zones = heard(policies, pods, pods[service], sources.ops_port(root))
        unless(zones == ["monitoring"], f"{service} shows its metrics to {zones}")
    for name, labels in pods.items():
        reached, allowed = reaches(policies, labels), may_reach(root, name, services)
        for there in sorted(reached | allowed):
            those, expected = (sorted(map(str, it.get(there, ()))) for it in (reached, allowed))
            unless(those == expected, f"{name} reaches {those} of {there}, not {expected}")
    for policy in policies:
        blocks = [
            to["ipBlock"] for rule in policy.get("egress", []) for to in rule.get("to", []) if "ipBlock" in to
        ]
        excepted = {private for block in blocks for private in block.get("except", [])}
        unless(not blocks or PRIVATE <= excepted, "who reaches the world reaches private addresses, too")


def heard(policies: list, pods: dict, labels: dict, port: int) -> tuple[set[str], list[str]]:
    """Which pods, and which zones of others, may send to this port."""
    ours, zones = set(), []
    for policy in policies:
        if not selected(policy["podSelector"], labels):
            continue
        for rule in policy.get("ingress", []):
            if port not in [it["port"] for it in rule.get("ports") or [{"port": port}]]:
                continue
            for source in rule.get("from") or [{}]:
                if "podSelector" in source and "namespaceSelector" not in source:
                    ours |= {name for name, others in pods.items() if selected(source["podSelector"], others)}
                else:
                    zones.append(zone(source))
    return ours, zones


def selected(selector: dict, labels: dict) -> bool:
    expressions = selector.get("matchExpressions", [])
    for other in {it["operator"] for it in expressions} - {"In"}:
        raise ValueError(f"the operator {other} is not understood here")
    exact = selector.get("matchLabels", {}).items() <= labels.items()
    return exact and all(labels.get(it["key"]) in it["values"] for it in expressions)


def zone(peer: dict) -> str:
    labels = peer.get("namespaceSelector", {}).get("matchLabels", {})
    # Kubernetes' own namespace has its own name alone.
    named = labels.get("careway.example/zone") or labels.get("kubernetes.io/metadata.name")
    return named or f"all that {peer} lets in"


def place(peer: dict) -> str:
    """Whom an egress rule names."""
    if "ipBlock" in peer:
        return WORLD
    return PODS if "podSelector" in peer and "namespaceSelector" not in peer else zone(peer)


def numbers(named: dict) -> str:
    """A port, or from which to which."""
    return "-".join(str(named[key]) for key in ("port", "endPort") if key in named) or ANY


def may_reach(root: Path, name: str, services: set[str]) -> dict[str, set]:
    """Where a pod must send to, and on which ports."""
    if name not in services:
        return {"stores": {5432}, "kube-system": {53}}
    called = {sources.listens_on(root, it) for it in sources.calls(root, name)}
    must = {"stores": STORES, "monitoring": {4317}, "kube-system": {53}, PODS: called}
    return must | ({WORLD: {ANY}} if name in OUTWARD else {})


def reaches(policies: list, labels: dict) -> dict[str, set]:
    """Where policies let a pod send to, and on which ports."""
    reached = {}
    for policy in policies:
        for rule in policy.get("egress", []) if selected(policy["podSelector"], labels) else []:
            for peer in rule.get("to") or [{}]:
                reached.setdefault(place(peer), set()).update(map(numbers, rule.get("ports") or [{}]))
    return reached
