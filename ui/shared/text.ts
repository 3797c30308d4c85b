/** With a capital, as labels of dictionaries often lack it. */
export const titled = (label: string): string => label.charAt(0).toUpperCase() + label.slice(1);
