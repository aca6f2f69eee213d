"""The format of a file of a repository, from its path alone, and whether loading it may run code.

A name is a claim, not a proof; where an ending is used for several formats, the dangerous one is assumed.
"""

from __future__ import annotations

from pathlib import PurePosixPath

UNSAFE = frozenset({"pickle", "executable"})
"""Formats that can run code when they are loaded."""

UNRECOGNIZED = "unrecognized"

_ENDINGS = {
    "safetensors": "safetensors",
    "gguf": "gguf",
    "ggml": "ggml ggmlv3",
    "onnx": "onnx onnx_data ort",
    "pickle": "bin pt pth pkl pickle ckpt joblib dill ptl pte mar nemo t7 th sav pyt cpkl distcp",
    "keras": "keras h5 hdf5",
    "tensorflow": "pb tflite lite",
    "msgpack": "msgpack",
    "numpy": "npy npz",
    "coreml": "mlmodel mlpackage",
    "openvino": "xml",
    "tensorrt": "engine plan trt",
    "archive": "zip tar gz tgz bz2 xz zst 7z rar",
    "executable": "exe dll so dylib llamafile jar pyc pyd",
    "python": "py pyi",
    "code": "sh bash ps1 bat js mjs ts c cc cpp h cu cuh rs go java ipynb rb lua cmake",
    "config": "json yaml yml toml ini cfg conf lock gitattributes gitignore gitmodules jinja jinja2 mcore",
    "tokenizer": "model tiktoken vocab spm bpe merges",
    "text": "md txt rst html htm pdf tex bib csv tsv jsonl license cff log",
    "image": "png jpg jpeg gif svg webp bmp ico tiff avif",
    "other": "wav mp3 flac ogg m4a mp4 webm mov avi parquet arrow css ttf woff woff2 proto sha256 sig",
}
_BY_ENDING = {ending: name for name, endings in _ENDINGS.items() for ending in endings.split()}
_BY_NAME = {
    "license": "text",
    "licence": "text",
    "notice": "text",
    "readme": "text",
    "copying": "text",
    "authors": "text",
    "changelog": "text",
    "dockerfile": "code",
    "makefile": "code",
}


def file_format(path: str) -> str:
    """One of the names above, by ending or well-known name; `unrecognized` for all else."""
    name = PurePosixPath(path.lower()).name
    stem, _, ending = name.rpartition(".")
    if ending == "bin" and stem.startswith("openvino"):
        return "openvino"
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    return _BY_NAME.get(name.split(".")[0].split("-")[0].split("_")[0], UNRECOGNIZED)


def is_unsafe(format: str) -> bool:
    return format in UNSAFE
