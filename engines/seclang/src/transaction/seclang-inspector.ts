import type { ConnectionInfo, Inspector } from '@sevenfold/event'

import type { CompiledRuleSet } from '../compile/compiled-rule-set.ts'
import { createMemoryStore } from './collection-store.ts'
import type { CollectionStore } from './collection-store.ts'
import { SeclangInspection } from './seclang-inspection.ts'
import type { Tracer } from './tracer.ts'
import { Transaction } from './transaction.ts'

/** Steps of one call when the caller names no other number: enough for any ordinary request. */
export const defaultSliceSteps = 200_000
/** Steps of one transaction when the caller names no other number. */
export const defaultTotalSteps = 20_000_000

/** Surroundings and limits of the inspections that an inspector makes. */
export interface InspectorOptions {
  /** Where persistent collections live; default: in memory, for this inspector alone. */
  readonly store?: CollectionStore
  /** Members of ENV. */
  readonly environment?: ReadonlyMap<string, string>
  /** Steps until `yield`, per call. */
  readonly sliceSteps?: number
  /** Steps until `exhausted`, per transaction. */
  readonly totalSteps?: number
  /** Receives every step; the prefilter is then not used. */
  readonly tracer?: Tracer
}

/** Inspections that can also show the transaction behind them, for reports of this package. */
export interface SeclangInspector extends Inspector {
  open(connection: ConnectionInfo): SeclangInspection
}

/** Makes an inspector over a compiled rule set. It holds no state besides the store. */
export function createSeclangInspector(
  ruleSet: CompiledRuleSet,
  options: InspectorOptions = {},
): SeclangInspector {
  const surroundings = {
    store: options.store ?? createMemoryStore(),
    environment: options.environment ?? new Map<string, string>(),
    tracer: options.tracer ?? null,
  }
  const limits = {
    sliceSteps: options.sliceSteps ?? defaultSliceSteps,
    totalSteps: options.totalSteps ?? defaultTotalSteps,
  }
  return {
    open: (connection) => new SeclangInspection(new Transaction(ruleSet, connection, surroundings), limits),
  }
}
