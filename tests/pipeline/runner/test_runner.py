"""What callers of the policy runner can rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from governance.core.outcomes import Outcome
from governance.core.verdicts import Verdict
from governance.pipeline.runner import Job, PolicyRunner
from tests.pipeline.runner.cast import (
    AS_OF,
    alive,
    bad,
    children,
    fault_of,
    gone,
    good,
    good_verdict,
    job,
    members,
    write,
)

ROOT = Path(__file__).resolve().parents[3]
Make = Callable[..., PolicyRunner]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes runners over the good neighbor and the given bad ones; closes them."""
    made: list[PolicyRunner] = []

    def make(limits: dict[str, float] | None = None, **bodies: str) -> PolicyRunner:
        folder = write(tmp_path / "plugins", bodies)
        runner = PolicyRunner(**{"seconds": 2.0, "plugin_paths": [folder], **(limits or {})})  # type: ignore[arg-type]
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


def evidence(verdict: Verdict) -> dict[str, object]:
    assert verdict.outcome is Outcome.PASS, verdict
    return dict(verdict.findings[0].evidence)


def test_nothing_to_judge_starts_nothing(make: Make) -> None:
    before = children()
    assert make().evaluate([]) == []
    assert children() == before


def test_many_jobs_keep_their_order_over_several_batches(make: Make) -> None:
    verdicts = make().evaluate([good(number) for number in range(1_203)])
    assert verdicts == [good_verdict(number) for number in range(1_203)]


def test_one_child_serves_call_after_call(make: Make) -> None:
    runner, before = make(), children()
    runner.evaluate([good(1)])
    started = children() - before
    runner.evaluate([good(2)])
    assert len(started) == 1
    assert children() - before == started


def test_a_policy_sees_only_the_facets_that_it_reads(make: Make) -> None:
    runner = make(
        peeks="return passes(evidence={'facets': sorted(facts._facets), 'as_of': facts.as_of.isoformat()})"
    )
    facets = {"deployment": '{"environment":"test"}', "usage": "{}"}
    (verdict,) = runner.evaluate([job(bad("peeks"), facets)])
    assert evidence(verdict) == {"facets": ["deployment"], "as_of": AS_OF}


def test_a_policy_that_is_not_installed_is_an_error(make: Make) -> None:
    missing, neighbor = make().evaluate([job("license.nowhere"), good(1)])
    assert fault_of(missing) == "not_installed"
    assert missing.findings[0].reason == "The policy license.nowhere is not installed."
    assert neighbor == good_verdict(1)


def test_parameters_that_do_not_fit_are_an_error_that_names_the_field(make: Make) -> None:
    runner = make(fine="return passes()")
    wrong, unknown, odd, neighbor = runner.evaluate(
        [job(bad("fine"), share="much"), job(bad("fine"), shares=0.5), job(bad("fine"), share={1}), good(1)]
    )
    assert [fault_of(verdict) for verdict in (wrong, unknown, odd)] == ["params"] * 3
    assert set(wrong.findings[0].evidence["fields"]) == {"share"}
    assert "share: " in wrong.findings[0].reason
    assert set(unknown.findings[0].evidence["fields"]) == {"shares"}
    assert "not JSON" in odd.findings[0].reason
    assert neighbor == good_verdict(1)


@pytest.mark.parametrize(
    ("facets", "as_of"),
    [
        ({"deployment": "{"}, AS_OF),
        ({"deployment": '{"environment":"test","color":"red"}'}, AS_OF),
        ({"deployment": '{"environment":"\ud800"}'}, AS_OF),
        ({"deployment": '{"environment":"test"}'}, "2026-11-01T00:00:00"),
        ({"deployment": '{"environment":"test"}'}, "today"),
    ],
)
def test_facts_that_cannot_be_read_are_an_error(make: Make, facets: dict[str, str], as_of: str) -> None:
    unread, neighbor = make().evaluate([Job("good.neighbor", {}, as_of, facets), good(1)])
    assert fault_of(unread) == "facts"
    assert neighbor == good_verdict(1)


