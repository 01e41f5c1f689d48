import { VigilError } from '../errors.ts';

/** Where something stands in an event specification; lines and columns are counted from 1. */
export interface EsfPlace {
  readonly line: number;
  readonly column: number;
}

/** An event specification that cannot be read; its text begins with `file:line:column`. */
export class EsfError extends VigilError {
  readonly line: number;
  readonly column: number;

  constructor(file: string, { line, column }: EsfPlace, problem: string) {
    super('ERR_ESF', `${file}:${line}:${column}: ${problem}`);
    this.name = 'EsfError';
    this.line = line;
    this.column = column;
  }
}
