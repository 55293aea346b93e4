/** Where it is known from that a layer meets a technique. */
export interface Covers {
  readonly technique: string
  readonly layer: string
  /** `sees`: a rule reports it. `stops`: a proof showed that it stops an attack alone. */
  readonly how: 'sees' | 'stops'
  /** Rule or attack. */
  readonly by: string
}

/** One technique with the layers that meet it. */
export interface TechniqueCoverage {
  readonly technique: string
  readonly tactics: readonly string[]
  readonly stops: Readonly<Record<string, readonly string[]>>
  readonly sees: Readonly<Record<string, readonly string[]>>
  /** Attacks and rules that go through it. */
  readonly weight: number
  /** Distinct layers that stop or see it. */
  readonly depth: number
}

function byLayer(covers: readonly Covers[], how: Covers['how']): Record<string, string[]> {
  const map: Record<string, string[]> = {}
  for (const { layer, by } of covers.filter((one) => one.how === how)) (map[layer] ??= []).push(by)
  return map
}

/** Coverage of every technique that is known here, the most used first. */
export function coverageOf(
  covers: readonly Covers[],
  tactics: ReadonlyMap<string, ReadonlySet<string>>,
): readonly TechniqueCoverage[] {
  const techniques = [...new Set(covers.map(({ technique }) => technique))]
  return techniques
    .map((technique): TechniqueCoverage => {
      const mine = covers.filter((one) => one.technique === technique)
      return {
        technique,
        tactics: [...(tactics.get(technique) ?? [])].toSorted(),
        stops: byLayer(mine, 'stops'),
        sees: byLayer(mine, 'sees'),
        weight: new Set(mine.map(({ by }) => by)).size,
        depth: new Set(mine.map(({ layer }) => layer)).size,
      }
    })
    .toSorted((a, b) => b.weight - a.weight || a.technique.localeCompare(b.technique))
}

/** Techniques through which most ways lead: to close one of them closes many attacks, and to miss it loses them. */
export function chokePoints(coverage: readonly TechniqueCoverage[], most = 5): readonly TechniqueCoverage[] {
  return coverage
    .toSorted((a, b) => b.weight * (1 + b.tactics.length) - a.weight * (1 + a.tactics.length))
    .slice(0, most)
}

/** A layer of ATT&CK Navigator (layer format 4.4): the score of a technique is the number of our layers that meet it. */
export function navigatorLayer(coverage: readonly TechniqueCoverage[], name: string): object {
  return {
    name,
    versions: { attack: '19', navigator: '4.8.1', layer: '4.4' },
    domain: 'enterprise-attack',
    description: 'Layers of Sevenfold that stop or see each technique',
    sorting: 3,
    hideDisabled: false,
    techniques: coverage.map(({ technique, stops, sees, depth }) => ({
      techniqueID: technique,
      score: depth,
      enabled: true,
      comment: [
        ...Object.entries(stops).map(([layer, by]) => `${layer} stops ${by.length} attacks`),
        ...Object.entries(sees).map(([layer, by]) => `${layer}: ${by.slice(0, 5).join(', ')}`),
      ].join('; '),
      metadata: [
        { name: 'stops', value: Object.keys(stops).join(', ') || 'none' },
        { name: 'sees', value: Object.keys(sees).join(', ') || 'none' },
      ],
    })),
    gradient: { colors: ['#ffe0b2', '#a5d6a7', '#1b5e20'], minValue: 0, maxValue: 7 },
    legendItems: [],
    showTacticRowBackground: false,
  }
}
