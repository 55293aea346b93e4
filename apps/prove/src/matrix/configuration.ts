import type { LayerName } from '@sevenfold/event'

/** A set of layers that stand in the path; each has a port of its own. */
export interface Configuration {
  /** `none`, `edge`, `edge+detection` …; the layers in the order of the design. */
  readonly name: string
  readonly layers: readonly LayerName[]
}

/** The configuration of a set of layers, in the given order. */
export function configurationOf(layers: readonly LayerName[]): Configuration {
  return { name: layers.length === 0 ? 'none' : layers.join('+'), layers }
}

/** The configurations of a proof, each set of layers once. */
export interface Plan {
  readonly layers: readonly LayerName[]
  readonly none: Configuration
  readonly all: Configuration
  readonly alone: ReadonlyMap<LayerName, Configuration>
  readonly without: ReadonlyMap<LayerName, Configuration>
  /** Every different configuration once, `none` first. */
  readonly distinct: readonly Configuration[]
}

/**
 * Plans none, each layer alone, all without each, and all. With two layers "without A" is "B alone": such a
 * configuration is run once and read twice.
 */
export function planConfigurations(layers: readonly LayerName[]): Plan {
  const distinct = new Map<string, Configuration>()
  const add = (wanted: readonly LayerName[]): Configuration => {
    const made = configurationOf(wanted)
    const known = distinct.get(made.name) ?? made
    distinct.set(made.name, known)
    return known
  }
  const none = add([])
  const alone = new Map(layers.map((layer) => [layer, add([layer])]))
  const without = new Map(layers.map((layer) => [layer, add(layers.filter((other) => other !== layer))]))
  const all = add(layers)
  return { layers, none, all, alone, without, distinct: [...distinct.values()] }
}
