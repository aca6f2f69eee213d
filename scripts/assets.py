"""`python -m scripts.assets`: the style sheet and the icons of the portal, as small as our pages allow.

Writes into assets/ (ignored by git, served by whitenoise): tabler.css with the rules that our templates
can use, and icons.svg, a sprite of the icons that they name. Each comes with a .gz twin.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from scripts import npm
from scripts.trimming import trimmed, words

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "assets"
TABLER = ROOT / "node_modules" / "@tabler"
SOURCES = ("templates/portal/**/*.html", "templates/static/*", "governance/portal/**/*.py")
_ICON = re.compile(r"""icon[ =]["']([a-z0-9-]+)["']""")
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def main() -> None:
    npm.install(ROOT)
    ASSETS.mkdir(exist_ok=True)
    told = sources()
    css = (TABLER / "core" / "dist" / "css" / "tabler.min.css").read_text("utf-8")
    _write("tabler.css", trimmed(css, words(told)))
    _write("icons.svg", sprite(icons(told)))
    licenses = [(part / "LICENSE") for part in (TABLER / "core", TABLER / "icons")]
    _write("LICENSES.txt", "\n\n".join(file.read_text("utf-8") for file in licenses if file.exists()))


def sources() -> str:
    """All text of ours that may name a class or an icon."""
    files = sorted(file for pattern in SOURCES for file in ROOT.glob(pattern) if file.is_file())
    return "\n".join(file.read_text("utf-8") for file in files)


def icons(told: str) -> list[str]:
    """The names of the icons in it."""
    return sorted(set(_ICON.findall(told)))


def sprite(names: list[str]) -> str:
    """One SVG with a symbol for each icon, drawn in the color of the text around it."""
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(map(_symbol, names)) + "</svg>"


def _symbol(name: str) -> str:
    file = TABLER / "icons" / "icons" / "outline" / f"{name}.svg"
    if not file.exists():
        raise SystemExit(f"There is no icon {name!r}, which a template names.")
    found = _SHAPES.search(re.sub(r"<!--.*?-->", "", file.read_text("utf-8"), flags=re.DOTALL))
    shapes = re.sub(r"\s+", " ", found.group(1)).strip() if found else ""
    look = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    return f'<symbol id="{name}" {look} stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'


def _write(name: str, text: str) -> None:
    (ASSETS / name).write_text(text, "utf-8")
    (ASSETS / f"{name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"assets/{name}: {len(text.encode()):,} bytes, {(ASSETS / f'{name}.gz').stat().st_size:,} packed")


if __name__ == "__main__":
    main()
