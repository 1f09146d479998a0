/** Golden angle: neighbours differ, however many classes there are. Degrees. */
const HUE_STEP = 137.508;
/** Blue first: red says that something is wrong. */
const FIRST_HUE = 210;

/** The colour of a class over a picture. It belongs to the data and is the same in each theme; it is never without the label. */
export function classColour(index: number): string {
  const hue = Math.round((FIRST_HUE + index * HUE_STEP) % 360);
  const lightness = [55, 42, 68][Math.floor(index / 8) % 3];
  return `hsl(${hue}, 85%, ${lightness}%)`;
}

/** The same as numbers, 0 to 255. */
export function classPixel(index: number): [number, number, number] {
  const [hue, saturation, lightness] = classColour(index)
    .match(/\d+/g)!
    .map(Number);
  const light = lightness / 100;
  const chroma = (saturation / 100) * Math.min(light, 1 - light);
  const channel = (shift: number): number => {
    const turn = (shift + hue / 30) % 12;
    const share =
      light - chroma * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
    return Math.round(share * 255);
  };
  return [channel(0), channel(8), channel(4)];
}
