import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentProgram } from './bootstrap.ts';

/** Made by the build: one file that needs nothing but Node. */
const FILE = join(__dirname, '..', '..', '..', 'dist', 'fleet', 'hosts', 'agent.cjs');

/** The program that is run on hosts. */
export function readAgentProgram(): AgentProgram {
  const bytes = readFileSync(FILE);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
