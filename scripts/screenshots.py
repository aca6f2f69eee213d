"""`python -m scripts.screenshots`: pictures of every page of the sample platform, into build/screenshots/.

Wide in light and dark, and as on a phone, for people to look at after a change of the portal.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from governance.demo.__main__ import PASSWORD
from tests.servers import browser

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "screenshots"
PORT = 8790
MODEL = "/models/huggingface/Qwen/Qwen2.5-72B-Instruct/"
PAGES = {
    "models": "/models/",
    "models-none": "/models/?q=nothing+like+this",
    "model": MODEL,
    "model-gated": "/models/huggingface/meta-llama/Llama-3.1-405B/",
    "model-files": f"{MODEL}files/",
    "model-lineage": f"{MODEL}lineage/",
    "model-history": f"{MODEL}history/",
    "add-model": "/models/add/",
    "deployments": "/deployments/",
    "deployment-blocked": "/deployments/chat-llama4/",
    "deployment-duties": "/deployments/chat-405b/",
    "deployment-cannot-tell": "/deployments/desk-70b/",
    "deployment-review": "/deployments/health-8b/",
    "duties": "/deployments/chat-405b/duties/",
    "duty-report": "/deployments/chat-405b/report/",
    "inbox": "/inbox/",
    "violation": "/inbox/1/",
    "usage": "/usage/",
    "figures": "/usage/figures/",
    "companies": "/usage/companies/",
    "add-figure": "/usage/figures/add/",
    "grants": "/grants/",
    "add-grant": "/grants/add/",
    "licenses": "/licenses/",
    "license": "/licenses/llama3.1/",
    "identify": "/licenses/identify/",
    "plugins": "/plugins/",
    "plugin": "/plugins/model.file-formats/",
    "jobs": "/jobs/",
    "jobs-done": "/jobs/?state=done",
    "deliveries": "/deliveries/",
    "subscriptions": "/subscriptions/",
    "missing": "/models/huggingface/no/such/",
}
LOOKS = {"light": (1360, 900), "dark": (1360, 900), "phone": (390, 844)}


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = {name: path for name, path in PAGES.items() if not wanted or name in wanted}
    with platform() as address, browser.opened() as opened:
        for look, (width, height) in LOOKS.items():
            page = signed_in(opened, address, look, width, height)
            for name, path in pages.items():
                page.goto(address + path)
                page.screenshot(path=FOLDER / f"{name}-{look}.png", full_page=True)
            page.context.close()


@contextmanager
def platform() -> Iterator[str]:
    """The sample platform, in a folder of its own, once its story is told."""
    environment = {**os.environ, "MODELSTEWARD_VAR": str(ROOT / "build" / "sample"), "PORT": str(PORT)}
    command = [sys.executable, "-m", "governance.demo"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        if not any("Ctrl-C" in line for line in process.stdout or ()):
            raise SystemExit("The sample platform did not start.")
        yield f"http://127.0.0.1:{PORT}"
    finally:
        process.terminate()
        process.wait()


def signed_in(opened: Browser, address: str, look: str, width: int, height: int) -> Page:
    scheme = "dark" if look == "dark" else "light"
    context = opened.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    page.screenshot(path=FOLDER / f"sign-in-{look}.png")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Models", exact=True).wait_for()
    return page


if __name__ == "__main__":
    main(sys.argv[1:])
