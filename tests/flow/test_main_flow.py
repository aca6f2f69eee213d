"""The main job as a stranger does it, over HTTP, in both modes: from the Hub to the verdict and the mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from governance.core.periods import Window, before
from tests.flow.cast import MODES, PEOPLE, Stage, figure, stage

pytestmark = pytest.mark.flow
LLAMA31, LLAMA33 = "meta-llama/Llama-3.1-405B", "meta-llama/Llama-3.3-70B-Instruct"
LLAMA4, KIMI = "meta-llama/Llama-4-Scout-17B-16E-Instruct", "moonshotai/Kimi-K2-Instruct"
THRESHOLD = "license.usage-threshold"


@pytest.fixture(scope="module", params=sorted(MODES))
def flow(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp(request.param), request.param, LEASE_SECONDS="20") as made:
        made.platform.start()
        yield made


def of_policy(check: Any, policy: str = THRESHOLD) -> list[Any]:
    return [finding for finding in check["findings"] if finding["policy"] == policy]


def outcomes(check: Any, policy: str = THRESHOLD) -> set[str]:
    return {finding["outcome"] for finding in of_policy(check, policy)}


def last_month() -> str:
    return str(before(datetime.now(UTC).date(), Window.CALENDAR_MONTH))


def month_key(month: str) -> str:
    return "m" + month.replace("-", "_")


def test_growth_after_the_release_month_changes_nothing_for_llama(flow: Stage) -> None:
    revision = flow.register(LLAMA31)[LLAMA31]
    flow.company("grown", m2024_06=650_000_000, **{month_key(last_month()): 900_000_000})
    flow.deploy("grown-405b", LLAMA31, "grown", revision=revision)
    check = flow.check("grown-405b")
    assert check["decision"] == "allowed_with_duties"
    assert outcomes(check) == {"pass"}
    [finding] = of_policy(check)
    assert (finding["evidence"]["period"], finding["evidence"]["high"]) == ("2024-06", 650_000_000)
    gate = flow.judged("grown-405b")
    assert (gate["decision"], gate["allow"]) == ("allowed_with_duties", True)


def test_exactly_the_limit_passes_and_one_user_more_does_not(flow: Stage) -> None:
    revision = flow.register(LLAMA31)[LLAMA31]
    for slug, users in (("exact", 700_000_000), ("over", 700_000_001)):
        flow.company(slug, m2024_06=users)
        flow.deploy(f"{slug}-405b", LLAMA31, slug, revision=revision)
    assert flow.judged("exact-405b")["allow"]
    denied = flow.judged("over-405b")
    assert (denied["decision"], denied["allow"]) == ("blocked", False)
    assert denied["reasons"][0]["policy"] == THRESHOLD


def test_a_missing_figure_is_cannot_tell_and_is_named(flow: Stage) -> None:
    revision = flow.register(LLAMA31)[LLAMA31]
    flow.company("silent", **{month_key(last_month()): 5_000_000})
    flow.deploy("silent-405b", LLAMA31, "silent", revision=revision)
    gate = flow.judged("silent-405b")
    assert (gate["decision"], gate["allow"]) == ("cannot_tell", False)
    assert "2024-06" in str(gate["reasons"][0]["missing"])


HUNYUAN = {
    "source": "manual",
    "repo_id": "tencent/hunyuan-large",
    "declaration": {"provider": "Tencent", "version": "2024-11-05", "license": "tencent-hunyuan-large"},
}


def test_a_sister_company_counts_for_llama_and_not_for_hunyuan(flow: Stage) -> None:
    flow.platform.post("/models/", HUNYUAN)
    revision = flow.register(LLAMA31)[LLAMA31]
    flow.company("parent")
    flow.company("small", m2024_06=2_000_000, m2024_10=2_000_000)
    flow.company("sister", m2024_06=800_000_000, m2024_10=800_000_000)
    for child in ("small", "sister"):
        owned = {"parent": "parent", "child": child, "percent": 100, "from": "2020-01-01"}
        flow.platform.post("/controls/", owned)
    flow.deploy("small-405b", LLAMA31, "small", revision=revision)
    flow.deploy("small-hunyuan", "tencent/hunyuan-large", "small", revision="2024-11-05")
    assert flow.judged("small-405b")["decision"] == "blocked"
    assert outcomes(flow.check("small-hunyuan")) == {"pass"}
    assert flow.judged("small-hunyuan")["allow"]


def test_each_version_asks_about_its_own_month(flow: Stage) -> None:
    revisions = flow.register(LLAMA33, LLAMA4)
    flow.company("grower", m2024_11=690_000_000, m2025_03=720_000_000)
    flow.deploy("grower-33", LLAMA33, "grower", revision=revisions[LLAMA33])
    flow.deploy("grower-4", LLAMA4, "grower", revision=revisions[LLAMA4])
    assert flow.judged("grower-33")["allow"]
    assert flow.judged("grower-4")["decision"] == "blocked"


def test_a_grant_clears_it_until_the_second_it_expires(flow: Stage) -> None:
    revision = flow.register(LLAMA31)[LLAMA31]
    flow.company("granted", m2024_06=900_000_000)
    flow.deploy("granted-405b", LLAMA31, "granted", revision=revision)
    assert flow.judged("granted-405b")["decision"] == "blocked"
    end = datetime(2030, 6, 30, 12, tzinfo=UTC)
    flow.platform.post(
        "/grants/",
        {
            "company": "granted",
            "license": "llama3.1",
            "models": [LLAMA31],
            "from": "2024-08-01",
            "until": end.isoformat(),
            "reference": "M-1",
        },
    )
    assert flow.judged("granted-405b")["allow"]
    last_second, ended = (end - timedelta(seconds=1)).isoformat(), end.isoformat()
    assert flow.check("granted-405b", as_of=last_second)["decision"] == "allowed_with_duties"
    assert flow.check("granted-405b", as_of=ended)["decision"] == "blocked"
    assert flow.check("granted-405b", as_of="2024-07-31")["decision"] == "blocked"


def test_kimi_above_its_limit_asks_only_for_a_display(flow: Stage) -> None:
    revision = flow.register(KIMI)[KIMI]
    flow.company("popular")
    flow.platform.post("/products/", {"slug": "popular-chat", "name": "Chat", "company": "popular"})
    flow.platform.post("/measurements/", figure("product:popular-chat", last_month(), 150_000_000))
    flow.deploy("popular-kimi", KIMI, "popular", product="popular-chat", revision=revision)
    gate = flow.judged("popular-kimi")
    assert (gate["decision"], gate["allow"]) == ("allowed_with_duties", True)
    [finding] = of_policy(flow.check("popular-kimi"))
    assert finding["outcome"] == "duty"
    assert "Kimi K2" in finding["reason"]


def judged_at(flow: Stage) -> dict[str, Any]:
    """Deployment -> when it was judged last."""
    return dict(
        flow.platform.sql(
            "SELECT d.slug, c.judged_at FROM compliance_subject s JOIN compliance_case c ON c.id = s.case_id"
            " JOIN deployments_deployment d ON d.id = s.deployment_id"
        )
    )


def test_a_figure_re_judges_exactly_the_deployments_that_read_it(flow: Stage) -> None:
    revisions = flow.register(LLAMA31, LLAMA33)
    flow.company("reader", m2024_06=1_000_000, m2024_11=1_000_000)
    flow.company("stranger", m2024_06=1_000_000)
    flow.deploy("reader-31", LLAMA31, "reader", revision=revisions[LLAMA31])
    flow.deploy("reader-33", LLAMA33, "reader", revision=revisions[LLAMA33])
    flow.deploy("stranger-31", LLAMA31, "stranger", revision=revisions[LLAMA31])
    flow.platform.settle()
    before = judged_at(flow)
    flow.platform.post("/measurements/", figure("company:reader", "2024-06", 2_000_000))
    flow.platform.settle()
    after = judged_at(flow)
    assert {slug for slug in after if after[slug] != before[slug]} == {"reader-31"}

    flow.platform.post("/measurements/", figure("company:reader", "2023-01", 2_000_000))
    flow.platform.settle()
    assert judged_at(flow) == after


def test_a_month_that_is_restated_is_judged_again_and_the_past_stays_as_it_was_known(flow: Stage) -> None:
    revision = flow.register(LLAMA31)[LLAMA31]
    flow.company("restated", m2024_06=600_000_000)
    flow.deploy("restated-405b", LLAMA31, "restated", revision=revision)
    assert flow.judged("restated-405b")["allow"]
    first = datetime.now(UTC).isoformat()
    flow.platform.post("/measurements/", figure("company:restated", "2024-06", 701_000_000))
    assert flow.judged("restated-405b")["decision"] == "blocked"
    assert flow.check("restated-405b", known_at=first)["decision"] == "allowed_with_duties"
    flow.platform.post("/measurements/", figure("company:restated", "2024-06", 650_000_000))
    assert flow.judged("restated-405b")["allow"]


def test_one_breach_is_one_mail_to_each_and_its_end_one_more(flow: Stage) -> None:
    revision = flow.register(LLAMA31)[LLAMA31]
    flow.company("mailed", m2024_06=800_000_000)
    flow.deploy("mailed-405b", LLAMA31, "mailed", revision=revision)
    flow.platform.settle()
    for person in PEOPLE:
        [subject] = flow.mails_about("mailed-405b", person)
        assert subject.startswith("[Blocked] mailed-405b: The group's monthly active users in June 2024")
    [violation] = flow.platform.get("/violations/?deployment=mailed-405b")["results"]
    assert (violation["policy"], violation["status"]) == (THRESHOLD, "open")

    flow.platform.post("/measurements/", figure("company:mailed", "2024-06", 80_000_000))
    flow.platform.settle()
    for person in PEOPLE:
        _, subject = flow.mails_about("mailed-405b", person)
        assert subject.startswith("[Resolved] mailed-405b")
    assert flow.platform.get(f"/violations/{violation['id']}/")["status"] == "resolved"


def test_a_waiver_needs_a_second_person_and_ends(flow: Stage) -> None:
    platform = flow.platform
    revision = flow.register(LLAMA31)[LLAMA31]
    flow.company("waived", m2024_06=800_000_000)
    flow.deploy("waived-405b", LLAMA31, "waived", revision=revision)
    flow.platform.settle()
    [violation] = platform.get("/violations/?deployment=waived-405b")["results"]
    until = datetime.now(UTC) + timedelta(seconds=4)
    asked = {"reason": "Meta answers on Monday.", "until": until.isoformat()}
    waiver = platform.post(f"/violations/{violation['id']}/waivers/", asked)
    approve = f"/waivers/{waiver['id']}/approve/"
    assert platform.ask("POST", approve, {}).status == 403
    assert not flow.judged("waived-405b")["allow"]

    approver = flow.clerk.make_user(name="ada-approves", role="approver")
    assert platform.ask("POST", approve, {}, token=approver).status == 200
    assert flow.judged("waived-405b")["allow"]
    platform.wait(lambda: not platform.gate("waived-405b")["allow"], "the waiver to end", 10)
    assert datetime.now(UTC) >= until
    assert platform.gate("waived-405b")["reasons"]


def everything(flow: Stage) -> dict[str, int]:
    tables = ("audit_entry", "accounts_apitoken", "accounts_user", "compliance_assignment", "pipeline_work")
    return {table: flow.platform.sql(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def test_a_second_bootstrap_changes_nothing(flow: Stage) -> None:
    flow.platform.settle()
    before, token = everything(flow), flow.platform.token
    flow.platform.bootstrap()
    after = everything(flow)
    after["pipeline_work"] = before["pipeline_work"]  # the ticker puts work of its own meanwhile
    assert (after, flow.platform.token) == (before, token)


def look_again(flow: Stage, model: dict[str, Any]) -> None:
    flow.platform.post(f"/models/{model['id']}/sync/", None)
    flow.platform.settle()


def test_another_license_upstream_is_told_and_re_judged(flow: Stage) -> None:
    repo_id = "acme/changes-mind"
    flow.hub.create(repo_id, {"license": "apache-2.0"})
    model = flow.platform.post("/models/", {"repo_id": repo_id})
    flow.platform.settle()
    flow.company("upstream", m2024_06=800_000_000)
    flow.deploy("upstream-main", repo_id, "upstream", revision="main")
    flow.platform.settle()
    before = {finding["license"] for finding in flow.check("upstream-main")["findings"]} - {""}
    assert before == {"apache-2.0"}
    new = flow.hub.push(repo_id, card={"license": "llama3.1"})
    look_again(flow, model)
    detail = flow.model(model["id"])
    assert (detail["latest_snapshot"]["revision"], detail["latest_snapshot"]["license"]) == (new, "llama3.1")
    told = [subject for subject in flow.mails_about(repo_id) if subject.startswith("[Changed upstream]")]
    assert len(told) == 1
    gate = flow.judged("upstream-main")
    assert THRESHOLD in {reason["policy"] for reason in gate["reasons"]}


def test_a_model_that_moves_closes_and_goes_keeps_its_last_good_snapshot(flow: Stage) -> None:
    hub, old, new = flow.hub, "acme/will-move", "acme/has-moved"
    hub.create(old, {"license": "apache-2.0"})
    model = flow.platform.post("/models/", {"repo_id": old})
    flow.platform.settle()
    held = flow.model(model["id"])["latest_snapshot"]["revision"]
    hub.rename(old, new)
    look_again(flow, model)
    assert flow.model(model["id"])["repo_id"] == new
    assert flow.platform.post("/models/", {"repo_id": old})["id"] == model["id"]

    hub.change(new, gated="manual")
    look_again(flow, model)
    closed = flow.model(model["id"])
    hub.delete(new)
    look_again(flow, model)
    gone = flow.model(model["id"])
    assert (closed["state"], gone["state"]) == ("gated", "not_found")
    assert closed["latest_snapshot"]["revision"] == gone["latest_snapshot"]["revision"] == held
    renamed, shut, lost = flow.mails_about(f"[Changed upstream] {new}")
    assert f"{old} is now called {new}" in renamed
    assert "restricted" in shut or "gated" in shut
    assert "no such model" in lost
