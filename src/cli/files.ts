import { randomBytes } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError, fileProblem } from './errors.ts';

export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandError(`Cannot read ${file || '""'}: ${fileProblem(error)}.`);
  }
}

/** Checks, before any work is done, that a file can be written there. */
export async function checkWritable(file: string): Promise<void> {
  const folder = path.dirname(file);
  const folderStat = await stat(folder).catch((error: unknown) => {
    throw new CommandError(
      `Cannot write ${file}: the folder ${folder} cannot be used, ${fileProblem(error)}.`,
    );
  });
  if (!folderStat.isDirectory()) throw new CommandError(`Cannot write ${file}: ${folder} is not a folder.`);
  const target = await stat(file).catch(() => undefined);
  if (target && !target.isFile()) {
    throw new CommandError(
      `Cannot write ${file}: it is ${target.isDirectory() ? 'a folder' : 'not a plain file'}.`,
    );
  }
}

/** Writes a file whole or not at all: next to its place first, then renamed. A link is followed, not replaced. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await checkWritable(file);
  const target = await realpath(file).catch(() => file);
  const temporary = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new CommandError(`Cannot write ${file}: ${fileProblem(error)}.`);
  }
}