def test_an_installed_plugin_that_is_broken_is_named(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    info = site / "odd-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "odd_plugin.py").write_text("raise ImportError('no libodd here')")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[modelsteward.plugins]\nodd.rule = odd_plugin\n")
    monkeypatch.setenv("PYTHONPATH", str(site))

    broken, other, neighbor = make().evaluate([job("odd.rule"), job("odd.other"), good(1)])

    assert fault_of(broken) == "not_installed"
    assert "is broken: ImportError: no libodd here" in broken.findings[0].reason
    assert "no libodd here" in other.findings[0].evidence["broken"]["odd.rule"]
    assert neighbor == good_verdict(1)


@pytest.mark.parametrize("body", ["print('x' * 10**6)", "print('x' * 10**6, file=sys.stderr)"])
def test_printing_a_megabyte_disturbs_nothing(make: Make, body: str) -> None:
    writes = f"{body}\nos.write(1, b'y' * 10**6); os.write(2, b'y' * 10**6)\nreturn passes()"
    before, chatty, after = make(chatty=writes).evaluate([good(1), job(bad("chatty")), good(2)])
    assert evidence(chatty) == {}
    assert [before, after] == [good_verdict(1), good_verdict(2)]


def test_the_last_words_of_a_crashed_child_are_kept_as_evidence(make: Make) -> None:
    runner = make(dies="print('z' * 10**6 + 'the disk is gone', file=sys.stderr, flush=True); os._exit(3)")
    (verdict,) = runner.evaluate([job(bad("dies"))])
    output = verdict.findings[0].evidence["output"]
    assert output.endswith("the disk is gone")
    assert len(output) <= 2_000


def test_a_crash_says_where_it_was(make: Make) -> None:
    (verdict,) = make(dies="ctypes.string_at(0)").evaluate([job(bad("dies"))])
    assert "bad_dies.py" in verdict.findings[0].evidence["output"]


def test_an_exception_says_where_it_was_raised(make: Make) -> None:
    (verdict,) = make(raises="raise ValueError('no')").evaluate([job(bad("raises"))])
    assert str(verdict.findings[0].evidence["where"]).startswith("bad_raises.py:")


def test_none_is_blamed_for_the_memory_that_another_keeps(make: Make) -> None:
    runner = make(
        {"memory_bytes": 256 << 20},
        hoards="gc.hoard = bytearray(120 << 20)\nreturn passes()",
        hungry="bytearray(80 << 20)\nreturn passes()",
    )
    hoards, hungry, neighbor = runner.evaluate([job(bad("hoards")), job(bad("hungry")), good(1)])
    assert [hoards.outcome, hungry.outcome] == [Outcome.PASS, Outcome.PASS]
    assert neighbor == good_verdict(1)


def test_none_is_blamed_for_the_bomb_that_another_left(make: Make) -> None:
    runner = make(
        plants="re.compile = None\nreturn passes()",
        suffers="re.compile('a') if re.compile else os._exit(1)\nreturn passes()",
    )
    plants, suffers, neighbor = runner.evaluate([job(bad("plants")), job(bad("suffers")), good(1)])
    assert [plants.outcome, suffers.outcome] == [Outcome.PASS, Outcome.PASS]
    assert neighbor == good_verdict(1)


def test_none_is_blamed_for_the_alarm_that_another_set(make: Make) -> None:
    runner = make(
        sets="signal.setitimer(signal.ITIMER_REAL, 0.2)\nreturn passes()",
        waits="time.sleep(0.5)\nreturn passes()",
    )
    sets, waits, neighbor = runner.evaluate([job(bad("sets")), job(bad("waits")), good(1)])
    assert [sets.outcome, waits.outcome] == [Outcome.PASS, Outcome.PASS]
    assert neighbor == good_verdict(1)


def test_a_policy_that_always_loops_does_not_hold_the_worker(make: Make) -> None:
    runner = make({"seconds": 0.3}, loops="while True: pass")
    jobs = [job(bad("loops")), good(1)] * 20

    verdicts = runner.evaluate(jobs)

    assert {fault_of(verdict) for verdict in verdicts[::2]} == {"timeout"}
    assert verdicts[1::2] == [good_verdict(1)] * 20
    not_asked = [verdict for verdict in verdicts[::2] if verdict.findings[0].evidence.get("not_asked")]
    assert len(not_asked) == 17
    assert not_asked[0].findings[0].reason == (
        "The policy bad.loops was not asked again after it cost 3 processes in a row."
    )


