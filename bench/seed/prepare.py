"""The seed's rules, files and store on disk."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import library

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def copy_rules(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in [*HERE.glob("*.kitle"), HERE / "kitle.toml"]:
        shutil.copy(path, folder)
    shutil.copytree(HERE / "segments", folder / "segments", dirs_exist_ok=True)


def make_files(folder, profiles, seed):
    """The files of generate.py in `folder`, made once."""
    stamp = folder / "made.json"
    wanted = {"profiles": profiles, "seed": seed}
    if stamp.exists() and json.loads(stamp.read_text()) == wanted:
        return
    subprocess.run(
        [sys.executable, HERE / "generate.py", "--profiles", str(profiles),
         "--seed", str(seed), "--out", folder], check=True)
    stamp.write_text(json.dumps(wanted))


def places(profiles, seed):
    """(the build folder, that of the rules and files of so many profiles)."""
    build = pathlib.Path(
        os.environ.get("KITLE_BUILD", ROOT / "build/bench")).resolve()
    folder = build / "seed" / f"{profiles / 1e6:g}M"
    copy_rules(folder)
    make_files(folder / "data", profiles, seed)
    return build, folder


def ingest(build, folder):
    """What `kitle ingest` says of a new store."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    done = subprocess.run(
        [library.command(build), "ingest", "--format", "json"], cwd=folder,
        stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)
