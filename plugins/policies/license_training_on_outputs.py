from __future__ import annotations

from collections.abc import Iterator

from governance.core.facts import Facet, Facts, OutputsTrain, Subject
from governance.core.governing import Governing, governing_terms, unknown_licenses
from governance.core.outcomes import Outcome
from governance.core.policy import Policy, PolicyParams
from governance.core.terms import OutputRule, OutputScope, Parts, State
from governance.core.verdicts import Finding, Verdict
from governance.core.words import begins_with, listed, quoted

_FIELD = "deployment.uses.outputs_train"
_WORDS = {
    OutputScope.LLM: "other large language models",
    OutputScope.ANY_MODEL: "other AI models",
    OutputScope.FOUNDATIONAL_GENERATIVE: "foundational generative models",
    OutputScope.GENERAL_PURPOSE: "foundational, large language or general-purpose models",
    OutputScope.TEXT_TO_IMAGE: "other text-to-image models",
    OutputScope.COMPETING: "competing models",
}
_KINDS = {
    "llm": "large language model",
    "generative_model": "generative model",
    "foundational_generative_model": "foundational generative model",
    "other_ai_model": "other AI model",
}
# Whether a rule reaches a kind of model. None: the kind may or may not be what the rule speaks of, since a
# foundational generative model may be a language model and the other way round.
_REACH: dict[tuple[OutputScope, str], bool | None] = {
    (OutputScope.LLM, "llm"): True,
    (OutputScope.LLM, "generative_model"): None,
    (OutputScope.LLM, "foundational_generative_model"): None,
    (OutputScope.LLM, "other_ai_model"): False,
    (OutputScope.FOUNDATIONAL_GENERATIVE, "llm"): None,
    (OutputScope.FOUNDATIONAL_GENERATIVE, "generative_model"): False,
    (OutputScope.FOUNDATIONAL_GENERATIVE, "foundational_generative_model"): True,
    (OutputScope.FOUNDATIONAL_GENERATIVE, "other_ai_model"): False,
    (OutputScope.GENERAL_PURPOSE, "llm"): True,
    (OutputScope.GENERAL_PURPOSE, "generative_model"): None,
    (OutputScope.GENERAL_PURPOSE, "foundational_generative_model"): True,
    (OutputScope.GENERAL_PURPOSE, "other_ai_model"): False,
    (OutputScope.TEXT_TO_IMAGE, "llm"): False,
    (OutputScope.TEXT_TO_IMAGE, "generative_model"): None,
    (OutputScope.TEXT_TO_IMAGE, "foundational_generative_model"): None,
    (OutputScope.TEXT_TO_IMAGE, "other_ai_model"): False,
}


class TrainingOnOutputs(Policy):
    """What the model puts out may train other models only as far as its licenses permit.

    Licenses differ in which models they speak of: other language models, any model, foundational generative
    models, or models that compete. Some permit it on a condition, such as how the new model is named.
    """

    key = "license.training-on-outputs"
    version = 1
    judges = {Subject.DEPLOYMENT}
    reads = {Facet.TERMS, Facet.DEPLOYMENT}

    def evaluate(self, facts: Facts, params: PolicyParams) -> Verdict:
        findings = unknown_licenses(facts.terms, "training on outputs")
        train = facts.deployment.uses.outputs_train
        for governing in governing_terms(facts.terms, Parts.OUTPUTS):
            findings += _judge(train, governing)
        return Verdict(tuple(findings))


def _judge(train: OutputsTrain | None, governing: Governing) -> Iterator[Finding]:
    rule = governing.terms.permissions.outputs_training
    if rule.scope is None or rule.state not in (State.PROHIBITED, State.CONDITIONAL):
        yield _says(governing, Outcome.PASS, "does not limit what outputs train")
    elif train is None:
        yield _missing(governing, _FIELD, "which models the outputs train")
    elif train.target == "none":
        yield _says(governing, Outcome.PASS, "limits what outputs train, and they train nothing")
    elif (reached := _reached(rule.scope, train)) is False:
        yield _says(governing, Outcome.PASS, f"speaks of training {_WORDS[rule.scope]} only")
    elif reached is None and rule.scope is OutputScope.COMPETING:
        yield _missing(governing, f"{_FIELD}.competing", "whether the trained model competes")
    elif rule.state is State.CONDITIONAL:
        yield from _conditions(train, rule, governing)
    else:
        yield _banned(train, _WORDS[rule.scope], governing, certain=reached is True)


def _reached(scope: OutputScope, train: OutputsTrain) -> bool | None:
    if scope is OutputScope.COMPETING:
        return train.competing
    return True if scope is OutputScope.ANY_MODEL else _REACH[scope, train.target]


def _conditions(train: OutputsTrain, rule: OutputRule, governing: Governing) -> Iterator[Finding]:
    if rule.name_prefix:
        yield _name(train.published_name, rule.name_prefix, governing)
    if rule.display:
        phrases = listed(map(quoted, rule.display), "or")
        what = f"asks to show {phrases} when the trained model is published"
        yield _says(governing, Outcome.DUTY, what)
    if not rule.name_prefix and not rule.display:
        condition = rule.condition.rstrip(".") or "its terms also bind the trained model"
        yield _says(governing, Outcome.DUTY, f"permits training with outputs on a condition: {condition}")


def _name(name: str | None, prefix: str, governing: Governing) -> Finding:
    what = f"asks that the name of a model trained with outputs begins with {quoted(prefix)}"
    if not name:
        return _missing(governing, f"{_FIELD}.published_name", "the name of the trained model")
    if begins_with(name, prefix):
        return _says(governing, Outcome.DUTY, f"{what}, as {name} does")
    fix = f"Publish it under a name that begins with {quoted(prefix)}."
    return _says(governing, Outcome.FAIL, f"{what}, and {name} does not", fix)


def _banned(train: OutputsTrain, models: str, governing: Governing, *, certain: bool) -> Finding:
    what, kind = f"prohibits training {models} with outputs", _KINDS[train.target]
    if not certain:
        fix = "Have a person decide what kind of model is trained."
        return _says(governing, Outcome.REVIEW, f"{what}, and the {kind} trained here may be one", fix)
    fix = f"Train with the outputs of another model, or ask {governing.terms.maker} for a license."
    if governing.terms.permissions.outputs_training.own_family_exempt:
        fix += " Models derived from this one are exempt: if the trained one is, say so in a waiver."
    return _says(governing, Outcome.FAIL, f"{what}, and they train one ({kind})", fix)


def _says(governing: Governing, outcome: Outcome, what: str, fix: str = "") -> Finding:
    rule = governing.terms.permissions.outputs_training
    evidence = {"rule": rule.state.value, "scope": rule.scope.value if rule.scope else None}
    return governing.finding(outcome, what, rule.section, evidence, fix)


def _missing(governing: Governing, field: str, what: str) -> Finding:
    return governing.finding(
        Outcome.UNKNOWN,
        f"limits what outputs train, and {what} is not known",
        governing.terms.permissions.outputs_training.section,
        how_to_fix=f"Record {field} of the deployment.".replace("deployment.", "", 1),
        missing=(field,),
    )
