import { createStackMapper } from '../../report/map-stack.ts';
import { readSource } from '../../report/read-source.ts';
import { projectFrames, projectPath } from '../../report/stack-frames.ts';

export interface DescribedStack {
  readonly stack: string;
  readonly place: string | null;
}

/** Applies source maps to a stack, and names the innermost call within the project. @lazy */
export function describeHangStack(raw: string, projectDirectory: string): DescribedStack {
  const stack = createStackMapper(readSource)(raw);
  const [frame] = projectFrames(stack, projectDirectory);
  if (frame === undefined) return { stack, place: null };
  const where = `${projectPath(frame.file, projectDirectory)}:${String(frame.line)}`;
  return { stack, place: frame.function === null ? where : `${frame.function} (${where})` };
}
