"""What the training makes small, in the bands of the model."""
import torch

from model import BINS, RATE, WINDOW

COMPRESSION = 0.4
# Ears, and measures of intelligibility, hear in bands that widen with frequency: a bin counts as 1 / (f + 500 Hz).
_importance = 1 / (torch.arange(BINS) * RATE / WINDOW + 500)
_importance[0] = 0
IMPORTANCE = _importance / _importance.mean()
# A voice that is cut is worse than a noise that is left.
CUT = 0.5
ERROR = 0.02


def loss_of(mask, mixed, importance, bins):
    """Error of compressed magnitudes and of compressed complex values, and the plain error in dB. To be made small: the first, and ERROR of
    the second. unfolded/masks.h does the same.

    mask, and mixed = (power, voice power, Re(mixture conj(voice))) of mixtures: frames x batch x bands, each band for all of its bins.
    importance: what a band counts of IMPORTANCE; bins: how many bins it stands for."""
    power, voice_power, shared = mixed
    heard, target = power.sqrt(), voice_power.sqrt() + 1e-4
    size = mask * heard + 1e-4
    lack = target**COMPRESSION - size**COMPRESSION
    cosine = (shared / (heard * target + 1e-9)).clamp(-1, 1)
    phase = size ** (2 * COMPRESSION) + target ** (2 * COMPRESSION) - 2 * (size * target) ** COMPRESSION * cosine
    compressed = ((0.6 * lack**2 + 0.4 * phase + CUT * torch.relu(lack) ** 2) * importance).sum(2).mean()
    error = ((mask**2 * power - 2 * mask * shared + voice_power) * bins).sum(2).clamp(min=0).sum(0)
    own = (voice_power * bins).sum((0, 2)) + 1e-2
    return compressed, (10 * torch.log10(error / own + 1e-2)).mean()
