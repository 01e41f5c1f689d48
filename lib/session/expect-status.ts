import { ANY_ANSWER } from './server-boot.ts';

/** The status codes a poll takes for good: without a configured route any complete answer below 500. */
export function resolveExpectStatus(polling: {
  readonly routeIsSet: boolean;
  readonly expectStatus: readonly [number, number];
}): readonly [number, number] {
  return polling.routeIsSet ? polling.expectStatus : ANY_ANSWER;
}