def test_processor_time_is_limited_for_each_evaluation_anew(make: Make) -> None:
    busy = "end = time.process_time() + params.share\nwhile time.process_time() < end: pass\nreturn passes()"
    runner = make({"seconds": 20.0, "cpu_seconds": 1.0}, busy=busy)
    verdicts = runner.evaluate([*[job(bad("busy"), share=0.5)] * 5, job(bad("busy"), share=15), good(1)])
    assert [evidence(verdict) for verdict in verdicts[:5]] == [{}] * 5
    assert fault_of(verdicts[5]) == "timeout"
    assert verdicts[5].findings[0].reason == "The policy bad.busy used more processor time than it may."
    assert verdicts[6] == good_verdict(1)


def test_facts_larger_than_a_frame_are_cut_into_several(make: Make) -> None:
    runner = make(counts="return passes(evidence={'size': len(facts.deployment.published_name)})")
    sizes = [3 << 20, 9 << 20, 10, 5 << 20]
    bodies = [f'{{"environment":"test","published_name":"{"x" * size}"}}' for size in sizes]
    verdicts = runner.evaluate([job(bad("counts"), {"deployment": body}) for body in bodies])
    assert [evidence(verdict)["size"] for verdict in verdicts] == sizes


def test_facts_that_do_not_fit_into_memory_are_an_error(make: Make) -> None:
    runner = make({"memory_bytes": 200 << 20})
    huge = f'{{"environment":"test","published_name":"{"x" * (60 << 20)}"}}'
    verdict, neighbor = runner.evaluate([job("good.neighbor", {"deployment": huge}), good(1)])
    assert fault_of(verdict) in ("memory", "crash")
    assert neighbor == good_verdict(1)


def test_a_policy_that_crashes_now_and_then_is_asked_each_time(make: Make) -> None:
    runner = make(picky="os._exit(1) if params.share else None\nreturn passes()")
    crashes, works = job(bad("picky"), share=1), job(bad("picky"), share=0)
    verdicts = runner.evaluate([crashes, works] * 4)
    assert [fault_of(verdict) for verdict in verdicts[::2]] == ["crash"] * 4
    assert [evidence(verdict) for verdict in verdicts[1::2]] == [{}] * 4


