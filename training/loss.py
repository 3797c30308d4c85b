"""What the training makes small."""
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


def loss_of(mask, noisy, clean):
    """Error of compressed magnitudes and of compressed complex values, and some of the plain error in dB: the sum, and the first two."""
    estimate = mask * noisy
    size, target = estimate.abs() + 1e-4, clean.abs() + 1e-4
    lack = target**COMPRESSION - size**COMPRESSION
    phase = (estimate * size ** (COMPRESSION - 1) - clean * target ** (COMPRESSION - 1)).abs() ** 2
    compressed = ((0.6 * lack**2 + 0.4 * phase + CUT * torch.relu(lack) ** 2) * IMPORTANCE).mean()
    error = (estimate - clean).abs().pow(2).sum((1, 2))
    power = clean.abs().pow(2).sum((1, 2)) + 1e-2
    return compressed + ERROR * (10 * torch.log10(error / power + 1e-2)).mean(), compressed
