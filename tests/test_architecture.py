"""Who may import whom, and that importing does nothing."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.processes import REPOSITORY

#: All that the pure core may use beside itself: nothing here reads or writes anything.
PURE = {
    *("__future__", "base64", "collections", "dataclasses", "datetime", "difflib", "enum"),
    *("functools", "hashlib", "ipaddress", "itertools", "json", "math", "operator", "re"),
    *("string", "tomllib", "typing", "unicodedata", "urllib.parse"),
    # Literal word lists and links, without I/O.
    *("ahocorasick_rs", "linkify_it"),
}
#: Clocks, dice and files of modules that are allowed otherwise.
IMPURE_CALLS = {"open", "print", "input", "now", "today", "utcnow", "read_text", "write_text"}
#: What `python -m` runs.
RUNNABLE = ("services.intake", "services.console", "workers.scorer", "workers.publisher")
#: What may be called while a module is imported; a client, an application or a task may not.
CONNECTS = {"Redis", "from_url", "Application", "ClientSession", "run", "create_task", "Thread"}


def modules(folder: str) -> list[Path]:
    return sorted(Path(REPOSITORY, folder).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """The full name of each module ``path`` imports, anywhere in it."""
    package = name_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            # `from services import intake` imports a module as well.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def within(name: str, packages: set[str] | tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("path", modules("moderato/domain"), ids=name_of)
def test_the_domain_does_no_io(path: Path) -> None:
    allowed = {*PURE, "moderato.domain"}
    outside = {name for name in imports(path) if not within(name, allowed)}
    # `from urllib import parse` and `import urllib.parse` are the same thing.
    assert not outside
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            assert called(node) not in IMPURE_CALLS, f"line {node.lineno}"


@pytest.mark.parametrize("path", modules("moderato"), ids=name_of)
def test_what_is_shared_knows_no_service_and_no_worker(path: Path) -> None:
    foreign = ("services", "workers", "training", "benchmarks", "examples", "tests")
    assert not {name for name in imports(path) if within(name, foreign)}


@pytest.mark.parametrize("path", [*modules("services"), *modules("workers")], ids=name_of)
def test_services_and_workers_import_themselves_and_what_is_shared(path: Path) -> None:
    own = ".".join(name_of(path).split(".")[:2])
    local = ("services", "workers", "training", "benchmarks", "examples", "tests")
    assert not {
        name
        for name in imports(path)
        if within(name, local) and not within(name, (own,)) and name not in {"services", "workers"}
    }


@pytest.mark.parametrize("package", RUNNABLE)
def test_each_service_and_worker_can_be_run(package: str) -> None:
    assert Path(REPOSITORY, *package.split("."), "__main__.py").is_file()


@pytest.mark.parametrize(
    "path", [*modules("moderato"), *modules("services"), *modules("workers")], ids=name_of
)
def test_nothing_is_connected_or_started_by_an_import(path: Path) -> None:
    for node in at_import(ast.parse(path.read_text()).body):
        if isinstance(node, ast.Call):
            assert called(node) not in CONNECTS, f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and path.name != "__main__.py":
            assert node.attr != "environ", f"line {node.lineno}"


def test_the_settings_are_read_in_few_places() -> None:
    """Only a program's start looks at the environment; the rest is given a Config."""
    readers = {
        name_of(path)
        for folder in ("moderato", "services", "workers")
        for path in modules(folder)
        if any(
            isinstance(node, ast.Attribute)
            and node.attr in {"environ", "getenv"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            for node in ast.walk(ast.parse(path.read_text()))
        )
    }
    # Looking for a program on the PATH is not a setting; `moderato` is where a person starts.
    allowed = ("moderato.config", "moderato.embedded", "moderato.cli")
    assert not {name for name in readers if not within(name, allowed)}


@pytest.mark.parametrize("path", modules("workers/scorer"), ids=name_of)
def test_the_scorer_imports_what_its_extras_install(path: Path) -> None:
    assert not foreign_to(path, installed_by("", "scorer", "detoxify"))


@pytest.mark.parametrize(
    "path",
    [
        *(path for folder in ("moderato", "services", "examples") for path in modules(folder)),
        *modules("workers/publisher"),
    ],
    ids=name_of,
)
def test_the_rest_imports_what_a_bare_installation_has(path: Path) -> None:
    assert not foreign_to(path, installed_by(""))


@pytest.mark.parametrize(
    "path",
    [path for folder in ("tests", "training", "benchmarks") for path in modules(folder)],
    ids=name_of,
)
def test_the_workshop_imports_what_make_test_installs(path: Path) -> None:
    extras = ("", "scorer", "detoxify", "embedded", "training", "test")
    assert not foreign_to(path, installed_by(*extras))


@cache
def installed_by(*extras: str) -> set[str]:
    """The names one can import after installing these extras; "" is the base."""
    project = tomllib.loads(Path(REPOSITORY, "pyproject.toml").read_text())["project"]
    declared = [
        requirement
        for extra in extras
        for requirement in (
            project["optional-dependencies"][extra] if extra else project["dependencies"]
        )
    ]
    wanted = {canonical(re.split(r"[<>=~!\[; ]", requirement)[0]) for requirement in declared}
    return {
        module
        for module, distributions in packages_distributions().items()
        if wanted & {canonical(distribution) for distribution in distributions}
    }


def foreign_to(path: Path, installed: set[str]) -> set[str]:
    """The top-level modules ``path`` imports that neither Python, nor we, nor those bring."""
    local = {"moderato", "services", "workers", "examples", "tests", "training", "benchmarks"}
    # Parts of aiohttp and of pydantic in all but name.
    installed = installed | {"yarl", "multidict", "pydantic_core"}
    names = {name.split(".")[0] for name in imports(path)}
    return names - set(sys.stdlib_module_names) - local - installed


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node that is evaluated when a module is imported: no function's body."""
    for statement in body:
        yield from _evaluated(statement)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
        return
    yield node
    for name, value in ast.iter_fields(node):
        lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if lazy and name == "body":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _evaluated(child)


def called(node: ast.Call) -> str:
    """The last part of what is called: "now" of ``datetime.now()``."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
