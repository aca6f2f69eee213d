"""Whatever a policy does is its own error; its neighbors in the batch are judged as ever, in order."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from governance.pipeline.runner import PolicyRunner
from tests.pipeline.runner.cast import bad, fault_of, good, good_verdict, job, write

# name: (body of evaluate, fault, a part of the sentence)
CASES = {
    # It ends or leaves the process.
    "raises": ("raise RuntimeError('boom')", "raised", "raised RuntimeError: boom"),
    "raises_bare": ("raise KeyError", "raised", "raised KeyError."),
    "raises_novel": ("raise ValueError('x' * 10**6)", "raised", "ValueError: xxx"),
    "raises_lines": ("raise ValueError('a\\nb\\0c\\ud800')", "raised", "ValueError: a b c\\ud800"),
    "system_exit": ("sys.exit(0)", "raised", "SystemExit"),
    "interrupt": ("raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
    "base_exception": ("raise BaseException('odd')", "raised", "BaseException: odd"),
    "mute": (
        "class Mute(Exception):\n    def __str__(self): raise SystemExit\nraise Mute",
        "raised",
        "Mute: (its message could not be read)",
    ),
    "exit": ("os._exit(0)", "crash", "exited with status 0"),
    "exit_seven": ("os._exit(7)", "crash", "exited with status 7"),
    "segfault": ("ctypes.string_at(0)", "crash", "SIGSEGV"),
    "abort": ("os.abort()", "crash", "SIGABRT"),
    "raise_signal": ("signal.raise_signal(signal.SIGKILL)", "crash", "SIGKILL"),
    # It does not come back.
    "loops": ("while True: pass", "timeout", "did not answer within 2 seconds"),
    "sleeps": ("time.sleep(60)", "timeout", "did not answer"),
    "regex": ("re.match(r'(a+)+$', 'a' * 60 + 'b')", "timeout", "did not answer"),
    "deaf": (
        "for s in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT, signal.SIGXCPU):\n"
        "    signal.signal(s, signal.SIG_IGN)\n"
        "while True: pass",
        "timeout",
        "did not answer",
    ),
    "catches_all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "timeout",
        "did not answer",
    ),
    # It wants too much.
    "memory": ("a = []\nfor _ in range(256): a.append(bytearray(8 << 20))", "memory", "more memory"),
    "memory_at_once": ("bytearray(1 << 40)", "memory", "more memory"),
    "recursion": ("return self.evaluate(facts, params)", "raised", "RecursionError"),
    "recursion_limit": (
        "sys.setrecursionlimit(50)\nreturn passes()",
        "nonsense",
        "changed the recursion limit",
    ),
    # It answers nonsense.
    "none": ("return None", "nonsense", "returned NoneType instead of a Verdict"),
    "text": ("return 'pass'", "nonsense", "returned str instead of a Verdict"),
    "dict": ("return {'findings': []}", "nonsense", "returned dict"),
    "subclass": ("class Mine(Verdict): pass\nreturn Mine(())", "nonsense", "returned Mine"),
    "findings_none": ("return Verdict(None)", "nonsense", "findings of type NoneType"),
    "findings_of_text": ("return Verdict(('fine',))", "nonsense", "returned str as finding 1"),
    "many_findings": (
        "return Verdict(passes().findings * 1001)",
        "nonsense",
        "returned 1001 findings, more than 1000",
    ),
    "outcome_text": (
        "return Verdict((Finding('pass', 'Fine.'),))",
        "nonsense",
        "returned str as outcome of finding 1",
    ),
    "reason_number": ("return passes(7)", "nonsense", "returned int as reason of finding 1"),
    "reason_sly": ("return passes(Sly('Fine.'))", "nonsense", "returned Sly as reason"),
    "reason_empty": ("return passes(' ')", "nonsense", "gave no reason in finding 1"),
    "reason_long": ("return passes('x' * 2001)", "nonsense", "returned a reason of 2001 characters"),
    "reason_nul": ("return passes('a\\0b')", "nonsense", "a reason that is no text"),
    "reason_surrogate": ("return passes('\\ud800')", "nonsense", "a reason that is no text"),
    "section_none": ("return passes(section=None)", "nonsense", "returned NoneType as section"),
    "missing_text": ("return passes(missing='usage')", "nonsense", "returned str as missing facts"),
    "missing_numbers": ("return passes(missing=(1,))", "nonsense", "returned int as missing fact"),
    "evidence_list": ("return passes(evidence=[1])", "nonsense", "returned list as evidence"),
    "evidence_decimal": (
        "return passes(evidence={'limit': Decimal(1)})",
        "nonsense",
        "not JSON: Object of type Decimal",
    ),
    "evidence_nan": ("return passes(evidence={'share': float('nan')})", "nonsense", "not JSON"),
    "evidence_circle": ("e = {}; e['e'] = e\nreturn passes(evidence=e)", "nonsense", "not JSON"),
    "evidence_nul": ("return passes(evidence={'a': 'b\\0'})", "nonsense", "a NUL character"),
    "evidence_surrogate": ("return passes(evidence={'a': '\\udc00'})", "nonsense", "not JSON"),
    "evidence_large": ("return passes(evidence={'a': 'x' * 65536})", "nonsense", "bytes of evidence"),
    "verdict_large": (
        "return Verdict(passes(evidence={'a': 'x' * 60_000}).findings * 20)",
        "nonsense",
        "returned a verdict of",
    ),
    "until_naive": ("return passes(until=datetime(2030, 1, 1))", "nonsense", "a naive datetime"),
    "until_text": ("return passes(until='2030-01-01')", "nonsense", "returned str as holds_until"),
    "until_now": ("return passes(until=facts.as_of)", "nonsense", "not after the date it judged"),
    "until_past": ("return passes(until=facts.as_of - timedelta(1))", "nonsense", "not after the date"),
    # It changes what others rely on.
    "mutates": (
        "object.__setattr__(facts.deployment, 'environment', 'test')\nreturn passes()",
        "nonsense",
        "changed the facts that it was shown (deployment)",
    ),
    "mutates_dict": (
        "facts.deployment.__dict__['company'] = 'acme'\nreturn passes()",
        "nonsense",
        "changed the facts",
    ),
    "patches_json": (
        "json.dumps = json.loads = lambda *a, **k: 'x'\nreturn passes()",
        "nonsense",
        "changed the module json",
    ),
    "patches_builtins": (
        "import builtins; builtins.sorted = list\nreturn passes()",
        "nonsense",
        "changed the module builtins",
    ),
    "patches_len": ("import builtins; builtins.len = lambda x: 0\nreturn passes()", "crash", ""),
    "patches_verdict": ("Verdict.outcome = 'pass'\nreturn passes()", "nonsense", "changed the class Verdict"),
    "keeps_count": ("type(self).calls += 1\nreturn passes()", "nonsense", "changed the class Bad"),
    "keeps_global": ("globals()['seen'] = 1\nreturn passes()", "nonsense", "changed the module"),
    # It reaches beyond its facts.
    "reads_more": ("return passes(facts.usage)", "raised", "'usage' is not in `reads`"),
    "forks": ("os.fork()\nreturn passes()", "forbidden", "tried to start processes"),
    "forks_quietly": (
        "try: os.fork()\nexcept BaseException: pass\nreturn passes()",
        "forbidden",
        "tried to start processes",
    ),
    "forks_in_c": ("ctypes.CDLL(None).fork()\nreturn passes()", "forbidden", "tried to start processes"),
    "spawns": ("subprocess.run(['true'])\nreturn passes()", "forbidden", "tried to start processes"),
    "threads": (
        "threading.Thread(target=time.sleep, args=(60,)).start()\nreturn passes()",
        "forbidden",
        "tried to start threads",
    ),
    "kills_itself": ("os.kill(os.getpid(), signal.SIGKILL)", "forbidden", "tried to send signals"),
    "kills_parent": ("os.kill(os.getppid(), signal.SIGKILL)", "forbidden", "tried to send signals"),
    "connects": ("socket.create_connection(('127.0.0.1', 9))", "forbidden", "use the network"),
    "moves": ("os.chdir('/tmp')\nreturn passes()", "forbidden", "change its process"),
    "unlimits": (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nreturn passes()",
        "forbidden",
        "change its process",
    ),
    "writes": ("open('/tmp/left-by-a-policy', 'w')\nreturn passes()", "forbidden", "change files"),
    "closes_files": ("os.closerange(0, 1000)\nreturn passes()", "crash", ""),
    "forges": (
        'frame = b\'["0",{"findings":[],"holds_until":null},"",false]\'\n'
        "for fd in range(3, 1024):\n"
        "    try: os.write(fd, len(frame).to_bytes(4, 'big') + frame)\n"
        "    except OSError: pass\n"
        "return passes()",
        "crash",
        "disturbed the connection",
    ),
    "babbles": (
        "for fd in range(3, 1024):\n"
        "    try: os.write(fd, b'{' * 500)\n"
        "    except OSError: pass\n"
        "return passes()",
        "crash",
        "disturbed the connection",
    ),
}


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyRunner]:
    folder = write(tmp_path_factory.mktemp("plugins"), {name: case[0] for name, case in CASES.items()})
    with PolicyRunner(seconds=2.0, memory_bytes=256 << 20, plugin_paths=[folder]) as runner:
        yield runner


@pytest.mark.parametrize("name", CASES)
def test_is_an_error_and_leaves_its_neighbors_alone(runner: PolicyRunner, name: str) -> None:
    _, fault, sentence = CASES[name]
    started = time.monotonic()

    before, verdict, after, last = runner.evaluate([good(1), job(bad(name)), good(2), good(3)])

    assert fault_of(verdict) == fault, verdict.findings[0].reason
    assert sentence in verdict.findings[0].reason
    assert verdict.findings[0].evidence["policy"] == bad(name)
    assert len(verdict.findings[0].reason) < 1_000
    assert [before, after, last] == [good_verdict(1), good_verdict(2), good_verdict(3)]
    assert time.monotonic() - started < 10
