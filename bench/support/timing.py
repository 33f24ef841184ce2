"""Seconds of a call, and of one side round by round."""

import resource
import statistics
import time


def timed(function, *arguments):
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def processor_seconds():
    """Of this process, its threads and the commands it waited for."""
    of = [resource.getrusage(who) for who in (resource.RUSAGE_SELF,
                                              resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in of)


class Times:
    """What one side took, round by round."""

    def __init__(self):
        self.rounds = []
        self.processor = []

    def add(self, function, *arguments):
        start = processor_seconds()
        seconds, result = timed(function, *arguments)
        self.processor.append(processor_seconds() - start)
        self.rounds.append(seconds)
        return result

    def seconds(self):
        return statistics.median(self.rounds)

    def __str__(self):
        return (f"{self.seconds() * 1e3:.1f} ms (processors "
                f"{statistics.median(self.processor) * 1e3:.1f} ms)")


def short(count):
    return f"{count / 1e6:g}M"
