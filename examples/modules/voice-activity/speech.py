"""Babble of our own, for the example: a voice of pulses and formants says syllables that mean nothing, between pauses and noises.

No recording and no other program's sound is in it. The same every time.
"""
from __future__ import annotations

import io
import wave

import numpy as np

RATE_HZ = 16_000
#: Frequencies of the first four formants of some vowels of an adult's voice, Hz: textbook averages.
VOWELS = {
    "a": (730, 1090, 2440, 3400),
    "e": (530, 1840, 2480, 3400),
    "i": (270, 2290, 3010, 3600),
    "o": (570, 840, 2410, 3300),
    "u": (300, 870, 2240, 3200),
}
BANDWIDTHS_HZ = (70, 90, 130, 200)
LEVELS = (1.0, 0.6, 0.3, 0.15)
#: A small consonant and a vowel each; a sentence rises and falls in pitch over its syllables.
SENTENCES = (("ma", "lo", "ne", "si"), ("ta", "ri", "no", "me", "la"), ("so", "mi", "ra"))
#: Seconds: silence before, between and after the sentences.
PAUSE_S = 1.2


def pulse_response(vowel: str, at_s: float, next_vowel: str | None) -> np.ndarray:
    """What one pulse of the voice sounds like: damped oscillations, on their way to the next vowel."""
    seconds = np.arange(int(0.03 * RATE_HZ)) / RATE_HZ
    total = np.zeros_like(seconds)
    target = VOWELS[next_vowel or vowel]
    for now, later, width, level in zip(VOWELS[vowel], target, BANDWIDTHS_HZ, LEVELS):
        frequency = now + (later - now) * max(0.0, at_s - 0.6) / 0.4 * 0.5
        total += level * np.exp(-np.pi * width * seconds) * np.sin(2 * np.pi * frequency * seconds)
    return total


def hiss(length_s: float, low_hz: float, high_hz: float, chance: np.random.Generator) -> np.ndarray:
    """Noise in a band, for s, t and breath."""
    noise = chance.standard_normal(int(length_s * RATE_HZ))
    spectrum = np.fft.rfft(noise)
    frequencies = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    spectrum[(frequencies < low_hz) | (frequencies > high_hz)] = 0
    shaped = np.fft.irfft(spectrum, len(noise))
    return shaped / np.abs(shaped).max() * np.hanning(len(noise))


def syllable(text: str, next_vowel: str | None, pitch_hz: float, chance: np.random.Generator) -> np.ndarray:
    consonant, vowel = text
    length_s = 0.2 + 0.04 * chance.random()
    samples = np.zeros(int((length_s + 0.04) * RATE_HZ))
    at_s = 0.0
    while at_s < length_s:
        share = at_s / length_s
        start = int(at_s * RATE_HZ)
        response = pulse_response(vowel, share, next_vowel)
        # m, n, l, r: the mouth opens during the first part.
        opening = min(1.0, 0.25 + share * 4) if consonant in "mnlr" else min(1.0, share * 6)
        level = opening * min(1.0, (1 - share) * 5 + 0.3) * (1 + 0.08 * chance.standard_normal())
        samples[start : start + len(response)] += level * response
        # A voice is never quite even.
        at_s += (1 + 0.012 * chance.standard_normal()) / (pitch_hz * (1 + 0.04 * np.sin(np.pi * share)))
    breath = 0.02 * chance.standard_normal(len(samples)) * np.abs(samples).max()
    samples += breath
    if consonant in "st":
        noise = hiss(0.09 if consonant == "s" else 0.025, 3500, 7500, chance) * 0.5
        samples = np.concatenate([noise, samples])
    return samples


def sentence(syllables: tuple[str, ...], chance: np.random.Generator) -> np.ndarray:
    parts = []
    for index, text in enumerate(syllables):
        share = index / max(1, len(syllables) - 1)
        pitch_hz = 125 + 25 * np.sin(np.pi * share) - 20 * share
        following = syllables[index + 1][1] if index + 1 < len(syllables) else None
        parts.append(syllable(text, following, pitch_hz, chance))
    spoken = np.concatenate(parts)
    return spoken / np.abs(spoken).max() * 0.5


def babble() -> np.ndarray:
    """Three sentences at 16 kHz between pauses; in the second pause a door-like thump, which is no voice. Values -1 to 1."""
    chance = np.random.default_rng(20261123)
    pause = np.zeros(int(PAUSE_S * RATE_HZ))
    parts = [pause]
    for index, syllables in enumerate(SENTENCES):
        parts += [sentence(syllables, chance), pause]
        if index == 1:
            seconds = np.arange(int(0.25 * RATE_HZ)) / RATE_HZ
            parts += [0.6 * np.exp(-18 * seconds) * np.sin(2 * np.pi * 60 * seconds), pause]
    sound = np.concatenate(parts)
    return np.clip(sound + 0.001 * chance.standard_normal(len(sound)), -1, 1)


def wav_bytes(sound: np.ndarray) -> bytes:
    """The sound as a WAV file: one channel, 16 bits."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return out.getvalue()
