import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VigilError } from '../errors.ts';
import type { ExportedFile } from '../fleet/export/export-facts.ts';
import { writeFileWhole } from '../util/durable-file.ts';
import { toPrintable } from './output.ts';
import type { VerbCall } from './verb.ts';

const READABLE = 0o644;
const OWN = 0o600;

/** Writes what was exported into a folder, secrets for their owner alone. @throws ERR_FILE_WRITE */
export async function writeExport(
  files: readonly ExportedFile[],
  directory: string,
  { output, arguments: given }: VerbCall,
): Promise<void> {
  const written: string[] = [];
  for (const { path, text, isSecret } of files) {
    const file = join(directory, path);
    try {
      mkdirSync(dirname(file), { recursive: true });
      await writeFileWhole(file, text, isSecret ? OWN : READABLE);
    } catch (cause) {
      const why = (cause as Error).message;
      throw new VigilError('ERR_FILE_WRITE', `${file} cannot be written: ${why}`, { cause });
    }
    written.push(file);
  }
  if (given.isOn('json')) output.printJson({ files: written });
  else for (const file of written) output.print(toPrintable(file));
}
