/** With a capital, as labels of dictionaries often lack it. */
export const titled = (label: string): string => label.charAt(0).toUpperCase() + label.slice(1);

/** Minutes and seconds. */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
