"""A PostgreSQL of one's own, for as long as a `with` block lasts: an
independent judge of calendars. Needs Debian's postgresql, no server that
runs."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile


def programs():
    """The folder of initdb and postgres, or None."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Postgres:
    """Takes no connection but through a socket in its own folder."""

    def __init__(self):
        self._bin = programs()
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="kitle-postgres-"))
        self._server = None

    def __enter__(self):
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            user = pwd.getpwnam("postgres")
            os.chown(self._folder, user.pw_uid, user.pw_gid)
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-A", "trust", "-U", "kitle",
                  "--no-sync", "-E", "UTF8")
        self._run("pg_ctl", "-D", data, "-w", "-l", self._folder / "log", "-o",
                  f"-c listen_addresses='' -k {self._folder} -F", "start")
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate",
                  "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def rows(self, sql):
        """What a script answers, a list of texts for each row."""
        done = subprocess.run(
            ["psql", "-h", str(self._folder), "-U", "kitle", "-d", "postgres",
             "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"],
            input=sql, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def _run(self, program, *arguments):
        command = [str(self._bin / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid", "postgres", "--regid", "postgres",
                       "--clear-groups", *command]
        done = subprocess.run(command, capture_output=True, text=True,
                              cwd=self._folder, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
