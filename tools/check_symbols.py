#!/usr/bin/env python3
"""check_symbols.py LIBRARY...: checks that no library imports a function of
libm whose bits depend on the machine.

glibc's exp, log, pow, sin and their like choose code by the CPU, and answers
differ in the last bit. What IEEE 754 makes exact is allowed.
"""

import pathlib
import re
import subprocess
import sys

EXACT = ("ceil copysign fabs fdim floor fma fmax fmin fmod frexp ilogb ldexp "
         "llrint llround logb lrint lround modf nan nearbyint nextafter "
         "remainder rint round roundeven scalbln scalbn sqrt trunc").split()
ALLOWED = {name + suffix for name in EXACT for suffix in ("", "f")}


def dynamic_symbols(library, which):
    out = subprocess.run(["nm", "-D", which, library], capture_output=True,
                         text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in out.splitlines()}


def libm():
    """The libm that the C++ compiler links."""
    path = subprocess.run(["g++", "-print-file-name=libm.so.6"],
                          capture_output=True, text=True, check=True).stdout
    return pathlib.Path(path.strip()).resolve()


def main():
    inexact = {name for name in dynamic_symbols(libm(), "--defined-only")
               if not re.match(r"GLIBC_", name)} - ALLOWED
    failures = 0
    for library in sys.argv[1:]:
        used = dynamic_symbols(library, "--undefined-only")
        for name in sorted(used & inexact):
            print(f"{library}: error: imports {name} of libm")
            failures += 1
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
