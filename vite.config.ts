import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const { dependencies } = JSON.parse(readFileSync(path('package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
const external = [/^node:/, ...Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`))];

/** What is bundled keeps its notices. */
const LICENSES = { fileName: 'licenses.md' };

const library = (entry: string, fileName: string, more: UserConfig['build'] = {}): UserConfig => ({
  publicDir: false,
  base: './',
  build: {
    outDir: path('dist'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: true,
    lib: { entry: path(entry), formats: ['es'], fileName: () => fileName },
    ...more,
  },
});

/**
 * Four builds, one a mode: the worklet (one self-contained file without import or export, as worklet loaders need it), the library, the
 * command line, and the app (the default mode), which takes the built worklet as an asset.
 */
export default defineConfig(({ mode }) => {
  if (mode === 'worklet')
    return library('worklets/separator.worklet.ts', 'sotto.worklet.js', {
      minify: true,
      license: { fileName: 'licenses.worklet.md' },
    });
  if (mode === 'lib') return library('src/index.ts', 'sotto.js', { license: LICENSES });
  if (mode === 'cli') {
    return library('src/cli/main.ts', 'cli/sotto.js', { target: 'node20', rolldownOptions: { external } });
  }
  return {
    root: path('ui'),
    base: './',
    build: { outDir: path('dist/app'), emptyOutDir: true, target: 'es2022', license: LICENSES },
    server: { fs: { allow: [path('.')] } },
  };
});
