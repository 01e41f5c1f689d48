import type { FleetPlan } from '../plan/server-entry.ts';
import { createExportFacts, type ExportChoices } from './create-export-facts.ts';
import type { ExportedFile, ExportFacts } from './export-facts.ts';
import { exportToKubernetes } from './export-kubernetes.ts';
import { exportToNomad } from './export-nomad.ts';
import { exportToSystemd } from './export-systemd.ts';

const WRITERS: Readonly<Record<ExportChoices['to'], (facts: ExportFacts) => ExportedFile[]>> = {
  systemd: exportToSystemd,
  nomad: exportToNomad,
  kubernetes: exportToKubernetes,
};

/** What another engine needs to run the fleet of a configuration. @lazy */
export function exportFleet(plan: FleetPlan, choices: ExportChoices): ExportedFile[] {
  return WRITERS[choices.to](createExportFacts(plan, choices));
}
