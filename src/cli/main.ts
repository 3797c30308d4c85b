#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';
import { isTrainingThread } from './training-threads.ts';

// A reader that had enough (head, less) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

// When built, a training thread runs this same file; its work is begun by the import above.
if (!isTrainingThread()) process.exitCode = await runCommandLine(process.argv.slice(2), process);
