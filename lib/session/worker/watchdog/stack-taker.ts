import type { Debugger, Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { type Clock, waitFor } from '../../../util/clock.ts';
import type { SampledFrame } from './sampled-stack.ts';

export type StackSample =
  | { readonly kind: 'stack'; readonly frames: readonly SampledFrame[] }
  /** No JavaScript ran that could have been paused. */
  | { readonly kind: 'native' }
  /** A person has paused the loop in a debugger. */
  | { readonly kind: 'debugger' }
  | { readonly kind: 'unavailable'; readonly why: string };

interface Script {
  readonly url: string;
  /** What ran was made in memory, and only the code itself knows from what. */
  readonly carriesMap: boolean;
}

type PausedEvent = Debugger.PausedEventDataType;

const MAX_FRAMES = 50;
const MAX_CARRIED_MAPS = 3;
/** In characters: the thread's own memory is small. */
const MAX_CODE_LENGTH = 1_000_000;

/** Takes the stack of the process's main thread from another thread, through the inspector; no port is opened. */
export class StackTaker {
  readonly #clock: Clock;
  readonly #attemptMs: number;
  readonly #code = new Map<string, string>();

  constructor(clock: Clock, attemptMs: number) {
    this.#clock = clock;
    this.#attemptMs = attemptMs;
  }

  /**
   * Pauses the main thread, reads its frames and lets it go on. Whatever happens, after `attemptMs` it is
   * detached, which also resumes a main thread that is paused only then; never rejects.
   */
  async take(): Promise<StackSample> {
    let session: Session | null = null;
    try {
      const inspector = require('node:inspector') as typeof import('node:inspector');
      session = new inspector.Session();
      session.connectToMainThread();
      return await Promise.race([this.#ask(session), this.#giveUp()]);
    } catch (error) {
      return { kind: 'unavailable', why: error instanceof Error ? error.message : String(error) };
    } finally {
      session?.disconnect();
    }
  }

  /** The code of scripts whose source map is nowhere but in them, by path. */
  readCode(path: string): string | null {
    return this.#code.get(path) ?? null;
  }

  async #giveUp(): Promise<StackSample> {
    await waitFor(this.#clock, this.#attemptMs);
    return { kind: 'native' };
  }

  #ask(session: Session): Promise<StackSample> {
    return new Promise((resolve, reject) => {
      const scripts = new Map<string, Script>();
      let isEnabled = false;
      // An error thrown into the inspector would leave the main thread paused.
      const carefully = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      session.on('Debugger.scriptParsed', ({ params }) => {
        carefully(() => scripts.set(params.scriptId, describeScript(params)));
      });
      session.on('Debugger.paused', ({ params }) => {
        carefully(() => {
          // Told before the answer that it is enabled, it is somebody else's, and theirs to end.
          if (!isEnabled || isBreakpoint(params)) resolve({ kind: 'debugger' });
          else this.#read(session, readFrames(params, scripts), { scripts, resolve });
        });
      });
      session.post('Debugger.enable', (error) => {
        carefully(() => {
          if (error !== null) throw error;
          isEnabled = true;
        });
      });
      // In one go: a main thread that leaves native code meanwhile is met at once, not a few calls later.
      session.post('Debugger.pause');
    });
  }

  #read(
    session: Session,
    frames: readonly SampledFrame[],
    told: { scripts: Map<string, Script>; resolve: (sample: StackSample) => void },
  ): void {
    const wanted = this.#wantedCode(frames, told.scripts);
    let missing = wanted.length;
    const sample: StackSample = { kind: 'stack', frames };
    for (const { scriptId, path } of wanted) {
      session.post('Debugger.getScriptSource', { scriptId }, (error, answer) => {
        if (error === null) this.#code.set(path, answer.scriptSource);
        missing -= 1;
        if (missing === 0) told.resolve(sample);
      });
    }
    // Answers come in the order of the questions: the code is read while the main thread is paused.
    session.post('Debugger.resume');
    if (missing === 0) told.resolve(sample);
  }

  #wantedCode(
    frames: readonly SampledFrame[],
    scripts: ReadonlyMap<string, Script>,
  ): { scriptId: string; path: string }[] {
    const wanted = new Map<string, string>();
    for (const { scriptId, place } of frames) {
      const isKnown = this.#code.has(place) || this.#code.size + wanted.size >= MAX_CARRIED_MAPS;
      if (!isKnown && scripts.get(scriptId)?.carriesMap === true) wanted.set(place, scriptId);
    }
    return [...wanted].map(([path, scriptId]) => ({ scriptId, path }));
  }
}

function describeScript(params: Debugger.ScriptParsedEventDataType): Script {
  const carriesMap = params.sourceMapURL?.startsWith('data:') === true;
  return { url: params.url, carriesMap: carriesMap && (params.length ?? 0) < MAX_CODE_LENGTH };
}

function isBreakpoint({ reason, hitBreakpoints = [] }: PausedEvent): boolean {
  return hitBreakpoints.length > 0 || reason !== 'other';
}

function readFrames(
  { callFrames }: PausedEvent,
  scripts: ReadonlyMap<string, Script>,
): SampledFrame[] {
  return callFrames.slice(0, MAX_FRAMES).map(({ functionName, location, functionLocation }) => {
    const { scriptId, lineNumber, columnNumber = 0 } = location;
    const begins = functionLocation ?? location;
    return {
      function: functionName,
      functionId: [scriptId, begins.lineNumber, begins.columnNumber ?? 0].join(':'),
      scriptId,
      place: toPlace(scripts.get(scriptId)?.url ?? ''),
      line: lineNumber + 1,
      column: columnNumber + 1,
    };
  });
}

/** A path where it can stand in a stack as one; other locations as they are. */
function toPlace(url: string): string {
  if (url === '') return '<anonymous>';
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url);
  return /[\s():]/.test(path) ? url : path;
}
