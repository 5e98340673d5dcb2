"""What every test shares: how hard hypothesis tries, and the fixtures in fix_*.py."""

import os
from pathlib import Path

from hypothesis import HealthCheck, settings

# Every fix_<thing>.py beside this file brings the fixtures of one thing; a new one is found here.
pytest_plugins = sorted(f"tests.{path.stem}" for path in Path(__file__).parent.glob("fix_*.py"))

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=300, deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "deep",
    max_examples=20_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)
