"""deploy/kubernetes: what the overlays make is valid, hardened, and true to what the binaries read and answer."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import kubernetes_validate
import yaml

from . import kustomize, policies, sources
from .problems import LOADER, Problems
from .readers import differences
from .secrets import make

FOLDER = "deploy/kubernetes"
OVERLAYS = ("small", "production")
SCRIPT = f"{FOLDER}/secrets.sh"
SECRETS = "/run/secrets/"
# What the installation brings beside what make-secrets.sh makes.
BROUGHT = (
    "renewals_smtp_url.txt",
    "documents_s3_access_key_id.txt",
    "documents_s3_secret_access_key.txt",
    "routes/routes.toml",
)
# The oldest that is checked; the newest is the newest that the validator knows.
OLDEST = "1.31"
NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"
REFERENCE = re.compile(r"\$\((\w+)\)")


def run(root: Path, problems: Problems):
    made = secrets(root, problems)
    for overlay in OVERLAYS:
        where = f"{FOLDER}/{overlay}"
        with problems.caught(where):
            built = kustomize.build(root / where)
            by_kubectl(root / where, built, where, problems)
            Cluster(root, problems, where, built, made).check()


def secrets(root: Path, problems: Problems) -> dict[str, set[str]]:
    """The Secrets that secrets.sh prints, and the files in each."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make(root, folder)
        asked = [str(root / SCRIPT), str(folder)]
        lacking = subprocess.run(asked, capture_output=True, text=True)
        told = lacking.returncode != 0 and all(name in lacking.stderr for name in BROUGHT)
        problems.unless(told and not lacking.stdout, SCRIPT, "does not say what it lacks before it prints")
        (folder / "routes").mkdir()
        for name in BROUGHT:
            (folder / name).write_text("brought\n")
        printed = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return {secret["metadata"]["name"]: set(secret["data"]) for secret in yaml.load_all(printed, LOADER)}


def by_kubectl(folder: Path, built: list[dict], where: str, problems: Problems):
    """Kustomize itself makes the same of it."""
    if shutil.which("kubectl") is None:
        return
    asked = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True)
    if asked.returncode != 0:
        problems.add(where, f"refused by kubectl: {asked.stderr.strip()}")
        return
    # The generated name ends in a hash of its content.
    theirs = list(
        yaml.load_all(re.sub(r"\bcareway-[a-z0-9]{10}$", "careway", asked.stdout, flags=re.M), LOADER)
    )
    for path, mine, other in differences(named(built), named(theirs)):
        problems.add(where, f"{path} is {mine!r} to this check and {other!r} to kubectl")


def named(resources: list[dict]) -> dict[str, dict]:
    return {f"{resource['kind']} {resource['metadata']['name']}": resource for resource in resources}


