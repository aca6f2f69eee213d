"""Finds what varies: policies, sources, notifiers and licenses, shipped in `plugins/` or installed beside it.

Shipped plugins must work: a fault in one raises DiscoveryError. Installed ones (entry points of the group
`modelsteward.plugins`: a class, a module, or a function that returns classes) that fail are kept as broken.
Two plugins with one key are refused wherever they come from.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

from governance.core.contract import Plugin
from governance.core.license_file import LicenseFile, LicenseFileError, load_license
from governance.core.notifier import Notifier
from governance.core.policy import Policy
from governance.core.recognition_index import Index
from governance.core.source import Source
from governance.core.terms import LicenseTerms
from governance.core.values import digest

GROUP = "modelsteward.plugins"
SHIPPED = Path(__file__).resolve().parents[1] / "plugins"
_CONTRACTS: tuple[type[Plugin], ...] = (Policy, Source, Notifier)

P = TypeVar("P", bound=Plugin)


class DiscoveryError(RuntimeError):
    """The plugins cannot be used as they are. `faults` holds one sentence for each fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class Broken:
    """An installed plugin that failed: the name of its entry point, and why."""

    name: str
    reason: str


class Catalog:
    """All plugins by key. Each kind is loaded when it is first asked for; `check` loads everything.

    `folders` are laid out like `plugins/`: policies, sources, notifiers, licenses.
    """

    def __init__(self, *folders: Path, installed: Iterable[EntryPoint] = ()) -> None:
        self._folders = folders
        self._entry_points = tuple(installed)

    @cached_property
    def policies(self) -> Mapping[str, type[Policy]]:
        return self._of(Policy, "policies")

    @cached_property
    def sources(self) -> Mapping[str, type[Source]]:
        return self._of(Source, "sources")

    @cached_property
    def notifiers(self) -> Mapping[str, type[Notifier]]:
        return self._of(Notifier, "notifiers")

    @cached_property
    def licenses(self) -> Mapping[str, LicenseTerms]:
        return MappingProxyType({key: file.terms for key, file in self.license_files.items()})

    @cached_property
    def license_files(self) -> Mapping[str, LicenseFile]:
        """Terms with their worked examples."""
        files: dict[str, LicenseFile] = {}
        faults: list[str] = []
        for path in (path for folder in self._folders for path in sorted(folder.glob("licenses/*.toml"))):
            try:
                file = load_license(path)
            except LicenseFileError as fault:
                faults += str(fault).splitlines()
                continue
            if other := files.get(file.terms.key):
                faults.append(f"Two license files have the key {file.terms.key!r}: {other.path} and {path}.")
            files[file.terms.key] = file
        _refuse(faults)
        return MappingProxyType(files)

    @cached_property
    def index(self) -> Index:
        """What license texts are recognized by. Raises DiscoveryError where numbers are spoiled."""
        wordings, faults = [], []
        for file in self.license_files.values():
            for text in file.texts:
                try:
                    wordings.append(text.wording(file.terms))
                except ValueError as fault:
                    faults.append(f"{file.path.name}: the numbers of {text.file} cannot be read: {fault}")
        _refuse(faults)
        return Index(wordings)

    @property
    def broken(self) -> tuple[Broken, ...]:
        return self._installed[1]

    def check(self) -> None:
        """Load everything. Raises DiscoveryError with the faults of all kinds together."""
        faults: list[str] = []
        for kind in ("policies", "sources", "notifiers", "license_files", "index"):
            try:
                getattr(self, kind)
            except DiscoveryError as error:
                faults += error.faults
        _refuse(faults)

    @cached_property
    def _installed(self) -> tuple[tuple[type[Plugin], ...], tuple[Broken, ...]]:
        classes: list[type[Plugin]] = []
        broken = []
        for entry_point in self._entry_points:
            try:
                classes += _offered(entry_point)
            except (Exception, SystemExit) as fault:
                broken.append(Broken(entry_point.name, _told(fault)))
        return tuple(classes), tuple(broken)

    def _of(self, contract: type[P], kind: str) -> Mapping[str, type[P]]:
        faults: list[str] = []
        found: dict[str, type[P]] = {}
        shipped = (one for folder in self._folders for one in _shipped(folder, kind, contract, faults))
        installed = (one for one in self._installed[0] if issubclass(one, contract))
        for one in (*shipped, *installed):
            other = found.setdefault(one.key, one)
            if other is not one:
                faults.append(
                    f"Two plugins have the key {one.key!r}: {_full_name(other)} and {_full_name(one)}."
                )
        _refuse(faults)
        return MappingProxyType(dict(sorted(found.items())))


@cache
def catalog(*more: Path) -> Catalog:
    """The plugins shipped and installed here, and those in `more` folders laid out like `plugins/`."""
    return Catalog(SHIPPED, *more, installed=entry_points(group=GROUP))


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DiscoveryError(faults)


def _shipped(folder: Path, kind: str, contract: type[P], faults: list[str]) -> Iterator[type[P]]:
    """The plugins in the modules of a folder. A name that begins with _ is part of another module."""
    for module in pkgutil.iter_modules([str(folder / kind)]):
        if module.name.startswith("_"):
            continue
        where = f"{folder.name}/{kind}/{module.name}"
        try:
            found = list(_plugins_in(_import(folder, kind, module.name), contract))
        except (Exception, SystemExit) as fault:
            faults.append(f"{where} cannot be used: {_told(fault)}")
            continue
        if not found:
            faults.append(f"{where} cannot be used: it defines no {contract.__name__}")
        yield from found


def _import(folder: Path, kind: str, name: str) -> ModuleType:
    """A module by its name where it is shipped, else from its file under a name that cannot clash."""
    if folder == SHIPPED:
        return importlib.import_module(f"{folder.name}.{kind}.{name}")
    path = folder / kind / f"{name}.py"
    if not path.exists():
        path = folder / kind / name / "__init__.py"
    full_name = f"modelsteward_{digest(str(folder.resolve()))[:12]}_{kind}_{name}"
    if full_name not in sys.modules:
        _run(full_name, path)
    return sys.modules[full_name]


def _run(full_name: str, path: Path) -> None:
    spec = importlib.util.spec_from_file_location(full_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    sys.modules[full_name] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[full_name]
        raise


def _plugins_in(module: ModuleType, *contracts: type[P]) -> Iterator[type[P]]:
    """Classes that the module, or a part of it, defines; bases without a key are no plugins."""
    for value in vars(module).values():
        own = getattr(value, "__module__", "").startswith(module.__name__)
        if own and inspect.isclass(value) and issubclass(value, contracts) and "key" in vars(value):
            yield value


def _offered(entry_point: EntryPoint) -> list[type[Plugin]]:
    thing: Any = entry_point.load()
    if isinstance(thing, ModuleType):
        offered = list(_plugins_in(thing, *_CONTRACTS))
    else:
        offered = [thing] if inspect.isclass(thing) else list(thing())
    fits = [
        one for one in offered if inspect.isclass(one) and issubclass(one, _CONTRACTS) and "key" in vars(one)
    ]
    if not fits or len(fits) < len(offered):
        raise TypeError(
            f"{entry_point.value} must offer Policy, Source or Notifier classes, and nothing else"
        )
    return fits


def _full_name(one: type) -> str:
    return f"{one.__module__}.{one.__qualname__}"


def _told(fault: BaseException) -> str:
    return f"{type(fault).__name__}: {fault}" if str(fault) else type(fault).__name__
