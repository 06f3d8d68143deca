"""Talk time, overlap and interruptions of a two-channel call by webrtcvad alone.

What a short script can do in an afternoon, for `benches/core` to be held against:
no echo, no pace, no level, no baseline, no nudges.

    python benches/webrtcvad_reference.py tests/fixtures/sample-call.flac

Needs webrtcvad (or webrtcvad-wheels) and soundfile. Prints JSON; `seconds` is the
time on the processor for reading and analysing, without starting Python.
"""

import json
import sys
import time

import soundfile
import webrtcvad

FRAME_S = 0.01
MODE = 2  # of 0, the most lenient, to 3
BRIDGE = 25  # frames of silence that do not end a stretch of speech
INTERRUPTION = 60  # frames over the other's speech that count as one


def speech(samples, rate):
    """One truth value for each frame of 10 ms: does this side speak?"""
    vad = webrtcvad.Vad(MODE)
    size = int(rate * FRAME_S)
    data = samples.tobytes()
    step = 2 * size
    frames = (data[at : at + step] for at in range(0, len(data) - step + 1, step))
    return bridged([vad.is_speech(frame, rate) for frame in frames])


def bridged(frames):
    """The same with short gaps filled."""
    last = None
    for at, speaks in enumerate(frames):
        if speaks:
            if last is not None and at - last <= BRIDGE:
                frames[last + 1 : at] = [True] * (at - last - 1)
            last = at
    return frames


def interruptions(agent, customer):
    """Starts of the agent over the customer that go on for long enough."""
    count, together, counted = 0, 0, True
    for at in range(1, min(len(agent), len(customer))):
        if agent[at] and not agent[at - 1]:
            together, counted = 0, not customer[at - 1]
        together += agent[at] and customer[at]
        if not counted and INTERRUPTION <= together:
            count, counted = count + 1, True
    return count


def main(path):
    began = time.process_time()
    sound, rate = soundfile.read(path, dtype="int16", always_2d=True)
    agent, customer = (speech(sound[:, side].copy(), rate) for side in (0, 1))
    result = {
        "agent_s": sum(agent) * FRAME_S,
        "customer_s": sum(customer) * FRAME_S,
        "overlap_s": sum(map(bool.__and__, agent, customer)) * FRAME_S,
        "interruptions": interruptions(agent, customer),
    }
    result["seconds"] = time.process_time() - began
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