def test_the_environment_of_policies_holds_no_secret(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:secret@host/db")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    (verdict,) = make(shows="return passes(evidence=dict(os.environ))").evaluate([job(bad("shows"))])
    seen = evidence(verdict)
    assert "secret" not in str(seen)
    assert {"PYTHONPATH", "PYTHONHASHSEED", "PYTHONUTF8", "TZ"} >= set(seen) - {"LC_CTYPE"}


def test_policies_run_under_limits_in_a_session_of_their_own(make: Make) -> None:
    runner = make(
        {"memory_bytes": 300 << 20},
        shows=(
            "import resource as r\n"
            "names = ('AS', 'FSIZE', 'CORE', 'NPROC')\n"
            "limits = {n: list(r.getrlimit(getattr(r, 'RLIMIT_' + n))) for n in names}\n"
            "limits |= {'cpu': r.getrlimit(r.RLIMIT_CPU)[0], 'leads': os.getsid(0) == os.getpid()}\n"
            "return passes(evidence=limits)"
        ),
    )
    (verdict,) = runner.evaluate([job(bad("shows"))])
    seen = evidence(verdict)
    assert seen["AS"] == [300 << 20] * 2
    assert [seen["FSIZE"], seen["CORE"], seen["NPROC"]] == [[0, 0]] * 3
    assert 3 <= int(str(seen["cpu"])) <= 6
    assert seen["leads"] is True


def test_neither_django_nor_celery_is_loaded_with_policies(make: Make) -> None:
    (verdict,) = make(shows="return passes(evidence=dict.fromkeys(sys.modules))").evaluate(
        [job(bad("shows"))]
    )
    assert not {"django", "celery", "huggingface_hub"} & set(evidence(verdict))


def test_shipped_plugins_that_cannot_be_used_give_errors_that_say_why(tmp_path: Path) -> None:
    folder = write(tmp_path, {})
    (folder / "policies" / "typo.py").write_text("clas Typo: pass")
    with PolicyRunner(plugin_paths=[folder]) as runner:
        first, second = runner.evaluate([good(1), job("license.known")])
    assert [fault_of(first), fault_of(second)] == ["runner", "runner"]
    assert "policies/typo cannot be used" in first.findings[0].reason


def test_plugins_that_hang_or_exit_while_loading_give_errors(tmp_path: Path) -> None:
    for number, (source, said, patience) in enumerate(
        [
            ("while True: pass", "did not answer within 1 seconds", 1),
            ("import os; os._exit(4)", "status 4", 30),
        ]
    ):
        folder = write(tmp_path / str(number), {})
        (folder / "policies" / "rude.py").write_text(source)
        with PolicyRunner(plugin_paths=[folder], start_seconds=patience, start_attempts=2) as runner:
            (verdict,) = runner.evaluate([good(1)])
        assert fault_of(verdict) == "runner"
        assert said in verdict.findings[0].reason


def test_a_runner_that_failed_to_start_tries_again_when_next_asked(tmp_path: Path) -> None:
    folder = write(tmp_path, {})
    typo = folder / "policies" / "typo.py"
    typo.write_text("clas Typo: pass")
    with PolicyRunner(plugin_paths=[folder]) as runner:
        assert fault_of(runner.evaluate([good(1)])[0]) == "runner"
        typo.unlink()
        assert runner.evaluate([good(1)]) == [good_verdict(1)]


def test_a_child_that_was_killed_between_two_calls_is_replaced_unnoticed(make: Make) -> None:
    runner, before = make(), children()
    runner.evaluate([good(1)])
    (pid,) = children() - before
    os.kill(pid, 9)
    assert gone([pid])
    assert runner.evaluate([good(2)]) == [good_verdict(2)]


def test_threads_share_a_runner_without_mixing_up_answers(make: Make) -> None:
    runner = make()
    with ThreadPoolExecutor(4) as pool:
        asked = [[good(10 * call + number) for number in range(10)] for call in range(20)]
        answered = list(pool.map(runner.evaluate, asked))
    assert answered == [[good_verdict(10 * call + number) for number in range(10)] for call in range(20)]


def test_a_forked_process_gets_a_child_of_its_own(make: Make) -> None:
    runner, before = make(), children()
    runner.evaluate([good(1)])
    (ours,) = children() - before

    forked = os.fork()
    if forked == 0:
        right = runner.evaluate([good(7)]) == [good_verdict(7)] and ours not in children()
        runner.close()
        os._exit(0 if right else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert alive([ours]) == [ours]
    assert runner.evaluate([good(2)]) == [good_verdict(2)]
    assert children() - before == {ours}


def test_closing_ends_the_child_and_asking_again_starts_another(make: Make) -> None:
    runner, before = make(), children()
    runner.evaluate([good(1)])
    started = children() - before
    runner.close()
    runner.close()
    assert gone(list(started))
    assert runner.evaluate([good(2)]) == [good_verdict(2)]


def test_nothing_is_left_of_a_policy_that_forks_in_c_and_hangs(make: Make) -> None:
    runner, before = make({"seconds": 0.5}, forks="ctypes.CDLL(None).fork()\ntime.sleep(600)"), children()
    runner.evaluate([good(1)])
    (session,) = children() - before
    (verdict,) = runner.evaluate([job(bad("forks"))])
    assert fault_of(verdict) == "timeout"
    assert gone(list(members(session)))


@pytest.mark.parametrize("ending", ["pass", "os.kill(os.getpid(), 9)"])
def test_the_child_ends_with_its_parent_wherever_that_was_started(tmp_path: Path, ending: str) -> None:
    folder = write(tmp_path / "plugins", {})
    script = (
        "import os, sys; from pathlib import Path\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.pipeline.runner.cast import children, good\n"
        "from governance.pipeline.runner import PolicyRunner\n"
        f"runner = PolicyRunner(plugin_paths=[Path({str(folder)!r})])\n"
        "print(runner.evaluate([good(1)])[0].outcome, *children(), flush=True)\n"
        f"{ending}\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    outcome, pid = ran.stdout.split()
    assert outcome == "duty", ran.stderr
    assert gone([int(pid)])
