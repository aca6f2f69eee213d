from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from governance.core.facts import Facet, Facts, FilesFacts, Subject
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.verdicts import Finding, Verdict
from governance.core.words import first_of, listed

_WITHOUT_CODE = ("safetensors", "gguf")
_RUNS_CODE = ("pickle", "executable")


class FileFormats(Policy):
    """Weights must come in formats that cannot run code, and the model must not bring code of its own.

    Files in pickle format can run anything when they are loaded. Where the same model also comes in a format
    without code, loading only that one is a duty.
    """

    key = "model.file-formats"
    version = 1
    judges = {Subject.SNAPSHOT, Subject.DEPLOYMENT}
    reads = {Facet.FILES, Facet.SNAPSHOT}

    class Params(PolicyParams):
        formats: tuple[str, ...] = Field(
            ("safetensors", "gguf", "onnx"), description="Formats in which weights may come."
        )
        without_weights: tuple[str, ...] = Field(
            ("config", "text", "tokenizer", "code", "python", "image", "other"),
            description="Formats that hold no weights and are not judged.",
        )
        allow_pickle: bool = Field(False, description="Accept files that can run code when loaded.")
        beside_safe: Literal["duty", "review", "fail"] = Field(
            "duty", description="The answer to other formats beside weights that cannot run code."
        )
        allow_custom_code: bool = Field(False, description="Accept models that bring code to run.")
        sources_without_files: tuple[str, ...] = Field(
            ("manual",), description="Sources of models that others run, so that there is no file to load."
        )

    def evaluate(self, facts: Facts, params: Params) -> Verdict:
        files = facts.files
        remote = files.count is None and facts.snapshot.source in params.sources_without_files
        if (files.count == 0 or remote) and not files.custom_code:
            return Verdict((Finding(Outcome.NOT_APPLICABLE, "The model has no files to judge."),))
        if files.count is None and not remote:
            return Verdict((_unlisted(),))
        problems = (*_pickle(files, params), *_code(files, params), *_formats(files, params))
        return Verdict(problems or (_fine(files, params),))


def _unlisted() -> Finding:
    return Finding(
        Outcome.UNKNOWN,
        "The files of the model are not known, so their formats cannot be judged.",
        how_to_fix="Sync the model again with access to its list of files.",
        missing=("files of the model",),
    )


def _safe(files: FilesFacts, params: FileFormats.Params) -> list[str]:
    return [name for name in _WITHOUT_CODE if files.formats.get(name) and name in params.formats]


def _pickle(files: FilesFacts, params: FileFormats.Params) -> Iterator[Finding]:
    if not files.unsafe or params.allow_pickle:
        return
    safe = _safe(files, params)
    evidence = {"unsafe": list(files.unsafe[:100]), "safe_formats": safe}
    reason = f"Files can run code when they are loaded: {first_of(files.unsafe)}"
    if safe:
        yield Finding(
            Outcome(params.beside_safe),
            f"{reason}. The model also comes as {listed(safe)}: load only that.",
            evidence=evidence,
            how_to_fix=f"Load the {listed(safe, 'or')} files and leave the others out of the download.",
        )
    else:
        fix = "Choose a revision or a conversion with safetensors, or convert the weights in isolation."
        yield Finding(Outcome.FAIL, f"{reason}.", evidence=evidence, how_to_fix=fix)


def _code(files: FilesFacts, params: FileFormats.Params) -> Iterator[Finding]:
    if params.allow_custom_code or files.custom_code is False:
        return
    if files.custom_code:
        yield Finding(
            Outcome.FAIL,
            "The configuration names code of a repository that runs when the model is loaded.",
            evidence={"custom_code": True},
            how_to_fix="Use a version that the library supports without it, or have the code reviewed.",
        )
    else:
        yield Finding(
            Outcome.UNKNOWN,
            "Whether the model brings code of its own to run is not known.",
            how_to_fix="Sync the model again with access to its configuration.",
            missing=("configuration of the model",),
        )


def _formats(files: FilesFacts, params: FileFormats.Params) -> Iterator[Finding]:
    """Formats that are neither approved nor known to hold no weights."""
    told = {"pickle"} if files.unsafe and params.allow_pickle else set(_RUNS_CODE if files.unsafe else ())
    judged = {*params.formats, *params.without_weights, *told}
    strange = sorted(name for name, count in files.formats.items() if count and name not in judged)
    if strange:
        yield Finding(
            Outcome(params.beside_safe) if _safe(files, params) else Outcome.REVIEW,
            f"Files are in formats that are not approved: {listed(strange)}.",
            evidence={"formats": dict(files.formats)},
            how_to_fix="Leave these files out, or add the format to the parameters of this policy.",
        )


def _fine(files: FilesFacts, params: FileFormats.Params) -> Finding:
    found = sorted(name for name in params.formats if files.formats.get(name))
    held = f"its weights come as {listed(found)}" if found else "it has no file with weights"
    return Finding(Outcome.PASS, f"No file asks for a closer look: {held}.", evidence={"formats": found})
