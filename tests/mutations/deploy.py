"""Of how it is installed, and of what stands in front."""

from tests.mutations import Mutation

DEPLOY = [
    Mutation(
        "a moved checkout runs what was left behind",
        "requirements/install.py",
        '        _rewrite(path, f"{upwards}/src".encode())\n',
        "        del upwards, path\n",
        "test_setup.py",
    ),
    Mutation(
        "a caller says where it is",
        "deploy/nginx/looplane.conf",
        "X-Forwarded-For $remote_addr;",
        "X-Forwarded-For $proxy_add_x_forwarded_for;",
        "deploy/test_proxies.py",
    ),
    Mutation(
        "a unit lets no database be made",
        "deploy/systemd/looplane.service",
        "SystemCallFilter=@chown\n",
        "",
        "deploy/test_units.py::test_looplane_and_its_postgresql_run_so_confined",
    ),
    Mutation(
        "a wheel without its guide",
        "pyproject.toml",
        'docs = "looplane/docs"\n',
        "",
        "deploy/test_installed.py",
    ),
]
