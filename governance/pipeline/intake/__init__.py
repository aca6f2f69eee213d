"""Everything that comes in from people: the change, its audit entry and the work that it makes due.

Each function is one transaction. Invalid input raises ValidationError with field and cause, and
changes nothing.
"""

from governance.pipeline.intake.companies import (
    record_control,
    save_company,
    save_product,
)
from governance.pipeline.intake.deployments import (
    change_deployment,
    request_check,
    retire_deployment,
    save_deployment,
)
from governance.pipeline.intake.evidence import give_evidence, withdraw_evidence
from governance.pipeline.intake.figures import record_model_figure, retract_model_figure
from governance.pipeline.intake.grants import (
    attach_to_grant,
    change_grant,
    move_grant,
    record_grant,
    retire_grant,
)
from governance.pipeline.intake.licenses import load_licenses, override_license, withdraw_license_override
from governance.pipeline.intake.lineage import curate_edge, retract_edge
from governance.pipeline.intake.models import add_model, sync_model
from governance.pipeline.intake.policies import assign_policy, change_assignment, remove_assignment
from governance.pipeline.intake.readings import adopt_reading, withdraw_reading
from governance.pipeline.intake.subscriptions import end_subscription, save_subscription, show_secrets
from governance.pipeline.intake.usage import (
    import_measurements,
    record_exchange_rate,
    record_measurements,
)
from governance.pipeline.intake.waivers import decide_waiver, request_waiver, revoke_waiver
from governance.pipeline.intake.work import retry_work

__all__ = [
    "add_model",
    "adopt_reading",
    "assign_policy",
    "attach_to_grant",
    "change_assignment",
    "change_deployment",
    "change_grant",
    "curate_edge",
    "decide_waiver",
    "end_subscription",
    "give_evidence",
    "import_measurements",
    "load_licenses",
    "move_grant",
    "override_license",
    "record_control",
    "record_exchange_rate",
    "record_grant",
    "record_measurements",
    "record_model_figure",
    "remove_assignment",
    "request_check",
    "request_waiver",
    "retire_deployment",
    "retire_grant",
    "retract_edge",
    "retract_model_figure",
    "retry_work",
    "revoke_waiver",
    "save_company",
    "save_deployment",
    "save_product",
    "save_subscription",
    "show_secrets",
    "sync_model",
    "withdraw_evidence",
    "withdraw_license_override",
    "withdraw_reading",
]
