"""The checks find what is broken: each row spoils one thing, and says what must be told of it.

    python -m unittest discover -s deploy/tests -t deploy
"""

import contextlib
import shutil
import tempfile
import unittest
from functools import cache
from pathlib import Path
from unittest import mock

from checks import compose, guides, images, kubernetes, kustomize, readers
from checks.problems import Problems

SECRETS = kubernetes.secrets
HERE = Path(__file__).resolve().parents[2]
COMPOSE = "docker-compose.yml"
BASE, PRODUCTION = "deploy/kubernetes/base", "deploy/kubernetes/production"
# The check, the file, what stands in it, what is put in its place, what must be told.
SPOILT = [
    (compose, COMPOSE, 'restart: "no"', "restart: unless-stopped", "identity-migrate, which starts again"),
    (compose, COMPOSE, "      CAREWAY_PORTAL_URL:", "      # ", "CAREWAY_PORTAL_URL is required and not given"),
    (compose, COMPOSE, "CAREWAY_GATEWAY_PUBLIC_URL:", "CAREWAY_PUBLIC_URL:", "CAREWAY_PUBLIC_URL is no setting of gateway"),
    (compose, COMPOSE, "CAREWAY_VISITS_MASTER_KEY_FILE:", "CAREWAY_VISITS_MASTER_KEY:", "CAREWAY_VISITS_MASTER_KEY is a secret"),
    (compose, COMPOSE, '"messages:/data", "/tmp"', '"messages:/data"', "renewals takes lists and has no /tmp"),
    (images, "deploy/docker/Dockerfile", "strip --strip-all", "true", "does not keep the symbols"),
    (images, "deploy/docker/Dockerfile", "FROM gcr.io/distroless/cc-debian12:nonroot", "FROM distroless", "distroless is not pinned"),
    # PyYAML keeps both keys of merged maps, and the last wins.
    (readers, COMPOSE, "<<: [*migration, *hardened]", "<<: [{tty: true}, {tty: false}]", "tty is False to PyYAML and True to ruamel"),
    (readers, f"{BASE}/visits.yaml", "defaultMode: 288", "defaultMode: 0440", "is 288 to PyYAML and 440 to ruamel"),
    (readers, "deploy/observability/prometheus.yaml", "job_name: careway", "job_name: no", "is False to PyYAML and 'no' to ruamel"),
    (kubernetes, f"{BASE}/service.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "gets a token of the cluster"),
    (kubernetes, f"{BASE}/service.yaml", "enableServiceLinks: false", "enableServiceLinks: true", "gets variables of other services"),
    (kubernetes, f"{BASE}/service.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "gateway may run as root"),
    (kubernetes, f"{BASE}/migration.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "identity-migrate may run as root"),
    (kubernetes, f"{BASE}/service.yaml", "type: RuntimeDefault", "type: Unconfined", "has no seccomp profile"),
    (kubernetes, f"{BASE}/service.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write to its root"),
    (kubernetes, f"{BASE}/migration.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "may gain privileges"),
    (kubernetes, f"{BASE}/service.yaml", "{drop: [ALL]}", "{drop: [NET_RAW]}", "keeps capabilities"),
    (kubernetes, f"{BASE}/service.yaml", 'limits: {cpu: "1", memory: 512Mi}', 'limits: {cpu: "1"}', "no limits of cpu and memory"),
    (kubernetes, f"{BASE}/visits.yaml", "emptyDir: {sizeLimit: 1Gi}", "emptyDir: {}", "tmp has no bound"),
    (kubernetes, f"{BASE}/visits.yaml", "emptyDir: {sizeLimit: 1Gi}", "hostPath: {path: /tmp}", "mounts a path of its node"),
    (kubernetes, f"{BASE}/renewals.yaml", "            - {name: tmp, mountPath: /tmp}\n", "", "renewals takes lists and has no /tmp"),
    (kubernetes, f"{BASE}/service.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "may be away while it is replaced"),
    (kubernetes, f"{BASE}/service.yaml", "GracePeriodSeconds: 60", "GracePeriodSeconds: 45", "is killed after 45 seconds and needs 50"),
    (kubernetes, f"{BASE}/service.yaml", "            httpGet: {path: /readyz, port: ops}", "            httpGet: {path: /livez, port: ops}", "readiness probe asks"),
    (kubernetes, f"{BASE}/service.yaml", "containerPort: 9090", "containerPort: 9091", "its ops port is 9091"),
    (kubernetes, f"{BASE}/service.yaml", '"http://visits:50051"', '"http://visits:8080"', "visits answers on http://visits:50051"),
    (kubernetes, f"{BASE}/migration.yaml", "backoffLimit: 3", "backOffLimit: 3", "is not by the schema of 1.31"),
    (kubernetes, f"{BASE}/migration.yaml", "args: [migrate]", "args: [serve]", "identity-migrate does not migrate"),
    (kubernetes, f"{BASE}/cases.yaml", "CAREWAY_CASES_CASE_URL", "CAREWAY_CASE_URL", "CAREWAY_CASE_URL is no setting of cases"),
    (kubernetes, f"{BASE}/cases.yaml", "CAREWAY_CASES_CASE_URL", "CAREWAY_CASE_URL", "CAREWAY_CASES_CASE_URL is required and not given"),
    (kubernetes, f"{BASE}/channels.yaml", "CAREWAY_CHANNELS_MASTER_KEY_FILE", "CAREWAY_CHANNELS_MASTER_KEY", "CAREWAY_CHANNELS_MASTER_KEY is a secret"),
    (kubernetes, f"{BASE}/channels.yaml", "/run/secrets/channels_master_key", "/run/secrets/cases_master_key", "names /run/secrets/cases_master_key, which is not mounted"),
    (kubernetes, f"{BASE}/channels.yaml", "{name: careway-channels}", "{name: careway-channel}", "does not make careway-channel"),
    (kubernetes, f"{BASE}/channels.yaml", "- secret: {name: careway-shared}", "- secret: {name: careway-identity}", "secret identity_master_key is mounted and not read"),
    (kubernetes, f"{BASE}/identity.yaml", "key: public_url", "key: portal_url", "portal_url, which is not in the ConfigMap"),
    (kubernetes, f"{BASE}/identity.yaml", "name: PUBLIC_URL", "name: URL", "names PUBLIC_URL, which is not given before it"),
    (kubernetes, f"{BASE}/identity.yaml", "port: 50051, targetPort: grpc", "port: 80, targetPort: grpc", "does not lead to grpc on 50051"),
    (kubernetes, f"{BASE}/disruption.yaml", "maxUnavailable: 1", "minAvailable: 1", "keeps a node from being emptied"),
    (kubernetes, f"{BASE}/kustomization.yaml", "  - channels.yaml\n", "", "services/channels has no Deployment"),
    (kubernetes, f"{BASE}/network.yaml", "  podSelector: {}\n  policyTypes: [Ingress, Egress]", "  podSelector: {}\n  policyTypes: [Ingress]", "closes everything first"),
    (kubernetes, f"{BASE}/network.yaml", "values: [cases, channels, gateway, renewals, visits]", "values: [cases, channels, gateway, renewals]", "identity is called by"),
    (kubernetes, f"{BASE}/network.yaml", "            matchLabels: {app.kubernetes.io/component: service}\n            matchExpressions:\n              - {key: app.kubernetes.io/name, operator: In, values: [gateway]}", "            matchLabels: {}", "is called by"),
    (kubernetes, f"{BASE}/network.yaml", "careway.example/zone: ingress}", "careway.example/zone: stores}", "gateway hears the zones ['stores']"),
    (kubernetes, f"{BASE}/network.yaml", "        - {protocol: TCP, port: 6379}\n", "", "reaches ['4222', '5432'] of stores"),
    (kubernetes, f"{BASE}/network.yaml", "10.0.0.0/8, ", "", "reaches private addresses, too"),
    (kubernetes, f"{BASE}/network.yaml", "    - to: [{namespaceSelector: {matchLabels: {careway.example/zone: monitoring}}}]\n      ports:\n        - {protocol: TCP, port: 4317}", "    - {}", "gateway reaches ['any'] of all that {} lets in"),
    (kubernetes, f"{BASE}/network.yaml", "    - to: [{namespaceSelector: {matchLabels: {careway.example/zone: monitoring}}}]\n      ports:\n        - {protocol: TCP, port: 4317}", "    - ports:\n        - {protocol: TCP, port: 4317}", "gateway reaches ['4317'] of all that {} lets in"),
    (kubernetes, f"{BASE}/network.yaml", "{namespaceSelector: {matchLabels: {careway.example/zone: stores}}}", "{namespaceSelector: {}}", "visits-migrate reaches ['5432'] of all that {'namespaceSelector': {}} lets in"),
    (kubernetes, f"{BASE}/network.yaml", "port: 4317}", "port: 4317, endPort: 65535}", "reaches ['4317-65535'] of monitoring"),
    (kubernetes, f"{BASE}/network.yaml", "values: [visits, renewals, cases, channels]", "values: [visits, renewals, cases, channels, gateway]", "gateway reaches ['any'] of the world, not []"),
    (kubernetes, f"{BASE}/network.yaml", "    matchLabels: {app.kubernetes.io/component: service}\n    matchExpressions:\n      - {key: app.kubernetes.io/name, operator: In, values: [visits, renewals, cases, channels]}", "    matchLabels: {app.kubernetes.io/part-of: careway}", "visits-migrate reaches ['any'] of the world, not []"),
    (kubernetes, f"{BASE}/network.yaml", "operator: In, values: [visits, renewals, cases, channels]", "operator: Exists", "the operator Exists is not understood here"),
    (kubernetes, f"{BASE}/network.yaml", "values: [visits, renewals, cases, channels]", "values: [visits, renewals, cases]", "channels reaches [] of the world, not ['any']"),
    (kubernetes, f"{PRODUCTION}/kustomization.yaml", "public_url=https:", "public_url=http:", "is not by TLS"),
    (kubernetes, f"{PRODUCTION}/kustomization.yaml", "public_url=https://careway", "public_url=https://other", "people are told other.example"),
    (kubernetes, f"{PRODUCTION}/kustomization.yaml", "newTag: 0.1.0", "newTag: latest", "is not pinned to a version"),
    (kubernetes, f"{PRODUCTION}/kustomization.yaml", "      - public_url", "      - unread=1\n      - public_url", "nobody reads unread"),
    (kubernetes, f"{PRODUCTION}/kustomization.yaml", "patches:", "nameSuffix: -1\npatches:", "['nameSuffix'] is not understood here"),
    (kubernetes, f"{PRODUCTION}/kustomization.yaml", "  - path: cases-mail.yaml", "  - path: cases-mail.yaml\n    target: {kind: Deployment, name: case}", "changes nothing"),
    (kubernetes, f"{PRODUCTION}/scaling.yaml", "minReplicas: 2", "minReplicas: 1", "may be scaled to one process"),
    (kubernetes, f"{PRODUCTION}/mail.yaml", "    - from: [{namespaceSelector: {matchLabels: {careway.example/zone: mail}}}]\n      ports:\n        - {protocol: TCP, port: 2424}", "    - {}", "cases hears the zones"),
    (kubernetes, "deploy/kubernetes/secrets.sh", "careway-visits visits_database_url", "careway-visits", "names /run/secrets/visits_database_url, which is not mounted"),
    (guides, "docs/install.md", "deploy/kubernetes/secrets.sh secrets", "deploy/kubernetes/secret.sh secrets", "is no program"),
    (guides, "docs/install.md", " REDIS=", " VALKEY=", "make-secrets.sh reads no VALKEY"),
    (guides, "docs/install.md", "zone=stores", "zone=store", "no policy knows the zone"),
    (guides, "docs/install.md", "deployment/gateway", "deployment/edge", "there is no deployment/edge"),
    (guides, "docs/install.md", "SERVICE=visits", "SERVICE=visit", "there is no service"),
    (guides, "deploy/backup.sh", "renewals visits identity", "renewals identity", "copies ['cases', 'channels', 'identity', 'renewals']"),
    (guides, "docs/sizing.md", "621 a second", "721 a second", "721 was not measured"),
    (guides, "docs/install.md", "](sending.md)", "](send.md)", "send.md leads nowhere"),
    (guides, "docs/install.md", "#what-it-needs", "#what-it-wants", "operations.md has no such heading"),
    (guides, "docs/upgrade.md", "component=migration", "component=job", "nothing has the label"),
    (guides, "docs/upgrade.md", "deploy/kubernetes/production", "deploy/kubernetes/large", "is not for kustomize"),
    (guides, "docs/secrets.md", "--force-recreate visits", "--force-recreate visit", "there is no container visit"),
    (guides, "docs/secrets.md", "`CAREWAY_IDENTITY_CODE_PEPPER`", "the pepper", "does not say how CAREWAY_IDENTITY_CODE_PEPPER is changed"),
    (kubernetes, "deploy/kubernetes/secrets.sh", "    exit 1\n", "", "does not say what it lacks"),
]


def made(_root: Path, _problems: Problems) -> dict[str, set[str]]:
    """What secrets.sh makes, made once."""
    return made_once()


@cache
def made_once() -> dict[str, set[str]]:
    return SECRETS(HERE, Problems(HERE))


@contextlib.contextmanager
def quickly(name: str, expected: str):
    """Without what takes long and is not asked about: the other overlay, the schemas, kubectl."""
    overlay = "production" if name.startswith(PRODUCTION) else "small"
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(kubernetes, "OVERLAYS", (overlay,)))
        stack.enter_context(mock.patch.object(kubernetes, "by_kubectl"))
        if not name.endswith(".sh"):
            stack.enter_context(mock.patch.object(kubernetes, "secrets", made))
        if "schema" not in expected:
            stack.enter_context(mock.patch.object(kubernetes.Cluster, "schema"))
        yield


class Checks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        # The sources as they are; the deployment files are copied, to be spoilt.
        cls.root = Path(cls.folder.name).resolve()
        for name in ("crates", "services", "proto", "tests"):
            (cls.root / name).symlink_to(HERE / name)
        for name in (COMPOSE, "Cargo.toml", "README.md", "CHANGELOG.md", ".dockerignore"):
            shutil.copy(HERE / name, cls.root / name)
        for name in ("deploy", "docs"):
            shutil.copytree(HERE / name, cls.root / name, ignore=shutil.ignore_patterns("secrets"))

    def told(self, check) -> list[str]:
        problems = Problems(self.root)
        with problems.caught(check.__name__):
            check.run(self.root, problems)
        return problems.found

    def test_nothing_is_told_of_what_is_well(self):
        for check in (compose, guides, readers, kubernetes):
            self.assertEqual(self.told(check), [])

    def test_what_is_spoilt_is_told(self):
        for check, name, right, wrong, expected in SPOILT:
            file = self.root / name
            whole = file.read_text()
            with self.subTest(file=name, wrong=wrong):
                self.assertIn(right, whole)
                file.write_text(whole.replace(right, wrong))
                try:
                    with quickly(name, expected):
                        told = self.told(check)
                finally:
                    file.write_text(whole)
                self.assertTrue(any(expected in problem for problem in told), told)

    def test_a_patch_is_merged_by_names_and_comes_first(self):
        into = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], "args": ["a", "b"]}
        change = {"env": [{"name": "C", "value": "3"}, {"name": "B", "value": "4"}], "args": ["c"]}
        expected = [("C", "3"), ("B", "4"), ("A", "1")]
        merged = kustomize.merged(into, change)
        self.assertEqual([(it["name"], it["value"]) for it in merged["env"]], expected)
        self.assertEqual(merged["args"], ["c"])
        self.assertEqual(into["args"], ["a", "b"], "what was merged into stays")


if __name__ == "__main__":
    unittest.main()
