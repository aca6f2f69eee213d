from __future__ import annotations

import pytest

from governance.core.facts import FilesFacts, SnapshotFacts
from plugins.policies.model_file_formats import FileFormats
from tests.plugins.policies.cast import MODEL, facts, judge, only


def verdict(unsafe=(), custom_code=False, count=3, params=None, **formats):
    files = FilesFacts(formats=formats, unsafe=unsafe, custom_code=custom_code, count=count)
    return judge(FileFormats, facts(files=files), **(params or {}))


BIN = ("pytorch_model.bin",)


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ({"safetensors": 2, "config": 1, "text": 1}, "pass"),
        ({"gguf": 1}, "pass"),
        ({"config": 1}, "pass"),
        ({"pickle": 1, "unsafe": BIN}, "fail"),
        ({"pickle": 1, "unsafe": BIN, "safetensors": 2}, "duty"),
        ({"pickle": 1, "unsafe": BIN, "onnx": 1}, "fail"),
        ({"pickle": 1, "safetensors": 2}, "duty"),
        ({"pickle": 1}, "review"),
        ({"executable": 1, "unsafe": ("run.exe",)}, "fail"),
        ({"keras": 1}, "review"),
        ({"keras": 1, "safetensors": 1}, "duty"),
        ({"unrecognized": 1}, "review"),
        ({"safetensors": 1, "custom_code": True}, "fail"),
        ({"safetensors": 1, "custom_code": None}, "unknown"),
        ({"count": None}, "unknown"),
        ({"count": 0, "custom_code": None}, "not_applicable"),
    ],
)
def test_files_are_judged_by_their_formats(seen, outcome):
    assert verdict(**seen).outcome == outcome


@pytest.mark.parametrize(
    ("seen", "params", "outcome"),
    [
        ({"pickle": 1, "unsafe": BIN}, {"allow_pickle": True}, "pass"),
        ({"pickle": 1, "unsafe": BIN, "safetensors": 1}, {"beside_safe": "review"}, "review"),
        ({"pickle": 1, "unsafe": BIN, "safetensors": 1}, {"beside_safe": "fail"}, "fail"),
        ({"pickle": 1, "unsafe": BIN, "safetensors": 1}, {"formats": ("onnx",)}, "fail"),
        ({"executable": 1, "unsafe": ("run.exe",)}, {"allow_pickle": True}, "review"),
        ({"safetensors": 1, "custom_code": True}, {"allow_custom_code": True}, "pass"),
        ({"safetensors": 1, "custom_code": None}, {"allow_custom_code": True}, "pass"),
        ({"keras": 1}, {"formats": ("keras",)}, "pass"),
        ({"safetensors": 1}, {"formats": ("onnx",)}, "review"),
    ],
)
def test_parameters_say_what_is_accepted(seen, params, outcome):
    assert verdict(params=params, **seen).outcome == outcome


def test_at_most_five_paths_are_named():
    told = only(verdict(unsafe=tuple(f"{n}.bin" for n in range(8)), pickle=8))
    assert told.reason.endswith("0.bin, 1.bin, 2.bin, 3.bin, 4.bin and 3 more.")
    assert len(told.evidence["unsafe"]) == 8


@pytest.mark.parametrize(
    ("source", "custom_code", "params", "outcome"),
    [
        ("manual", None, {}, "not_applicable"),
        ("manual", False, {}, "not_applicable"),
        ("manual", True, {}, "fail"),
        ("huggingface", False, {}, "unknown"),
        ("manual", None, {"sources_without_files": ()}, "unknown"),
    ],
)
def test_a_model_that_others_run_has_no_files_to_judge(source, custom_code, params, outcome):
    files = FilesFacts(custom_code=custom_code)
    snapshot = SnapshotFacts(repo_id=MODEL, source=source, revision="2026-05")
    assert judge(FileFormats, facts(files=files, snapshot=snapshot), **params).outcome == outcome
