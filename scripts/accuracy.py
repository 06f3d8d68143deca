"""Holds the analysis of recorded calls against what is known of them. See `./scripts/accuracy --help`."""
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

BRIDGE = 0.25  # pauses up to this belong to the speech around them, s
GUARD = 0.05  # around a true boundary nothing is judged, s
SAME_ONSET = 0.8  # two onsets this near are of the same interruption, s
RAISED = 6.0  # a turn raised by this counts as raised, dB
CALM = 2.0  # and one raised by no more than this as not, dB
PACE_WINDOW = 10.0  # own speech behind a reading of the pace, s


def bridged(spans):
    out = []
    for start, end in sorted(map(tuple, spans)):
        if out and start - out[-1][1] <= BRIDGE:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([start, end])
    return out


def frames(spans, n):
    out = bytearray(n)
    for start, end in spans:
        a, b = max(0, round(start * 100)), min(n, round(end * 100))
        out[a:b] = b"\1" * max(0, b - a)
    return out


def speech(truth, found, tally):
    n = round(found["duration_s"] * 100)
    for side in ("agent", "customer"):
        true = bridged(truth["activity"][side])
        known, heard = frames(true, n), frames(bridged(found["spurts"][side]), n)
        guard = frames([(t - GUARD, t + GUARD) for span in true for t in span], n)
        for k in range(n):
            if not guard[k]:
                tally[f"{side}_speech" if known[k] else f"{side}_quiet"] += 1
                if known[k] != heard[k]:
                    tally[f"{side}_missed" if known[k] else f"{side}_false"] += 1


def interruptions(truth, found, tally, delays):
    true = truth.get("interruptions", [])
    real = [e for e in found["overlaps"] if e["class"] in ("cut_off", "talk_over") and e.get("reliable", True)]
    used = set()
    for event in real:
        near = [
            k for k, e in enumerate(true)
            if k not in used and e["by"] == event["by"] and abs(e["start"] - event["at_s"]) <= SAME_ONSET
        ]
        hit = next((k for k in near if true[k]["cls"] == "interruption"), None)
        if hit is not None:
            used.add(hit)
            tally["int_hit"] += 1
            if event.get("decided_s") is not None:
                delays.append(event["decided_s"] - true[hit]["start"])
        elif not any(true[k]["cls"] == "ambiguous" for k in near):
            tally["int_false"] += 1
    tally["int_true"] += sum(e["cls"] == "interruption" for e in true)


def pace(truth, found, errors):
    """Readings against the true syllables of the last 10 s of the agent's own speech."""
    words = [w for s in truth.get("segments", []) if s["speaker"] == "agent" for w in s.get("words", [])]
    words = [w for w in words if w.get("syl")]
    own = bridged(truth["activity"]["agent"])
    for at, value in found["series"]["pace"]:
        start = back(own, at)
        if value is not None and start is not None and words:
            syllables = sum(w["syl"] * overlap(w, start, at) / max(w["e"] - w["s"], 0.01) for w in words)
            if 0 < syllables:
                errors.append(abs(value * PACE_WINDOW / syllables - 1.0))


def overlap(word, start, end):
    return max(0.0, min(word["e"], end) - max(word["s"], start))


def back(own, at):
    """Where the last 10 s of own speech before `at` begin; nothing while there are fewer."""
    left = PACE_WINDOW
    for start, end in reversed([s for s in own if s[0] < at]):
        length = min(end, at) - start
        if left <= length:
            return min(end, at) - left
        left -= length
    return None


def raised(truth, found, tally):
    turns = [s for s in truth.get("segments", []) if s["speaker"] == "agent" and s.get("raised_db") is not None]
    episodes = [(e["start_s"], e["end_s"]) for e in found["raised_voice"]]
    touches = lambda turn, e: e[0] < turn["end"] + 1.0 and turn["start"] < e[1]
    loud = [t for t in turns if RAISED <= t["raised_db"]]
    fair = [t for t in turns if CALM < t["raised_db"]]
    tally["raised_true"] += len(loud)
    tally["raised_found"] += sum(any(touches(t, e) for e in episodes) for t in loud)
    tally["raised_episodes"] += len(episodes)
    tally["raised_false"] += sum(not any(touches(t, e) for t in fair) for e in episodes)


def share(part, whole):
    return None if whole == 0 else part / whole


def figures(tally, delays, errors):
    out = {}
    for side in ("agent", "customer"):
        missed = share(tally[f"{side}_missed"], tally[f"{side}_speech"])
        false = share(tally[f"{side}_false"], tally[f"{side}_quiet"])
        out[f"{side}_speech_missed"], out[f"{side}_speech_false"] = missed, false
    said = tally["int_hit"] + tally["int_false"]
    out["interruption_precision"] = share(tally["int_hit"], said)
    out["interruption_recall"] = share(tally["int_hit"], tally["int_true"])
    out["interruption_delay_s"] = sorted(delays)[len(delays) // 2] if delays else None
    out["pace_error"] = share(sum(errors), len(errors))
    out["raised_recall"] = share(tally["raised_found"], tally["raised_true"])
    precision = share(tally["raised_episodes"] - tally["raised_false"], tally["raised_episodes"])
    out["raised_precision"] = precision
    return out


def analyse(program, call):
    done = subprocess.run([program, "analyze", call, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"error: {call}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text:60}\r", end="", file=sys.stderr, flush=True)


def main(program, folder, *options):
    calls = sorted(c for c in Path(folder).glob("*") if c.suffix in (".flac", ".wav"))
    calls = [c for c in calls if c.with_suffix(".json").exists()]
    if not calls:
        sys.exit(f"error: {folder}: no call with its truth\n  -> expected NAME.flac with NAME.json beside it")
    groups = defaultdict(lambda: (defaultdict(int), [], []))
    for number, call in enumerate(calls, 1):
        progress(f"{number}/{len(calls)} {call.stem}")
        truth, found = json.loads(call.with_suffix(".json").read_text()), analyse(program, call)
        for group in {truth.get("group", "all"), "all"}:
            tally, delays, errors = groups[group]
            speech(truth, found, tally)
            interruptions(truth, found, tally, delays)
            pace(truth, found, errors)
            raised(truth, found, tally)
    progress("")
    result = {group: figures(*groups[group]) for group in sorted(groups, key=lambda g: (g == "all", g))}
    if "--json" in options:
        print(json.dumps(result))
    else:
        show(result)


def show(result):
    width = max(len(name) for name in next(iter(result.values())))
    print(" " * width, *(f"{group:>10}" for group in result))
    for name in next(iter(result.values())):
        cells = ("-" if result[g][name] is None else f"{result[g][name]:.3f}" for g in result)
        print(f"{name:{width}}", *(f"{cell:>10}" for cell in cells))


main(*sys.argv[1:])
