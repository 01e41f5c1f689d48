import { readdirSync } from 'node:fs';

export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, continued lines joined. */
export function parseDockerfile(source: string): Instruction[] {
  const lines = source
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (name === '') throw new Error(`no instruction: ${line}`);
    return { name, rest };
  });
}

/** What is wrong with it, in words; `directory` is where it is built. */
export function lintDockerfile(source: string, directory: string): string[] {
  const all = parseDockerfile(source);
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const at = (name: string): number => last.findLastIndex((one) => one.name === name);
  return [
    ...all.filter(({ name }) => !KNOWN.has(name)).map(({ name }) => `unknown: ${name}`),
    ...all.flatMap(({ name, rest }) => (name === 'COPY' ? lintCopy(rest, { all, directory }) : [])),
    ...last
      .filter(({ name }) => name === 'CMD' || name === 'ENTRYPOINT')
      .filter(({ rest }) => !isWords(rest))
      .map(({ name }) => `${name} is run by a shell, which takes no signals`),
    ...(at('USER') === -1 || /^(root|0)\b/.test(last[at('USER')]?.rest ?? '')
      ? ['runs as root']
      : []),
    ...(at('CMD') > at('USER') && at('USER') > at('COPY')
      ? []
      : ['USER belongs between COPY and CMD']),
    ...(at('HEALTHCHECK') === -1 ? ['no HEALTHCHECK'] : []),
    ...all
      .filter(({ name, rest }) => name === 'FROM' && !/^[\w./-]+:[\w.-]+( AS \w+)?$/.test(rest))
      .map(({ rest }) => `an image without a version: ${rest}`),
  ];
}

/** The words of an instruction in the form that no shell reads. */
export function readWords(instructions: readonly Instruction[], name: string): string[] {
  const { rest = '' } = instructions.findLast((one) => one.name === name) ?? {};
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[];
}

const KNOWN = new Set(
  'FROM WORKDIR COPY RUN ENV USER EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD'.split(' '),
);

function lintCopy(
  rest: string,
  { all, directory }: { readonly all: readonly Instruction[]; readonly directory: string },
): string[] {
  const words = rest.split(' ');
  const from = /^--from=(\w+)$/.exec(words[0] ?? '')?.[1];
  if (from !== undefined) {
    const isStage = all.some(
      ({ name, rest: image }) => name === 'FROM' && image.endsWith(` AS ${from}`),
    );
    return isStage ? [] : [`no stage ${from}`];
  }
  return words
    .slice(0, -1)
    .filter((source) => {
      const pattern = new RegExp(`^${source.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
      return !readdirSync(directory).some((file) => pattern.test(file));
    })
    .map((source) => `nothing to copy: ${source}`);
}

function isWords(text: string): boolean {
  return /^\[".*"\]$/.test(text);
}
