"""The manifests are valid, render, and keep what they promise."""

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate import validate

from looplane.kit.config import read_settings
from tests.deploy.tools import DEPLOY, ROOT, optional_program, said

KUBERNETES = DEPLOY / "kubernetes"
# The oldest version that is still mended, and the newest one whose schemas there are.
VERSIONS = ("1.33", "1.37")
FILES = sorted(path for path in KUBERNETES.glob("*.yaml") if path.name != "kustomization.yaml")
DOCUMENTS = [
    (path.name, document)
    for path in FILES
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
PODS = {
    document["metadata"]["name"]: document["spec"]["template"]["spec"]
    for _, document in DOCUMENTS
    if "template" in document.get("spec", {})
}


@cache
def rendered() -> list[dict[str, Any]]:
    """What would be applied."""
    text = said([optional_program("kubectl"), "kustomize", str(KUBERNETES)])
    return [*yaml.safe_load_all(text)]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_document_is_valid(version: str) -> None:
    assert {document["kind"] for _, document in DOCUMENTS} >= {"Job", "Deployment", "Ingress"}
    for _, document in DOCUMENTS:
        validate(document, version, strict=True)


def test_a_document_that_is_not_valid_is_refused() -> None:
    [budget] = [
        each
        for _, each in DOCUMENTS
        if each["metadata"]["name"] == "looplane-api" and each["kind"] == "PodDisruptionBudget"
    ]
    with pytest.raises(Exception, match="maxUnavailble"):
        validate({**budget, "spec": {"maxUnavailble": 1}}, VERSIONS[-1], strict=True)


def test_all_of_them_render_but_the_example_of_a_secret() -> None:
    documents = rendered()
    kinds = sorted(each["kind"] for each in documents)
    ours = sorted(each["kind"] for _, each in DOCUMENTS if each["kind"] != "Secret")
    assert kinds == sorted([*ours, "ConfigMap"])
    for each in documents:
        validate(each, VERSIONS[-1], strict=True)
        if each["kind"] != "Namespace":
            assert each["metadata"]["namespace"] == "looplane"
    [settings] = [each["metadata"]["name"] for each in documents if each["kind"] == "ConfigMap"]
    for name, pod in pods_of(documents):
        sources = pod["containers"][0]["envFrom"]
        assert [next(iter(each.values()))["name"] for each in sources] == [settings, "looplane"]
        assert re.fullmatch(
            r"registry\.firm\.example/looplane:\d\S+", pod["containers"][0]["image"]
        ), name


def pods_of(documents: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in documents:
        if "template" in each.get("spec", {}):
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_as_restricted_as_its_namespace_asks(name: str) -> None:
    """The rules of the pod security standard "restricted"."""
    pod = PODS[name]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC"}
    assert all({*volume} == {"name", "emptyDir"} for volume in pod["volumes"])
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    # Else a service of our name sets LOOPLANE_PORT, and nothing starts.
    assert pod["enableServiceLinks"] is False
    assert pod["automountServiceAccountToken"] is False


def test_settings_are_such_as_looplane_reads() -> None:
    lines = (KUBERNETES / "settings.env").read_text().splitlines()
    [secret] = [each for name, each in DOCUMENTS if name == "secret.example.yaml"]
    env = dict(line.split("=", 1) for line in lines) | secret["stringData"]
    settings = read_settings({**env, "LOOPLANE_DATA_DIR": "/data"})
    assert settings.files_s3_bucket
    assert settings.database_url


def test_selectors_find_what_they_are_for() -> None:
    labels = {
        each["metadata"]["name"]: each["spec"]["template"]["metadata"]["labels"]
        for each in rendered()
        if "template" in each.get("spec", {})
    }
    found = {}
    for each in rendered():
        if each["kind"] in {"PodDisruptionBudget", "NetworkPolicy", "Service", "Deployment"}:
            spec = each["spec"]
            wanted = spec.get("podSelector") or spec.get("selector") or {"none": "at all"}
            wanted = wanted.get("matchLabels", wanted).items()
            found[each["kind"], each["metadata"]["name"]] = {
                name for name, had in labels.items() if wanted <= had.items()
            }
    api, worker = {"looplane-api"}, {"looplane-worker"}
    assert found == {
        ("Deployment", "looplane-api"): api,
        ("Deployment", "looplane-worker"): worker,
        ("Service", "looplane"): api,
        ("Service", "looplane-nowhere"): set(),
        ("PodDisruptionBudget", "looplane-api"): api,
        ("PodDisruptionBudget", "looplane-worker"): worker,
        ("NetworkPolicy", "looplane"): api | worker | {"looplane-migrate"},
        ("NetworkPolicy", "looplane-api"): api,
        ("NetworkPolicy", "looplane-worker"): worker,
    }


def test_names_of_ones_own_go_into_a_folder_of_ones_own(tmp_path: Path) -> None:
    guide = (ROOT / "docs/operating/install.md").read_text()
    [overlay] = re.findall(r"```yaml\n(# kustomization.yaml\n.*?)```", guide, re.DOTALL)
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copytree(DEPLOY, tmp_path / "looplane/deploy")
    (mine / "kustomization.yaml").write_text(overlay)
    (mine / "settings.env").write_text("LOOPLANE_PUBLIC_URL=https://support.your.example\n")
    text = said([optional_program("kubectl"), "kustomize", str(mine)])
    documents = [*yaml.safe_load_all(text)]
    [settings] = [each["data"] for each in documents if each["kind"] == "ConfigMap"]
    assert settings["LOOPLANE_PUBLIC_URL"] == "https://support.your.example"
    assert "LOOPLANE_FILES_S3_BUCKET" in settings
    images = {pod["containers"][0]["image"] for _, pod in pods_of(documents)}
    assert images == {"your.registry/looplane:0.1.0"}
    [ingress] = [each["spec"] for each in documents if each["kind"] == "Ingress"]
    hosts = [ingress["rules"][0]["host"], *ingress["tls"][0]["hosts"]]
    assert hosts == ["support.your.example"] * 2


def test_what_goes_on_is_asked_how_it_does() -> None:
    for name in ("looplane-api", "looplane-worker"):
        [container] = PODS[name]["containers"]
        [port] = container["ports"]
        asked = {
            probe: container[f"{probe}Probe"]["httpGet"]["path"]
            for probe in ("startup", "liveness", "readiness")
        }
        assert asked == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
        assert {container[f"{probe}Probe"]["httpGet"]["port"] for probe in asked} == {port["name"]}
