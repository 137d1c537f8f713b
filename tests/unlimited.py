"""Settings for tests that are about no limit."""

import atexit
import shutil
import tempfile
from pathlib import Path

from looplane.kit.config import Settings

_FOLDER = Path(tempfile.mkdtemp(prefix="looplane-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
UNLIMITED = Settings(
    reads_per_minute=0,
    writes_per_minute=0,
    visits_per_minute=0,
    uploads_per_minute=0,
    uploads_per_day=0,
    followers_per_key=0,
    # Whoever asks every operation for its answer gets one that ends.
    stream_seconds=0,
    # Nobody listens there.
    slack_url="http://127.0.0.1:9",
    data_dir=_FOLDER,
)
