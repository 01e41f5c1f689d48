/** One step from the fleet that is to the fleet that is configured. */
export interface PlannedChange {
  readonly kind: 'start' | 'replace' | 'stop';
  readonly id: string;
  readonly serverType: string;
  /** Sentences without a full stop. */
  readonly why: readonly string[];
}
