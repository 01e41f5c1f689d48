import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAX_MAP_LENGTH = 8_000_000;
const MAX_FILES = 20;
const PLACE = /(?:file:\/\/)?\/[^\s():]+:\d{1,9}:\d{1,9}/g;
const LINK = /\/\/# sourceMappingURL=(\S+)\s*$/;

/**
 * Makes a function that rewrites the places in a stack from compiled files to their sources.
 *
 * It is done here, when there is something to report, because Node's own `--enable-source-maps` makes
 * each Error of the server slower. A file without a readable map stays as it is.
 *
 * @param readSource - content of a file; null when it cannot be had
 */
export function createStackMapper(
  readSource: (file: string) => string | null,
): (stack: string) => string {
  const maps = new Map<string, SourceMap | null>();
  const mapOf = (file: string): SourceMap | null => {
    const known = maps.get(file);
    if (known !== undefined || maps.size >= MAX_FILES) return known ?? null;
    const found = readMap(file, readSource);
    maps.set(file, found);
    return found;
  };
  return (stack) => stack.replace(PLACE, (place) => mapPlace(place, mapOf) ?? place);
}

function mapPlace(place: string, mapOf: (file: string) => SourceMap | null): string | null {
  const [, location = '', line = '', column = ''] = /^(.+):(\d+):(\d+)$/.exec(place) ?? [];
  const file = toPath(location);
  const map = file === null ? null : mapOf(file);
  if (file === null || map === null) return null;
  const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
  if (!('originalSource' in entry)) return null;
  const source = toPath(entry.originalSource, dirname(file));
  if (source === null) return null;
  return `${source}:${String(entry.originalLine + 1)}:${String(entry.originalColumn + 1)}`;
}

function readMap(file: string, readSource: (file: string) => string | null): SourceMap | null {
  const link = LINK.exec(readSource(file)?.slice(-MAX_MAP_LENGTH) ?? '')?.[1];
  if (link === undefined) return null;
  try {
    const text = link.startsWith('data:')
      ? decodeData(link)
      : readSource(resolve(dirname(file), link));
    if (text === null || text.length > MAX_MAP_LENGTH) return null;
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return null;
  }
}

function decodeData(link: string): string | null {
  const comma = link.indexOf(',');
  const body = link.slice(comma + 1);
  if (comma === -1) return null;
  return link.slice(0, comma).endsWith(';base64')
    ? Buffer.from(body, 'base64').toString('utf8')
    : decodeURIComponent(body);
}

function toPath(location: string, base?: string): string | null {
  try {
    if (location.startsWith('file:')) return fileURLToPath(location);
  } catch {
    return null;
  }
  if (isAbsolute(location)) return location;
  return base === undefined || /^[a-z][a-z\d+.-]*:/i.test(location)
    ? null
    : resolve(base, location);
}
