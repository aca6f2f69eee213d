from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from governance.discovery import GROUP, Catalog, DiscoveryError, catalog

POLICY = '''
from governance.core.facts import Facet, Subject
from governance.core.policy import Policy, PolicyParams
from governance.core.verdicts import Verdict

class {name}(Policy):
    """A rule."""
    key = "{key}"
    version = {version}
    judges = {{Subject.DEPLOYMENT}}
    reads = {{Facet.DEPLOYMENT}}

    def evaluate(self, facts, params: PolicyParams) -> Verdict:
        return Verdict(())
'''
LICENSE = """
key = "{key}"
name = "A License"
licensor = "Somebody"
review = {{ by = "desk", on = 2026-01-01, verified = true }}
[permissions]
commercial_use = {{ state = "allowed" }}
redistribution = {{ state = "allowed" }}
modification = {{ state = "allowed" }}
"""


def policy(name="Rule", key="test.rule", version="1"):
    return POLICY.format(name=name, key=key, version=version)


@pytest.fixture
def folder(tmp_path):
    """Writes files into a folder that is laid out like plugins/."""

    def write(**files: str) -> Path:
        root = tmp_path / "plugins"
        for path, text in files.items():
            kind, _, name = path.partition("__")
            target = root / kind / (name.replace("_toml", ".toml") if "_toml" in name else f"{name}.py")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return root

    return write


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An entry point to a module that lies on the path, as an installed package would bring it."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(text: str, module: str, attribute: str = "", name: str = "test.installed") -> EntryPoint:
        (tmp_path / f"{module}.py").write_text(text)
        monkeypatch.delitem(sys.modules, module, raising=False)
        return EntryPoint(name, f"{module}:{attribute}" if attribute else module, GROUP)

    return install


def faults(found: Catalog) -> str:
    with pytest.raises(DiscoveryError) as refused:
        found.check()
    return "\n".join(refused.value.faults)


def test_a_file_in_the_folder_is_all_that_a_policy_needs(folder):
    found = Catalog(folder(policies__rule=policy()))
    assert [*found.policies] == ["test.rule"]
    assert found.policies["test.rule"].summary() == "A rule."


def test_names_that_begin_with_an_underscore_are_parts_of_other_modules(folder):
    assert not Catalog(folder(policies___part="raise RuntimeError")).policies


def test_a_base_without_a_key_is_no_plugin(folder):
    base = policy().replace("(Policy)", "(Policy, abstract=True)").replace('    key = "test.rule"\n', "")
    text = base.replace("Rule", "Base") + policy().replace("(Policy)", "(Base)")
    assert [*Catalog(folder(policies__rule=text)).policies] == ["test.rule"]


def test_two_plugins_with_one_key_are_refused_naming_both(folder):
    text = faults(Catalog(folder(policies__one=policy("One"), policies__two=policy("Two"))))
    assert "Two plugins have the key 'test.rule'" in text
    assert "one.One" in text
    assert "two.Two" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def broken(:", "SyntaxError"),
        (policy(version="0"), "version 0 must be a whole number from 1"),
        ("", "it defines no Policy"),
    ],
)
def test_a_shipped_plugin_that_fails_is_refused_with_the_reason(folder, text, said):
    told = faults(Catalog(folder(policies__bad=text, policies__good=policy())))
    assert told.startswith("plugins/policies/bad cannot be used: ")
    assert said in told


def test_every_fault_is_told_at_once(folder):
    root = folder(
        policies__a="raise ValueError('one')", policies__b="raise ValueError('two')", licenses__x_toml=""
    )
    assert len(faults(Catalog(root)).splitlines()) >= 3


def test_an_installed_class_module_or_function_brings_plugins(folder, installed):
    as_class = installed(policy(key="by.class"), "brings_class", "Rule")
    as_module = installed(policy(key="by.module"), "brings_module")
    text = policy(key="by.function") + "\ndef plugins():\n    return [Rule]\n"
    as_function = installed(text, "brings_function", "plugins")
    found = Catalog(folder(), installed=[as_class, as_module, as_function])
    assert [*found.policies] == ["by.class", "by.function", "by.module"]
    assert not found.broken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('no database')", "RuntimeError: no database"),
        ("raise SystemExit(1)", "SystemExit: 1"),
        (policy(version="-1"), "version -1 must be"),
        ("x = 1", "must offer Policy, Source or Notifier classes"),
    ],
)
def test_an_installed_plugin_that_fails_is_kept_as_broken(folder, installed, text, said):
    found = Catalog(folder(policies__rule=policy()), installed=[installed(text, "brings_trouble")])
    found.check()
    assert [*found.policies] == ["test.rule"]
    (broken,) = found.broken
    assert broken.name == "test.installed"
    assert said in broken.reason


def test_an_installed_plugin_may_not_take_the_key_of_a_shipped_one(folder, installed):
    other = installed(policy("Rival"), "brings_rival", "Rival")
    told = faults(Catalog(folder(policies__rule=policy()), installed=[other]))
    assert "brings_rival.Rival" in told


def test_licenses_are_found_by_key(folder):
    found = Catalog(folder(licenses__mine_toml=LICENSE.format(key="mine")))
    assert found.licenses["mine"].name == "A License"
    assert found.license_files["mine"].examples == ()


def test_a_typo_in_a_license_file_is_refused_with_file_key_and_reason(folder):
    bad = LICENSE.format(key="mine").replace("licensor", "licensr")
    told = faults(Catalog(folder(licenses__mine_toml=bad)))
    assert "mine.toml: licensr: " in told
    assert "mine.toml: licensor: " in told


def test_a_catalog_cannot_be_changed(folder):
    with pytest.raises(TypeError):
        Catalog(folder(policies__rule=policy())).policies["other"] = None


def test_all_that_is_shipped_can_be_used():
    catalog().check()
    assert catalog() is catalog()


def test_policies_load_without_sources_licenses_or_a_framework():
    code = (
        "import sys; from governance.discovery import catalog; assert catalog().policies;"
        "bad = {'django', 'celery', 'huggingface_hub', 'plugins.sources'} & set(sys.modules);"
        "assert not bad, bad; assert 'license_files' not in vars(catalog())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
