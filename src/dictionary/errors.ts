/** What is wrong with a dictionary, and what would be right, in one sentence that can be shown to a user. */
export class DictionaryError extends Error {
  override readonly name = 'DictionaryError';
}

/** A value of a file for an error message: quoted, without control characters, cut to a readable length. */
export function shown(value: unknown, longest = 60): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
