/** Something the user can put right: the message says how, and no stack trace is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** The reason in an error of the operating system, in words. */
export function fileProblem(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'it is not allowed';
    case 'EISDIR':
      return 'it is a folder, and a file is needed';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of the path is a file, and a folder is needed';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
