"""Documents in, an index on disk and its scores out. Knows nothing of questions and answers."""

import os

# Unless this is set before it is first imported, onnxruntime tells its makers of every start, and keeps a number of
# this machine in the user's cache folder to do so.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
