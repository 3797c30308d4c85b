import { html, type TemplateResult } from 'lit';
import { DICTIONARY_FORMATS, type DictionaryFormat } from '../../src/dictionary/index.ts';
import type { AudioSession } from '../app/audio-session.ts';
import { EXPORT_TEXT } from '../app/export.ts';

/** A choice of formats; to choose one hands the dictionary to the user as a file. */
export function exportMenu(session: AudioSession, id: string): TemplateResult {
  const onChange = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const format = select.value as DictionaryFormat;
    select.value = '';
    void session.exportDictionary(id, format);
  };
  return html`<div class="select">
    <select aria-label="Export ${session.shelf.label(id)}" data-testid="export" @change=${onChange}>
      <option value="" selected disabled hidden>Export</option>
      ${DICTIONARY_FORMATS.map((format) => html`<option value=${format}>${EXPORT_TEXT[format]}</option>`)}
    </select>
  </div>`;
}
