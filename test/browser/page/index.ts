import * as standardized from 'standardized-audio-context';
import * as sotto from '../../../src/index.ts';

/** What tests reach from a page: the library as a bundler would deliver it, and the other family of contexts. */
declare global {
  interface Window {
    sotto: typeof sotto;
    standardized: typeof standardized;
  }
}

window.sotto = sotto;
window.standardized = standardized;
document.title = 'ready';
