"""Kitle installed: complete, movable, and what examples/embed is built on."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from command import BUILD, SOURCE, TROUBLE, USAGE, CommandTest

INSTANT = "2026-03-01"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


def cache_value(name):
    text = (BUILD / "CMakeCache.txt").read_text()
    return re.search(rf"^{name}:\w+=(.*)$", text, re.MULTILINE).group(1)


class Installed(CommandTest):
    """An installed tree that was moved after it was installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        temporary = tempfile.TemporaryDirectory(prefix="kitle-install-")
        cls.addClassCleanup(temporary.cleanup)
        root = pathlib.Path(temporary.name)
        run("cmake", "--install", BUILD, "--prefix", root / "first")
        cls.prefix = root / "moved here"
        shutil.move(root / "first", cls.prefix)
        cls.services = root / "embed"

    def setUp(self):
        super().setUp()
        self.environment = {
            "PATH": f"{self.prefix}/bin:{os.environ['PATH']}",
            "HOME": str(self.folder), "XDG_CACHE_HOME": str(self.cache)}
        for name in os.environ:
            if name.endswith("SAN_OPTIONS"):
                self.environment[name] = os.environ[name]

    def installed(self, *arguments):
        return run(self.prefix / "bin/kitle", *arguments, cwd=self.folder,
                   env=self.environment)

    def build_services(self):
        out = self.services
        if out.exists():
            return
        # What the fuzz targets link, no other program does.
        flags = cache_value("KITLE_SANITIZERS").replace("fuzzer-no-link,", "")
        # Sanitizers come with whoever links the program: those of C++ too, for
        # the library, where the program is in C.
        extra = [f"-DCMAKE_EXE_LINKER_FLAGS=-fsanitize={flags} "
                 "-fsanitize-link-c++-runtime -lstdc++"] if flags else []
        run("cmake", "-S", SOURCE / "examples/embed", "-B", out, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_C_COMPILER={cache_value('CMAKE_C_COMPILER')}",
            f"-DCMAKE_CXX_COMPILER={cache_value('CMAKE_CXX_COMPILER')}",
            "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Werror",
            "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror", *extra)
        run("cmake", "--build", out)

    def expected(self, keys):
        """What the services print, from what `kitle run` says."""
        result = json.loads(self.installed(
            "run", "--as-of", INSTANT, "--format", "json", "--members", "out"))
        names = [segment["name"] for segment in result["segments"]]
        members = {name: (self.folder / f"out/{name}.csv").read_text().split()
                   for name in names}
        lines = [f"{s['name']}\t{s['size']}" for s in result["segments"]]
        for key in keys:
            here = [name for name in names if key in members[name]]
            lines.append(" ".join([f"{key}:", *here]))
        return "\n".join(lines) + "\nnobody: unknown\n"

    def test_the_services_answer_as_the_command_does(self):
        self.installed("init", ".")
        self.installed("ingest")
        keys = [f"C-{number:02}" for number in range(1, 11)]
        expected = self.expected(keys)
        self.assertIn("C-02: good_customers gone_quiet\n", expected)
        self.build_services()
        for name in ("service_c", "service_cpp"):
            service = self.services / name
            self.assertEqual(
                run(service, self.folder, INSTANT, *keys, "nobody",
                    env=self.environment), expected)
            self.refuses(service)

    def test_pkg_config_says_how_to_link(self):
        folder, = self.prefix.glob("**/pkgconfig")
        for package, sources in (("kitle", "service.c"),
                                 ("kitle-service", "bundle.c")):
            flags = run("pkg-config", "--cflags", "--libs", package,
                        env={"PKG_CONFIG_PATH": str(folder),
                             "PATH": os.environ["PATH"]})
            words = shlex.split(flags)
            header = pathlib.Path(words[0].removeprefix("-I")).resolve()
            self.assertEqual(header, (self.prefix / "include").resolve())
            if cache_value("KITLE_SANITIZERS"):
                continue  # it takes more to link with a sanitizer
            run(cache_value("CMAKE_C_COMPILER"), "-o", self.folder / package,
                *(SOURCE / "examples/embed" / each
                  for each in (sources, "answers.c")), *words)

    def answers(self, bundle, store, *keys, **more):
        """What the service says that has only the bundle."""
        return subprocess.run(
            [self.services / "bundle_c", bundle, store, INSTANT, *keys],
            text=True, capture_output=True, cwd=self.folder,
            env={**self.environment, **more})

    def test_a_bundle_is_answered_without_the_compiler(self):
        self.installed("init", ".")
        self.installed("ingest")
        self.build_services()
        keys = [f"C-{number:02}" for number in range(1, 11)]
        expected = self.expected(keys)
        for cpus in ((), ("--for", "none")):
            self.installed("build", "-o", "all.kbundle", *cpus)
            done = self.answers("all.kbundle", "store", *keys, "nobody")
            self.assertEqual((done.stdout, done.stderr), (expected, ""))
        # All that is loaded, whether linked or opened later.
        traced = self.answers("all.kbundle", "store", *keys, LD_DEBUG="files")
        kitle = set(re.findall(r"lib(?:kitle|LLVM|arrow|parquet)[a-z_]*",
                               traced.stderr))
        self.assertEqual(kitle, {"libkitle_service", "libkitle_runtime"})
        # Of a store of one block no thread is wanted, and TBB starts none.
        self.assertNotIn("libtbbmalloc", traced.stderr)

    def test_a_bundle_that_does_not_fit_is_refused_by_name(self):
        self.installed("init", ".")
        self.installed("ingest")
        self.installed("build", "-o", "all.kbundle")
        self.build_services()
        good = (self.folder / "all.kbundle").read_bytes()
        damaged = good[:99] + bytes([good[99] ^ 1]) + good[100:]
        newer = good[:8] + b"\x09" + good[9:]
        schema = self.folder / "schema.kitle"
        schema.write_text(schema.read_text().replace("city ", "town "))
        sources = self.folder / "sources.kitle"
        sources.write_text(re.sub(r"\bcity( +from)", r"town\1",
                                  sources.read_text()))
        for path in (self.folder / "segments").iterdir():
            path.write_text(re.sub(r"\bcity\b", "town", path.read_text()))
        self.installed("ingest", "--store", "other")
        for bundle, store, words in (
                (damaged, "store", "bundle.kbundle: its checksum is wrong"),
                (good[:-1], "store", "bundle.kbundle: bytes are missing"),
                (b"nothing", "store", "bundle.kbundle: this is no bundle"),
                (newer, "store", "bundle.kbundle: built by Kitle "),
                (good, "other", "bundle.kbundle: the store holds no `city`")):
            (self.folder / "bundle.kbundle").write_bytes(bundle)
            done = self.answers("bundle.kbundle", store)
            self.assertEqual(done.returncode, TROUBLE, words)
            self.assertIn(words, done.stderr)

    def refuses(self, service):
        """What is wrong is said, with an exit code."""
        for arguments, code, words in (
                ([], USAGE, "usage"),
                ([self.folder / "out" / ".." / "..", INSTANT], TROUBLE,
                 "kitle.toml"),
                ([self.folder, "soon"], TROUBLE, "soon")):
            done = subprocess.run([service, *map(str, arguments)], text=True,
                                  capture_output=True, env=self.environment)
            self.assertEqual(done.returncode, code)
            self.assertIn(words, done.stderr)

    def test_nothing_points_back_to_the_build(self):
        for path in [*self.prefix.glob("bin/*"),
                     *self.prefix.glob("lib*/**/libkitle*.so*")]:
            dynamic = run("readelf", "-d", path)
            for line in dynamic.splitlines():
                if "RUNPATH" in line or "RPATH" in line:
                    self.assertIn("[$ORIGIN", line)
                    self.assertNotIn(str(BUILD), line)
                    self.assertNotIn(str(SOURCE), line)

    def test_the_libraries_are_complete(self):
        libraries = [path for path in self.prefix.rglob("*.so*")
                     if not path.is_symlink()]
        names = {re.sub(r"\.so.*", "", path.name) for path in libraries}
        self.assertLessEqual({"libkitle", "libkitle_service",
                              "libkitle_compiler", "libkitle_ingest",
                              "libkitle_runtime", "libkitle_jit", "libarrow",
                              "libparquet"}, names)
        for path in [self.prefix / "bin/kitle", *libraries]:
            for line in run("ldd", path, env=self.environment).splitlines():
                self.assertNotIn("not found", line, path)
                if "kitle" in line.split("=>")[0] or "arrow" in line:
                    self.assertIn(str(self.prefix), line, path)

    def test_arrow_is_loaded_to_read_files_alone(self):
        self.installed("init", ".")
        for arguments, loads in (
                (("ingest", "--quiet"), {"kitle_ingest", "arrow", "parquet"}),
                (("run", "--as-of", INSTANT), set())):
            traced = subprocess.run(
                [self.prefix / "bin/kitle", *arguments], text=True,
                capture_output=True, cwd=self.folder, check=True,
                env={**self.environment, "LD_DEBUG": "files"})
            self.assertEqual(
                set(re.findall(r"lib(kitle_ingest|arrow|parquet)\b",
                               traced.stderr)), loads, arguments)

    def test_without_what_reads_files_rules_are_answered(self):
        self.installed("init", ".")
        self.installed("ingest")
        for library in self.prefix.glob("lib*/libkitle_ingest.so*"):
            hidden = library.with_name("hidden-" + library.name)
            library.rename(hidden)
            self.addCleanup(hidden.rename, library)
        self.installed("run", "--as-of", INSTANT, "--members", "out")
        for arguments in (("ingest",),
                          ("run", "--as-of", INSTANT, "--members", "out",
                           "--members-format", "parquet")):
            done = subprocess.run(
                [self.prefix / "bin/kitle", *arguments], text=True,
                capture_output=True, cwd=self.folder, env=self.environment)
            self.assertEqual(done.returncode, TROUBLE, arguments)
            self.assertIn("libkitle_ingest.so", done.stderr)

    def test_only_the_private_module_needs_llvm(self):
        for path in self.prefix.glob("lib*/libkitle*.so*"):
            self.assertNotIn("LLVM", run("readelf", "-d", path), path)
        module = list(self.prefix.glob("lib*/**/libkitle_jit.so"))
        self.assertIn("LLVM", run("readelf", "-d", module[0]))

    def test_licences_headers_and_the_man_page_come_along(self):
        documents = self.prefix / "share/doc/kitle"
        self.assertTrue((documents / "LICENSE").is_file())
        arrow = [path.name for path in (documents / "arrow").iterdir()]
        self.assertIn("LICENSE.txt", arrow)
        self.assertIn("NOTICE.txt", arrow)
        self.assertTrue((self.prefix / "share/man/man1/kitle.1").is_file())
        headers = {path.name for path in
                   (self.prefix / "include/kitle").iterdir()}
        self.assertEqual(headers, {path.name for path in
                                   (SOURCE / "include/kitle").iterdir()})

    def test_each_public_header_compiles_alone(self):
        compiler = cache_value("CMAKE_CXX_COMPILER")
        for header in (self.prefix / "include/kitle").iterdir():
            for language in (["-x", "c", "-std=c11"], ["-x", "c++",
                                                       "-std=c++23"]):
                if "c" in language and header.name != "kitle.h":
                    continue
                run(compiler, *language, "-fsyntax-only", "-Wall", "-Wextra",
                    "-Wpedantic", "-Werror", "-I", self.prefix / "include",
                    "-include", header, "/dev/null")

    def test_machine_code_is_made_in_the_moved_tree(self):
        text = self.installed("version")
        self.installed("init", ".")
        self.installed("ingest")
        if "LLVM" not in text:
            self.skipTest(f"no machine code here: {text}")
        result = json.loads(self.installed(
            "run", "--as-of", INSTANT, "--tier", "compiled", "--format",
            "json"))
        self.assertEqual(result["tier"], "compiled")


if __name__ == "__main__":
    unittest.main(verbosity=1)
