/** One colour per source, for faders, meters and activations. Chosen to stay apart for the common kinds of colour blindness. */
const PALETTE = ['#6fe9cb', '#ff9477', '#b7a4ff', '#6bbcff', '#ffd166', '#ff8fc7', '#9be564', '#e0b995'];

/** A source keeps its colour wherever its label turns up. */
const BY_LABEL: readonly [RegExp, number][] = [
  [/vocal|sing/i, 2],
  [/accomp|music|backing|instrument/i, 3],
  [/voice|speech/i, 0],
  [/noise|background/i, 1],
];

/** The colours of a dictionary's sources, all different. */
export function sourceColours(labels: readonly string[]): string[] {
  const free = PALETTE.map((_, index) => index);
  const take = (index: number | undefined): number | undefined => {
    const place = index === undefined ? -1 : free.indexOf(index);
    return place < 0 ? undefined : free.splice(place, 1)[0];
  };
  const wanted = labels.map((label) => take(BY_LABEL.find(([pattern]) => pattern.test(label))?.[1]));
  return wanted.map((index) => PALETTE[index ?? free.shift() ?? 0] ?? '#ffffff');
}
