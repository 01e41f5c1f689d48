import { listByVariable, type NamedProcess } from '../../process/process-tree.ts';
import { MARKER_VARIABLE } from '../server-boot.ts';
import { isLeftBehind } from './session-mark.ts';

/** More are counted by nobody who has to end them. */
const MOST = 20;

/** The processes of an earlier run of this session that still run although its monitor is gone. @lazy */
export function findLeftBehind(stateDirectory: string): NamedProcess[] {
  const accepts = (mark: string): boolean => isLeftBehind(mark, stateDirectory);
  return listByVariable(MARKER_VARIABLE, accepts).slice(0, MOST);
}
