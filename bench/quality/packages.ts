import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { peersInstalled } from './systems/peers.ts';

/**
 * Installs the bench's own packages (the peers, and the runtime of the DNSMOS models) where they are missing. They are apart, so that
 * whoever builds Sotto need not have them. Returns why it could not, or nothing.
 */
export function installPackages(onProgress: (text: string) => void): string | undefined {
  if (peersInstalled()) return undefined;
  onProgress('Installing the packages of the bench ...');
  const folder = fileURLToPath(new URL('..', import.meta.url));
  // Their scripts are not needed: they fetch what runs on a GPU.
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return undefined;
  return `The packages in ${folder} could not be installed (${error?.message ?? `npm ended with ${status}`}).`;
}