class Cluster:
    """What an overlay makes, and what is asked of each of its resources."""

    def __init__(
        self, root: Path, problems: Problems, where: str, built: list[dict], made: dict[str, set[str]]
    ):
        self.root, self.problems, self.where = root, problems, where
        self.built, self.made = built, made

    def unless(self, fine: object, what: str):
        self.problems.unless(fine, self.where, what)

    def all(self, kind: str) -> dict[str, dict]:
        return {it["metadata"]["name"]: it for it in self.built if it["kind"] == kind}

    def check(self):
        self.schema()
        self.unless(not self.all("Secret"), "a Secret stands in the files")
        deployments, jobs = self.all("Deployment"), self.all("Job")
        for name, workload in [*deployments.items(), *jobs.items()]:
            self.hardened(name, workload)
            self.references(name, workload)
        for service in sources.services(self.root):
            if service not in deployments:
                self.unless(False, f"services/{service} has no Deployment")
                continue
            self.service(service, deployments[service])
            if sources.has_database(self.root, service):
                self.migration(service, jobs.get(f"{service}-migrate"), deployments[service])
        self.config()
        pods = {
            name: workload["spec"]["template"]["metadata"]["labels"]
            for name, workload in [*deployments.items(), *jobs.items()]
        }
        policies.check(self.root, self.built, pods, self.unless)
        self.ingress()

    def schema(self):
        for version in (OLDEST, kubernetes_validate.latest_version()):
            for resource in self.built:
                try:
                    kubernetes_validate.validate(resource, version, strict=True)
                except kubernetes_validate.ValidationError as error:
                    at = ".".join(map(str, error.path))
                    title = f"{resource['kind']} {resource['metadata']['name']}"
                    self.unless(False, f"{title} is not by the schema of {version}: {at}: {error.message}")

    def hardened(self, name: str, workload: dict):
        """What every pod has to be."""
        pod = kustomize.pod(workload)
        security = pod.get("securityContext", {})
        self.unless(pod.get("automountServiceAccountToken") is False, f"{name} gets a token of the cluster")
        self.unless(pod.get("enableServiceLinks") is False, f"{name} gets variables of other services")
        self.unless(security.get("runAsNonRoot") is True, f"{name} may run as root")
        self.unless(
            security.get("seccompProfile") == {"type": "RuntimeDefault"}, f"{name} has no seccomp profile"
        )
        for open_ in ("hostNetwork", "hostPID", "hostIPC"):
            self.unless(not pod.get(open_), f"{name} has {open_}")
        self.unless([it["name"] for it in pod["containers"]] == ["careway"], f"{name} is not one container")
        container = pod["containers"][0]
        held = container.get("securityContext", {})
        self.unless(held.get("readOnlyRootFilesystem") is True, f"{name} may write to its root file system")
        self.unless(held.get("allowPrivilegeEscalation") is False, f"{name} may gain privileges")
        self.unless(held.get("capabilities") == {"drop": ["ALL"]}, f"{name} keeps capabilities")
        self.unless(not held.get("privileged"), f"{name} is privileged")
        for bound in ("requests", "limits"):
            has = {"cpu", "memory"} <= set(container.get("resources", {}).get(bound, {}))
            self.unless(has, f"{name} has no {bound} of cpu and memory")
        pinned = re.search(r":\d[\w.-]*$", container["image"])
        self.unless(pinned, f"{name}: {container['image']} is not pinned to a version")
        volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
        mounts = {mount["name"]: mount for mount in container.get("volumeMounts", [])}
        self.unless(set(volumes) == set(mounts), f"{name} mounts {set(mounts)} of {set(volumes)}")
        for volume in volumes.values():
            self.unless("hostPath" not in volume, f"{name} mounts a path of its node")
            if "emptyDir" in volume:
                self.unless("sizeLimit" in volume["emptyDir"], f"{name}: {volume['name']} has no bound")

    def references(self, name: str, workload: dict):
        """What is named is there: keys of the ConfigMap, variables given before, Secrets and what is in them."""
        config = self.all("ConfigMap").get("careway", {"data": {}})["data"]
        before: set[str] = set()
        for variable in kustomize.pod(workload)["containers"][0].get("env", []):
            source = variable.get("valueFrom", {})
            self.unless(
                "secretKeyRef" not in source,
                f"{name}: {variable['name']} shows a secret to all that read its environment",
            )
            if key := source.get("configMapKeyRef"):
                there = key["name"] == "careway" and key["key"] in config
                self.unless(
                    there or key.get("optional"),
                    f"{name}: {variable['name']} is read from {key['key']}, which is not in the ConfigMap",
                )
            for other in REFERENCE.findall(variable.get("value", "")):
                self.unless(
                    other in before, f"{name}: {variable['name']} names {other}, which is not given before it"
                )
            before.add(variable["name"])
        for secret in self.mounted(workload):
            self.unless(secret in self.made, f"{name}: {SCRIPT} does not make {secret}")

    @staticmethod
    def mounted(workload: dict) -> list[str]:
        found = []
        for volume in kustomize.pod(workload).get("volumes", []):
            found += [part["secret"]["name"] for part in volume.get("projected", {}).get("sources", [])]
            if "secret" in volume:
                found.append(volume["secret"]["secretName"])
        return found

    def config(self):
        """Every value of the ConfigMap is read, and every Secret mounted somewhere."""
        workloads = [*self.all("Deployment").values(), *self.all("Job").values()]
        environments = [kustomize.pod(workload)["containers"][0].get("env", []) for workload in workloads]
        sources_ = [variable.get("valueFrom", {}) for environment in environments for variable in environment]
        read = {source["configMapKeyRef"]["key"] for source in sources_ if "configMapKeyRef" in source}
        for key in set(self.all("ConfigMap")["careway"]["data"]) - read:
            self.unless(False, f"nobody reads {key} of the ConfigMap")
        mounted = {secret for workload in workloads for secret in self.mounted(workload)}
        for secret in set(self.made) - mounted:
            self.unless(False, f"{SCRIPT} makes {secret}, which nothing mounts")

    def environment(self, name: str, service: str, command: str, workload: dict):
        """Every variable is a setting, every required one is given, and every secret comes from its file."""
        known = sources.settings(self.root, service, command)
        environment = kustomize.pod(workload)["containers"][0]["env"]
        given = {variable["name"]: variable.get("value") for variable in environment}
        named_ = {other for value in given.values() for other in REFERENCE.findall(value or "")}
        projected = {secret for secret in self.mounted(workload) if secret != "careway-routes"}
        files = {file for secret in projected for file in self.made.get(secret, ())}
        read = set()
        for variable, value in given.items():
            setting = variable.removesuffix("_FILE")
            if setting not in known:
                self.unless(
                    variable in named_, f"{name}: {variable} is no setting of {service}'s {command.lower()}"
                )
                continue
            self.unless(variable == setting or setting not in given, f"{name}: {setting} is given twice")
            if variable.endswith("_FILE"):
                file = str(value).removeprefix(SECRETS)
                self.unless(file in files, f"{name}: {variable} names {value}, which is not mounted")
                read.add(file)
            else:
                literal = setting in sources.secrets(self.root)
                self.unless(
                    not literal, f"{name}: {setting} is a secret and stands in the file: {setting}_FILE"
                )
            called = variable.removeprefix("CAREWAY_").removesuffix("_URL").lower()
            if called in sources.services(self.root):
                there = f"http://{called}:{sources.listens_on(self.root, called)}"
                self.unless(value == there, f"{name}: {variable} is {value}, and {called} answers on {there}")
        for file in files - read:
            self.unless(False, f"{name}: secret {file} is mounted and not read")
        for variable, required in known.items():
            if required and variable not in given and f"{variable}_FILE" not in given:
                self.unless(False, f"{name}: {variable} is required and not given")
        for called in sources.calls(self.root, service) if command != "Migrate" else ():
            variable = f"CAREWAY_{called.upper()}_URL"
            self.unless(variable in given, f"{name} calls {called} and is not told where it is: {variable}")

    def service(self, service: str, deployment: dict):
        """A service's Deployment serves, is asked how it is, and is replaced without a gap; who calls it finds it."""
        gateway = service == "gateway"
        pod = kustomize.pod(deployment)
        container = pod["containers"][0]
        self.unless(container.get("args", []) == ([] if gateway else ["serve"]), f"{service} does not serve")
        self.unless(
            container["image"].split(":")[0].endswith(f"careway/{service}"),
            f"{service} runs {container['image']}",
        )
        self.environment(service, service, "Cli" if gateway else "Serve", deployment)
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        name, port = ("http" if gateway else "grpc"), sources.listens_on(self.root, service)
        self.unless(ports.get(name) == port, f"{service} answers on {port}, not on {ports.get(name)}")
        self.unless(
            ports.get("ops") == sources.ops_port(self.root), f"{service}: its ops port is {ports.get('ops')}"
        )
        for probe, path in (("startup", "/livez"), ("liveness", "/livez"), ("readiness", "/readyz")):
            asked = container.get(f"{probe}Probe", {}).get("httpGet")
            fine = asked == {"path": path, "port": "ops"}
            self.unless(fine, f"{service}: its {probe} probe asks {asked}, not {path} of ops")
        strategy = deployment["spec"].get("strategy", {}).get("rollingUpdate", {})
        self.unless(strategy.get("maxUnavailable") == 0, f"{service} may be away while it is replaced")
        given = {variable["name"]: variable.get("value") for variable in container["env"]}
        needed = int(given.get("CAREWAY_STOP_GRACE_SECONDS") or 0) + sources.seconds_to_end(self.root)
        grace = pod.get("terminationGracePeriodSeconds", 30)
        self.unless(grace >= needed, f"{service} is killed after {grace} seconds and needs {needed} to end")
        if sources.takes_lists(self.root, service):
            paths = {mount["mountPath"] for mount in container["volumeMounts"]}
            self.unless("/tmp" in paths, f"{service} takes lists and has no /tmp for their files")
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        for kind, selector in (("Service", "selector"), ("PodDisruptionBudget", "selector.matchLabels")):
            self.selects(kind, selector, service, labels)
        entry = self.all("Service").get(service, {"spec": {"ports": []}})["spec"]["ports"]
        fine = [(it["port"], it["targetPort"]) for it in entry] == [(port, name)]
        self.unless(fine, f"Service {service} does not lead to {name} on {port}")
        scaled = self.all("HorizontalPodAutoscaler").get(service)
        if scaled:
            target = scaled["spec"]["scaleTargetRef"]
            fine = (target["kind"], target["name"]) == ("Deployment", service)
            self.unless(fine, f"HorizontalPodAutoscaler {service} scales {target['name']}")
            self.unless(scaled["spec"]["minReplicas"] >= 2, f"{service} may be scaled to one process")
            self.unless("replicas" not in deployment["spec"], f"{service} is scaled, and says how many it is")

    def selects(self, kind: str, path: str, name: str, labels: dict):
        found = self.all(kind).get(name)
        if found is None:
            self.unless(False, f"{name} has no {kind}")
            return
        selector = found["spec"]
        for part in path.split("."):
            selector = selector[part]
        self.unless(selector.items() <= labels.items(), f"{kind} {name} selects no pod of {name}")
        if kind == "PodDisruptionBudget":
            self.unless(
                found["spec"].get("maxUnavailable") == 1,
                f"{kind} {name} keeps a node from being emptied, or empties too much",
            )

    def migration(self, service: str, job: dict | None, deployment: dict):
        name = f"{service}-migrate"
        if job is None:
            self.unless(False, f"{service} has migrations and no Job {name}")
            return
        container, served = kustomize.pod(job)["containers"][0], kustomize.pod(deployment)["containers"][0]
        self.unless(container["image"] == served["image"], f"{name} runs another image than {service}")
        self.unless(container.get("args") == ["migrate"], f"{name} does not migrate")
        self.environment(name, service, "Migrate", job)

    def ingress(self):
        """What is public is what people are told."""
        public = urlsplit(self.all("ConfigMap")["careway"]["data"]["public_url"])
        self.unless(public.scheme == "https", f"{public.geturl()} is not by TLS")
        for name, ingress in self.all("Ingress").items():
            hosts = [rule["host"] for rule in ingress["spec"]["rules"]]
            secured = [host for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]]
            self.unless(
                hosts == secured == [public.hostname],
                f"Ingress {name} is for {hosts}, TLS for {secured}, and people are told {public.hostname}",
            )
            for rule in ingress["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    service = path["backend"]["service"]
                    fine = service == {"name": "gateway", "port": {"name": "http"}}
                    self.unless(fine, f"Ingress {name} leads to {service}")
