"""Kitle's C interface in Python, as much of it as the benchmarks need."""

import copy
import ctypes
import functools
import pathlib

import numpy as np

TIERS = {"auto": 0, "interpreter": 2, "compiled": 3}


def pointer(kind=ctypes.c_void_p):
    return ctypes.POINTER(kind)


class Kitle:
    """Rules, a store and an engine; every failure is a RuntimeError."""

    def __init__(self, build, rules, store):
        self.lib = ctypes.CDLL(build / "lib" / "libkitle.so")
        self.probe = ctypes.CDLL(build / "lib" / "libseed_probe.so")
        self.declare()
        self.rules_folder, self.store_folder = str(rules), str(store)
        self.rules = self.made(self.lib.kitle_rules_load,
                               self.rules_folder.encode())
        self.store = self.made(self.lib.kitle_store_open,
                               self.store_folder.encode())
        self.profiles = self.lib.kitle_store_profiles(self.store)
        self.segments = self.names()

    def declare(self):
        handle, number = ctypes.c_void_p, ctypes.c_uint64
        results = {
            "kitle_version": ctypes.c_char_p,
            "kitle_error_message": ctypes.c_char_p,
            "kitle_rules_segment_name": ctypes.c_char_p,
            "kitle_rules_segments": ctypes.c_size_t,
            "kitle_store_profiles": ctypes.c_uint32,
            "kitle_store_bytes": number,
            "kitle_result_seconds": ctypes.c_double,
            "kitle_result_size": number,
            "kitle_result_members": number,
            "kitle_result_taken_over": ctypes.c_size_t,
        }
        for name, kind in results.items():
            getattr(self.lib, name).restype = kind
        takes = {
            "kitle_error_message": [handle], "kitle_error_free": [handle],
            "kitle_rules_parse": [pointer(ctypes.c_char_p),
                                  pointer(ctypes.c_char_p), ctypes.c_size_t,
                                  pointer(), pointer()],
            "kitle_rules_free": [handle],
            "kitle_rules_segments": [handle],
            "kitle_rules_segment_name": [handle, ctypes.c_size_t],
            "kitle_store_profiles": [handle], "kitle_store_bytes": [handle],
            "kitle_store_key": [handle, ctypes.c_uint32, ctypes.c_char_p,
                                pointer(ctypes.c_size_t), pointer()],
            "kitle_engine_create": [handle, ctypes.c_char_p, pointer(),
                                    pointer()],
            "kitle_engine_free": [handle],
            "kitle_run": [handle, handle, ctypes.c_int64, ctypes.c_int,
                          ctypes.c_uint, pointer(), pointer()],
            "kitle_refresh": [handle, handle, ctypes.c_int64, handle,
                              ctypes.c_int, ctypes.c_uint, pointer(),
                              pointer()],
            "kitle_result_evaluated": [handle],
            "kitle_result_seconds": [handle], "kitle_result_tier": [handle],
            "kitle_result_taken_over": [handle],
            "kitle_result_undecided": [handle, ctypes.c_size_t],
            "kitle_result_size": [handle, ctypes.c_size_t],
            "kitle_result_members": [handle, ctypes.c_size_t, handle, number],
            "kitle_result_free": [handle], "kitle_store_free": [handle],
            "kitle_query_prepare": [handle, handle, ctypes.c_int64, pointer(),
                                    pointer()],
            "kitle_query_free": [handle],
        }
        for name, kinds in takes.items():
            getattr(self.lib, name).argtypes = kinds
        self.probe.probe_bandwidth.restype = ctypes.c_double
        self.probe.probe_latency.argtypes = [handle, ctypes.c_uint32, handle]
        self.probe.probe_bytes.restype = number
        self.probe.probe_bytes.argtypes = [ctypes.c_char_p, ctypes.c_char_p,
                                           ctypes.c_int64]

    def made(self, function, *arguments):
        """The handle that `function` makes."""
        made, error = ctypes.c_void_p(), ctypes.c_void_p()
        code = function(*arguments, ctypes.byref(made), ctypes.byref(error))
        if code != 0:
            text = self.lib.kitle_error_message(error).decode()
            raise RuntimeError(f"{function.__name__}: {text}")
        return made

    def names(self):
        return [self.lib.kitle_rules_segment_name(self.rules, i).decode()
                for i in range(self.lib.kitle_rules_segments(self.rules))]

    def with_rules(self, texts):
        """The same store with other rules, {path: text}; the caller frees
        `rules` of it. The keys, which take a second, are found once for all.
        """
        assert len(self.keys) == self.profiles
        other = copy.copy(self)
        strings = [(ctypes.c_char_p * len(texts))(
            *(text.encode() for text in part))
            for part in (texts, texts.values())]
        other.rules = self.made(self.lib.kitle_rules_parse, *strings,
                                len(texts))
        other.segments = other.names()
        return other

    def version(self):
        return self.lib.kitle_version().decode()

    def engine(self, cache):
        return self.made(self.lib.kitle_engine_create, self.rules,
                         str(cache).encode())

    def run(self, engine, now, tier, threads):
        return self.made(self.lib.kitle_run, engine, self.store, now,
                         TIERS[tier], threads)

    def refresh(self, engine, now, before, tier, threads):
        """The same as run(), from an earlier result."""
        return self.made(self.lib.kitle_refresh, engine, self.store, now,
                         before, TIERS[tier], threads)

    def sizes(self, result):
        return [self.lib.kitle_result_size(result, i)
                for i in range(len(self.segments))]

    def members(self, result):
        """{segment: sorted customer numbers}."""
        found = {}
        for i, name in enumerate(self.segments):
            if self.lib.kitle_result_undecided(result, i):
                raise RuntimeError(f"{name} is undecided")
            size = self.lib.kitle_result_size(result, i)
            ordinals = np.empty(size, np.uint32)
            self.lib.kitle_result_members(result, i, ordinals.ctypes.data, size)
            found[name] = np.sort(self.keys[ordinals])
        return found

    @functools.cached_property
    def keys(self):
        """By ordinal, the customer's number that is its key."""
        numbers = np.empty(self.profiles, np.int64)
        text = ctypes.create_string_buffer(64)
        for ordinal in range(self.profiles):
            room = ctypes.c_size_t(len(text))
            if self.lib.kitle_store_key(self.store, ordinal, text,
                                        ctypes.byref(room), None) != 0:
                raise RuntimeError(f"no key of {ordinal}")
            numbers[ordinal] = int(text.value)
        return numbers

    def latency(self, engine, now):
        """Nanoseconds: (hot, random, 99th percentile of random, clock)."""
        query = self.made(self.lib.kitle_query_prepare, engine, self.store, now)
        times = np.empty(4)
        code = self.probe.probe_latency(query, self.profiles, times.ctypes.data)
        self.lib.kitle_query_free(query)
        if code != 0:
            raise RuntimeError(f"kitle_query_evaluate: {code}")
        return times

    def bandwidth(self, threads):
        """Bytes a second that this machine reads."""
        found = self.probe.probe_bandwidth(threads)
        if found == 0:
            raise RuntimeError("the bandwidth could not be measured")
        return found

    def bytes_read(self, now):
        found = self.probe.probe_bytes(self.rules_folder.encode(),
                                       self.store_folder.encode(), now)
        if found == 0:
            raise RuntimeError("the bytes read could not be found out")
        return found


def command(build):
    return pathlib.Path(build) / "bin" / "kitle"
