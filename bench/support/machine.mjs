import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What the figures were measured on. */
export function describeMachine() {
  const [{ model }] = cpus();
  const memory = Math.round(totalmem() / 1e9);
  return {
    machine: `${cpus().length} × ${model.trim()}, ${memory} GB, ${platform()} ${release()} ${arch()}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** How busy the machine was during the last minute, apart from what this process does. */
export function readLoad() {
  return loadavg()[0].toFixed(1);
}

export function readVersion(root) {
  return JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version;
}
