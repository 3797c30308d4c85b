const VOICES = ['voice', 'speech'];

/** Whether a source of this label is one voice, which has one pitch: what is sung over itself, as in songs, is called vocals. */
export const isVoice = (label: string): boolean => VOICES.includes(label.toLowerCase());
