import type { ProofCost, ProofDisturbance, ProofFigure, ProofLoad } from '@sevenfold/event'

/** One measured load, named for readers. */
export interface CostRow {
  readonly name: string
  readonly load: ProofLoad
  /** CPU per request against the bare application; undefined where it cannot be told. */
  readonly ratio: number | undefined
}

/** The four steps in their order; empty when costs were not measured. */
export function costRows(cost: ProofCost): readonly CostRow[] {
  const { bare, layers = {}, attackers, together, cpuPerRequest = {} } = cost
  const rows: readonly (readonly [string, ProofLoad | undefined, number | undefined])[] = [
    ['no layer', bare, bare?.cpuMsPerRequest === undefined ? undefined : 1],
    ...Object.entries(layers).map(
      ([name, load]) =>
        [name.includes('+') ? 'all layers' : `${name} alone`, load, cpuPerRequest[name]] as const,
    ),
    ['attackers alone, all layers', attackers, undefined],
    ['visitors among attackers, all layers', together, undefined],
  ]
  return rows.flatMap(([name, load, ratio]) => (load === undefined ? [] : [{ name, load, ratio }]))
}

/** `1.25 (0.94–1.77)`: the median, and the lowest and highest repeat. */
export function figureText({ median, low, high }: ProofFigure): string {
  const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}

/** Memory of all processes of a load, in MiB; undefined where the system does not tell. */
export function memoryTotal({ memoryMiB }: ProofLoad): number | undefined {
  return memoryMiB === undefined ? undefined : Object.values(memoryMiB).reduce((sum, value) => sum + value, 0)
}

/** `ledger stalled`, or what it is called when nothing was disturbed. */
export function disturbanceName({ part, kind }: ProofDisturbance): string {
  return kind === 'none' ? `${part}, undisturbed` : `${part} ${kind}`
}

/** Share of requests that were served, in percent, rounded down so that 100 means all. */
export function servedShare({ requests, served }: ProofDisturbance): number {
  return requests === 0 ? 0 : Math.floor((served / requests) * 1000) / 10
}
