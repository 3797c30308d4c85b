import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav.ts';
import { readSafetensors } from '../../../src/dictionary/index.ts';
import { runHere } from '../../helpers/run-cli.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const example = (name: string): Promise<string> =>
  readFile(path.join(ROOT, 'examples/training', name), 'utf8');
const SHARDS = 3;
let folder = '';
const at = (name: string): string => path.join(folder, name);

/** Runs a shell script in which "npx sotto" is the command line from its sources. */
function shell(
  script: string,
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const sotto = `"${process.execPath}" --import tsx src/cli/main.ts`;
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', script.replaceAll('npx sotto', sotto)], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** As much of YAML as the manifest needs: documents, and the folded script (">-") under `args` of each. */
function scripts(yaml: string): string[] {
  return yaml.split(/^---$/m).map((document) => {
    const lines = document.split('\n');
    const start = lines.findIndex((line) => /^\s*- >-$/.test(line));
    expect(start, 'a folded script').toBeGreaterThan(0);
    expect(lines[start - 1]!.trim()).toBe('args:');
    expect(lines[start - 2]!.trim()).toBe("command: ['/bin/sh', '-c']");
    const indent = /^ */.exec(lines[start + 1]!)![0].length;
    const end = lines.findIndex((line, i) => i > start && /^ */.exec(line)![0].length < indent);
    return lines
      .slice(start + 1, end)
      .map((line) => line.trim())
      .join(' ');
  });
}

/** The one value of a key of a manifest. */
const valueOf = (yaml: string, key: string): string =>
  new RegExp(`^\\s*${key}: '?([^'\\n]+)'?$`, 'm').exec(yaml)![1]!;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sotto-examples-'));
  const save = async (name: string, samples: Float32Array): Promise<void> => {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), writeWav({ sampleRate: 16000, channels: [samples], format: 'pcm16' }).bytes);
  };
  for (let i = 0; i < 4; i++) await save(`voice/${i}.wav`, sine(8000, 300 + 200 * i, 16000));
  for (let i = 0; i < 3; i++) await save(`noise/${i}.wav`, noise(8000, i + 1));
  await mkdir(at('round'));
  const sources = ['-s', `voice=${at('voice')}`, '-s', `noise=${at('noise')}`];
  const grid = ['--sample-rate', '16000', '--fft-size', '512'];
  const first = [
    'train',
    '-o',
    at('round/start.safetensors'),
    ...sources,
    ...grid,
    '--atoms',
    '4',
    '--mini-batch',
  ];
  expect(await runHere(first)).toMatchObject({ code: 0 });
  const one = ['train', '-o', at('one.safetensors'), ...sources, ...grid, '--passes', '1'];
  expect(await runHere([...one, '--start', at('round/start.safetensors')])).toMatchObject({ code: 0 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The merged dictionary of a round is that of one run; atoms may come in another order, as those of a round are not sorted. */
async function expectOneRun(): Promise<void> {
  const merged = readSafetensors(await readFile(at('round/merged.safetensors')));
  const one = readSafetensors(await readFile(at('one.safetensors')));
  const rows = (d: typeof one): Float32Array[] =>
    Array.from({ length: d.atomCount }, (_, k) => d.atoms.slice(k * d.bins, (k + 1) * d.bins));
  for (const row of rows(one)) {
    expect(Math.min(...rows(merged).map((other) => maximumDifference(row, other)))).toBeLessThan(1e-6);
  }
  await rm(at('round/merged.safetensors'));
}

describe('the examples of array jobs', () => {
  it('Kubernetes: the indexed Job and the merge make what one run makes', async () => {
    const yaml = await example('kubernetes-indexed-job.yaml');
    const [shards, merge] = yaml.split(/^---$/m) as [string, string];
    expect(valueOf(shards, 'completionMode')).toBe('Indexed');
    expect(valueOf(shards, 'completions')).toBe(String(SHARDS));
    expect(shards).toMatch(new RegExp(`name: SOTTO_SHARDS\\n\\s*value: '${SHARDS}'`));
    for (const document of [shards, merge]) {
      expect(valueOf(document, 'apiVersion')).toBe('batch/v1');
      expect(valueOf(document, 'kind')).toBe('Job');
      expect(document).not.toContain('\t');
    }
    const [train, join] = scripts(yaml) as [string, string];
    const env = { SOTTO_DATA: folder, SOTTO_WORK: at('round'), SOTTO_SHARDS: String(SHARDS) };
    for (let i = 0; i < SHARDS; i++) {
      expect(await shell(train, { ...env, JOB_COMPLETION_INDEX: String(i) })).toMatchObject({ code: 0 });
    }
    expect(await shell(join, env)).toMatchObject({ code: 0 });
    await expectOneRun();
  });

  it('Slurm: the array and the merge make what one run makes', async () => {
    const [train, merge] = [await example('slurm-shards.sbatch'), await example('slurm-merge.sbatch')];
    expect(train).toMatch(/^#!\/bin\/sh\n#SBATCH /);
    expect(train).toMatch(new RegExp(`^#SBATCH --array=0-${SHARDS - 1}$`, 'm'));
    const env = { SOTTO_DATA: folder, SOTTO_WORK: at('round') };
    for (let i = 0; i < SHARDS; i++) {
      const task = {
        SLURM_ARRAY_TASK_ID: String(i),
        SLURM_ARRAY_TASK_COUNT: String(SHARDS),
        SLURM_CPUS_PER_TASK: '1',
      };
      expect(await shell(train, { ...env, ...task })).toMatchObject({ code: 0 });
    }
    expect(await shell(merge, env)).toMatchObject({ code: 0 });
    await expectOneRun();
  });
});
