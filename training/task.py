"""What the two tasks differ in. The option --task of the command line says which it is, before anything is laid out by it."""
import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """window, hop: in samples. tail: what the engine resynthesizes of the window, in samples. linear, geometric: bands (see
    model.band_matrix). levels: of the voice over the rest, in dB. doubled: share of the mixtures with two noises at once. voiceless,
    noiseless: shares of the mixtures without the one or the other. softness: factor on the log odds of the trained mask, as the one with the
    least error is harder than the one that keeps words and songs whole."""

    window: int
    hop: int
    tail: int
    linear: int
    geometric: int
    levels: tuple
    doubled: float
    voiceless: float
    noiseless: float
    softness: float


TASKS = {
    # The frames of the modes balanced and quality.
    'denoise': Task(1024, 256, 512, 36, 44, (-8, 20), 0.45, 0.03, 0.03, 0.65),
    'karaoke': Task(2048, 512, 1664, 72, 56, (-9, 9), 0.25, 0.08, 0.02, 0.5),
}
arguments = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
arguments.add_argument('--task', choices=TASKS, default='denoise')
NAME = arguments.parse_known_args()[0].task
TASK = TASKS[NAME]
