from __future__ import annotations

import pytest

from governance.registry.formats import file_format, is_unsafe

FORMATS = [
    ("model-00001-of-00191.safetensors", "safetensors"),
    ("gguf/Model-Q4_K_M.GGUF", "gguf"),
    ("pytorch_model.bin", "pickle"),
    ("training_args.bin", "pickle"),
    ("openvino_model.bin", "openvino"),
    ("original/consolidated.00.pth", "pickle"),
    ("model.ckpt", "pickle"),
    ("megatron.nemo", "pickle"),
    ("onnx/model.onnx_data", "onnx"),
    ("tf_model.h5", "keras"),
    ("flax_model.msgpack", "msgpack"),
    ("weights.zip", "archive"),
    ("run.llamafile", "executable"),
    ("modeling_acme.py", "python"),
    ("config.json", "config"),
    (".gitattributes", "config"),
    ("tokenizer.model", "tokenizer"),
    ("LICENSE", "text"),
    ("LICENSE-MODEL", "text"),
    ("Notice", "text"),
    ("README.md", "text"),
    ("figure.PNG", "image"),
    ("weights.xyz", "unrecognized"),
    ("pytorch_model", "unrecognized"),
    ("", "unrecognized"),
]


@pytest.mark.parametrize(("path", "format"), FORMATS)
def test_the_format_follows_from_the_path(path: str, format: str) -> None:
    assert file_format(path) == format


def test_what_runs_code_when_loaded_is_unsafe() -> None:
    assert is_unsafe("pickle")
    assert is_unsafe("executable")
    assert not is_unsafe("safetensors")
