"""A small JupyterHub whose users find jupyterlab_deep with all that its administrator has set. README.md explains it.

For trying it out on one machine: whoever comes is let in, and all servers run as the user who started the hub.
"""

import os
import shutil
import sys
from pathlib import Path

c = get_config()  # noqa: F821

HERE = Path(__file__).resolve().parent

# Everything lies below this path, as it does behind the web server of an institute.
c.JupyterHub.bind_url = "http://127.0.0.1:8000/science/"

# WARNING: this lets everybody in, under any name and with any password. Use the authenticator of your identity provider
# (oauthenticator, ldapauthenticator, …) before anybody else can reach the hub.
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True

# WARNING: one system user for all of them, who can read each other's files. It needs no root, and nothing else speaks for
# it: use DockerSpawner, KubeSpawner, SystemdSpawner or the like.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(Path.cwd() / "homes" / "{username}")

# JupyterLab with the extension, from the hub's own environment here.
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab"
# Where users cannot write: the administrator's file, deep.json. /etc/jupyter is read without any setting.
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(HERE / "etc")}

# The user's access token of the identity provider comes to deployments through the hub: it is kept in `auth_state`, …
c.Authenticator.enable_auth_state = bool(os.environ.get("JUPYTERHUB_CRYPT_KEY"))
# … renewed before it ends, which is a matter of minutes …
c.Authenticator.auth_refresh_age = 60
# … and may be read by the user's own server, for which both roles and the server's token need the scope.
READS_OWN_STATE = "admin:auth_state!user"
OF_A_SERVER = ["users:activity!user", "access:servers!server", READS_OWN_STATE]
c.Spawner.server_token_scopes = OF_A_SERVER

CULLER = "culler"
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", READS_OWN_STATE]},
    {"name": "server", "scopes": OF_A_SERVER},
    {
        "name": CULLER,
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": [CULLER],
    },
]

# Ends what nobody uses. A server whose runs are at work is in use, as long as `limits.keepAwakeHours` of deep.json says.
c.JupyterHub.services = [
    {"name": CULLER, "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]},
]

# The proxy that `npm ci` has put here, else the one on the PATH.
PROXY = "configurable-http-proxy"
c.ConfigurableHTTPProxy.command = [shutil.which(PROXY, path=HERE / "node_modules" / ".bin") or PROXY]
