/** Kinds of things that layers may share, those whose failure takes most with it first. */
export const dependencyKinds = [
  'user',
  'host',
  'service',
  'volume',
  'credential',
  'network',
  'log path',
  'package',
] as const

/** One kind. */
export type DependencyKind = (typeof dependencyKinds)[number]

/** A layer leans on something. */
export interface Dependency {
  /** Layer or part. */
  readonly layer: string
  readonly kind: DependencyKind
  readonly name: string
  /** Where this stands: a file, a process, a manifest. */
  readonly evidence: string
}

/** Something that two or more layers lean on. */
export interface SharedDependency {
  readonly kind: DependencyKind
  readonly name: string
  readonly layers: readonly string[]
  /** What happens when it fails or is taken over. */
  readonly failure: string
  /** True when that failure stops what the layers defend, not only what they report. */
  readonly takesDown: boolean
  readonly evidence: readonly string[]
}

const failures: Readonly<Record<DependencyKind, { readonly text: string; readonly takesDown: boolean }>> = {
  user: {
    text: 'whoever gets the rights of this user reads the keys of all of them and can stop them',
    takesDown: true,
  },
  host: { text: 'when the machine fails or is taken over, all of them are', takesDown: true },
  service: { text: 'when it stops, all of them stop or go on without it', takesDown: true },
  volume: { text: 'when it is full or lost, none of them can write', takesDown: true },
  credential: { text: 'whoever has it can speak as each of them', takesDown: true },
  network: { text: 'who is inside reaches all of them', takesDown: false },
  'log path': { text: 'whoever rewrites it blinds all of them at once', takesDown: false },
  package: { text: 'a flaw in it is a flaw in all of them', takesDown: false },
}

/** What two or more layers lean on; what takes most layers down comes first. */
export function sharedAmong(dependencies: readonly Dependency[]): readonly SharedDependency[] {
  const groups = new Map<string, Dependency[]>()
  for (const dependency of dependencies) {
    const key = `${dependency.kind} ${dependency.name}`
    const group = groups.get(key) ?? []
    group.push(dependency)
    groups.set(key, group)
  }
  return [...groups.values()]
    .flatMap((group): SharedDependency[] => {
      const [first] = group
      const layers = [...new Set(group.map(({ layer }) => layer))].toSorted()
      if (first === undefined || layers.length < 2) return []
      const { text, takesDown } = failures[first.kind]
      const evidence = [...new Set(group.map((one) => one.evidence))].slice(0, 10)
      return [{ kind: first.kind, name: first.name, layers, failure: text, takesDown, evidence }]
    })
    .toSorted(
      (a, b) =>
        dependencyKinds.indexOf(a.kind) - dependencyKinds.indexOf(b.kind) ||
        b.layers.length - a.layers.length ||
        a.name.localeCompare(b.name),
    )
}
