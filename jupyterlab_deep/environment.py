"""The environment made for the service: what it needs, and none of Jupyter's secrets."""

from __future__ import annotations

import os
import re

from . import paths

#: Taken over when set. Tokens of Jupyter and of a hub (JPY_API_TOKEN, JUPYTERHUB_API_TOKEN, …) are not among them.
_PASSED = re.compile(
    r"""
    PATH | HOME | USER | LOGNAME | SHELL | TZ | TMPDIR | LANG | LANGUAGE | LC_\w+ | XDG_\w+
    | (HTTP|HTTPS|ALL|NO)_PROXY | (http|https|all|no)_proxy
    | SSL_CERT_FILE | SSL_CERT_DIR | NODE_EXTRA_CA_CERTS | REQUESTS_CA_BUNDLE | CURL_CA_BUNDLE
    | PIP_(INDEX_URL|EXTRA_INDEX_URL|CONFIG_FILE|CERT) | UV_(INDEX_URL|DEFAULT_INDEX|INDEX|CONFIG_FILE)
    | (npm_config|NPM_CONFIG)_(registry|REGISTRY|cafile|CAFILE)
    | JUPYTER_(DATA_DIR|RUNTIME_DIR|CONFIG_DIR|CONFIG_PATH|PATH|PLATFORM_DIRS|PREFER_ENV_PATH)
    | DEEP_\w+
    | DOCKER_(HOST|TLS_VERIFY|CERT_PATH|CONFIG) | CONTAINER_HOST | REGISTRY_AUTH_FILE | SSH_AUTH_SOCK
    | RCLONE_CONFIG_RSHARE_\w+
    | LD_LIBRARY_PATH | DYLD_LIBRARY_PATH | CUDA_\w+ | NVIDIA_\w+
    """,
    re.VERBOSE,
)


def service_environment() -> dict[str, str]:
    """What the service starts with."""
    passed = {name: value for name, value in os.environ.items() if _PASSED.fullmatch(name)}
    return {**passed, **paths.environment()}
