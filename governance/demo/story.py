"""The sample company group, its figures and its deployments, in the words of the API."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

MODELS = (
    "meta-llama/Llama-3.1-405B",
    "meta-llama/Llama-3.1-70B",
    "meta-llama/Llama-3.1-8B",
    "meta-llama/Llama-2-7b-hf",
    "meta-llama/Meta-Llama-3-8B",
    "meta-llama/Llama-3.2-11B-Vision",
    "meta-llama/Llama-3.3-70B-Instruct",
    "meta-llama/Llama-4-Scout-17B-16E-Instruct",
    "moonshotai/Kimi-K2-Instruct",
    "Qwen/Qwen2.5-72B-Instruct",
    "mistralai/Mixtral-8x7B-Instruct-v0.1",
    "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
    "openai/gpt-oss-120b",
    "xai-org/grok-2",
)
# Registered by hand, no hub is asked: one with a reviewed license, one with terms that nobody reviewed.
HUNYUAN: Body = {
    "source": "manual",
    "repo_id": "tencent/Hunyuan-A13B-Instruct",
    "declaration": {"provider": "Tencent", "version": "2025-06-27", "license": "tencent-hunyuan-a13b"},
}
VENDOR: Body = {
    "source": "manual",
    "repo_id": "hooli/assistant-api",
    "declaration": {"provider": "Hooli", "version": "2026-09", "license": "hooli-api-terms"},
}

# Globex and its sister Globex Video belong to one holding; Initech is small and new; Umbrella counts roughly.
COMPANIES: tuple[Body, ...] = (
    {"slug": "globex-holding", "name": "Globex Holding"},
    {"slug": "globex", "name": "Globex"},
    {"slug": "globex-video", "name": "Globex Video"},
    {"slug": "initech", "name": "Initech"},
    {"slug": "umbrella", "name": "Umbrella"},
)
KNOWN: Body = {"domicile": "US", "kind": "commercial", "business_models": [], "competes_with": []}
CONTROLS: tuple[Body, ...] = (
    {"parent": "globex-holding", "child": "globex", "percent": 100, "from": "2019-01-01"},
    {"parent": "globex-holding", "child": "globex-video", "percent": 60, "from": "2022-03-01"},
)
PRODUCTS: tuple[Body, ...] = (
    {"slug": "globex-chat", "name": "Globex Chat", "company": "globex"},
    {"slug": "globex-tube", "name": "Globex Tube", "company": "globex-video"},
    {"slug": "initech-desk", "name": "Initech Desk", "company": "initech"},
    {"slug": "umbrella-health", "name": "Umbrella Health", "company": "umbrella"},
)


def users(subject: str, period: str, value: int | tuple[int, int], **more: Any) -> Body:
    figure = {"low": value[0], "high": value[1]} if isinstance(value, tuple) else {"value": value}
    source = "Sample analytics export"
    named = {"subject": subject, "metric": "monthly_active_users", "period": period, "source": source}
    return {**named, **figure, **more}


def measurements(last_month: str) -> list[Body]:
    """`last_month`: the calendar month before the present one, which rolling limits look up."""
    group = {"deduplicated": True}
    return [
        users("company:globex", "2023-06", 480_000_000, **group),
        users("company:globex", "2024-03", 610_000_000, **group),
        users("company:globex", "2024-06", 650_000_000, **group),
        users("company:globex", "2024-08", 700_000_000, **group),
        users("company:globex", "2024-11", 690_000_000, **group),
        users("company:globex", "2025-03", 720_000_000, **group),
        users("company:globex", last_month, 900_000_000, **group),
        users("company:globex-video", "2025-03", 720_000_000, **group),
        users("company:globex-video", "2025-05", 80_000_000),
        users("product:globex-tube", "2025-05", 80_000_000),
        users("product:globex-chat", "2025-05", 630_000_000),
        users("product:globex-chat", last_month, 640_000_000),
        users("company:globex", last_month, 700_000_000),
        users("company:umbrella", "2024-06", (690_000_000, 710_000_000)),
        users("product:umbrella-health", last_month, 91_000_000),
        users("company:umbrella", last_month, 91_000_000),
    ]


def grants(year: int) -> list[Body]:
    """What the sister company negotiated, until the first second of the year after the next."""
    return [
        {
            "company": "globex-video",
            "license": "llama4",
            "models": [MODELS[7]],
            "from": "2025-05-01",
            "until": f"{year + 2}-01-01",
            "reference": "Sample agreement 7",
        }
    ]


SUMMARY = (
    "Now the sample companies and what they run.\n"
    "Globex and its affiliates had 650 million monthly users in June 2024, the month that Llama 3.1\n"
    "asks about, 700 million in August 2024 (Llama 3.2), 720 million in March 2025 (Llama 4) and\n"
    "900 million last month."
)
USES: Body = {
    "commercial": True,
    "internal_only": False,
    "integrated_end_user_product": False,
    "hosted_for_third_parties": False,
    "model_as_a_service": False,
    "modification": "none",
    "distributed": False,
    "outputs_train": "none",
}


def deployment(slug: str, model: str, company: str, product: str, **more: Any) -> Body:
    return {
        "slug": slug,
        "model": model,
        "company": company,
        "product": product,
        "environment": "production",
        "regions": ["US"],
        "output_regions": ["US"],
        "uses": USES,
        **more,
    }


GLOBEX, VIDEO = ("globex", "globex-chat"), ("globex-video", "globex-tube")
INITECH, UMBRELLA = ("initech", "initech-desk"), ("umbrella", "umbrella-health")
DEPLOYMENTS: tuple[Body, ...] = (
    deployment("chat-405b", MODELS[0], *GLOBEX),
    deployment("chat-vision", MODELS[5], *GLOBEX),
    deployment("chat-llama33", MODELS[6], *GLOBEX),
    deployment("chat-llama4", MODELS[7], *GLOBEX),
    deployment("chat-kimi", MODELS[8], *GLOBEX),
    deployment("chat-qwen", MODELS[9], *GLOBEX),
    deployment("chat-mixtral", MODELS[10], *GLOBEX),
    deployment("chat-llama2", MODELS[3], *GLOBEX),
    deployment("tube-llama4", MODELS[7], *VIDEO),
    deployment("tube-hunyuan", HUNYUAN["repo_id"], *VIDEO),
    deployment("desk-70b", MODELS[1], *INITECH),
    deployment("desk-vendor", VENDOR["repo_id"], *INITECH),
    deployment("desk-distill", MODELS[11], *INITECH),
    deployment("health-8b", MODELS[2], *UMBRELLA),
    deployment("health-kimi", MODELS[8], *UMBRELLA),
    deployment("health-unpinned", MODELS[12], *UMBRELLA, revision="main"),
)
