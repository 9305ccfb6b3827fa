/** The sounds that a page makes by itself (`SOUNDS` in `cuelight/widgets/fields.py`), and files that were uploaded. */

interface Note {
  /** Hertz, from and to. */
  from: number;
  to?: number;
  /** Seconds. */
  at: number;
  lasts: number;
  wave?: OscillatorType;
  loud?: number;
}

const SCORES: Readonly<Record<string, readonly Note[]>> = {
  chime: [
    { from: 1046.5, at: 0, lasts: 1.1 },
    { from: 1318.5, at: 0.12, lasts: 1.2 },
    { from: 2093, at: 0.12, lasts: 0.9, loud: 0.25 },
  ],
  pop: [{ from: 320, to: 880, at: 0, lasts: 0.09, loud: 1 }],
  coins: [
    { from: 1975.5, at: 0, lasts: 0.12, wave: "square", loud: 0.25 },
    { from: 2637, at: 0.09, lasts: 0.5, wave: "square", loud: 0.25 },
    { from: 2637, at: 0.27, lasts: 0.4, wave: "triangle", loud: 0.2 },
  ],
  fanfare: [
    { from: 392, at: 0, lasts: 0.16, wave: "sawtooth", loud: 0.3 },
    { from: 523.3, at: 0.15, lasts: 0.16, wave: "sawtooth", loud: 0.3 },
    { from: 659.3, at: 0.3, lasts: 0.16, wave: "sawtooth", loud: 0.3 },
    { from: 784, at: 0.45, lasts: 0.7, wave: "sawtooth", loud: 0.32 },
    { from: 523.3, at: 0.45, lasts: 0.7, wave: "triangle", loud: 0.3 },
  ],
  whoosh: [
    { from: 160, to: 1400, at: 0, lasts: 0.35, wave: "triangle", loud: 0.5 },
    { from: 2400, to: 500, at: 0.06, lasts: 0.4, wave: "sine", loud: 0.18 },
  ],
};

let context: AudioContext | undefined;

/**
 * Plays a sound setting's value, `loud` from 0 to 1. Rejects when the browser does not let it or the file is gone;
 * resolves with what stops it.
 */
export async function playSound(sound: string, loud = 0.7): Promise<() => void> {
  if (sound.startsWith("/widget-files/")) {
    const audio = new Audio(sound);
    audio.volume = loud;
    await audio.play();
    return () => audio.pause();
  }
  const score = SCORES[sound];
  if (!score) return () => {};
  context ??= new AudioContext();
  await context.resume();
  const out = context.createGain();
  out.gain.value = loud;
  out.connect(context.destination);
  score.forEach((note) => strike(context!, out, note));
  const over = Math.max(...score.map(({ at, lasts }) => at + lasts));
  const timer = setTimeout(() => out.disconnect(), over * 1000 + 100);
  return () => {
    clearTimeout(timer);
    out.disconnect();
  };
}

function strike(context: AudioContext, out: AudioNode, note: Note): void {
  const start = context.currentTime + note.at;
  const tone = context.createOscillator();
  const swell = context.createGain();
  tone.type = note.wave ?? "sine";
  tone.frequency.setValueAtTime(note.from, start);
  if (note.to) tone.frequency.exponentialRampToValueAtTime(note.to, start + note.lasts);
  swell.gain.setValueAtTime(0.0001, start);
  swell.gain.exponentialRampToValueAtTime(note.loud ?? 0.5, start + 0.012);
  swell.gain.exponentialRampToValueAtTime(0.0001, start + note.lasts);
  tone.connect(swell).connect(out);
  tone.start(start);
  tone.stop(start + note.lasts + 0.02);
}
