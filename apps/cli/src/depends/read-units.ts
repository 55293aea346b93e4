import type { Dependency, DependencyKind } from './dependency.ts'
import { layerOfText } from './layer-of-text.ts'

/** One file that was read. */
export interface NamedText {
  readonly path: string
  readonly text: string
}

/** Settings of a unit file by section and name; a name may stand several times (systemd.syntax(7)). */
export function parseUnit(text: string): ReadonlyMap<string, readonly string[]> {
  const settings = new Map<string, string[]>()
  let section = ''
  const joined = text.replaceAll(/\\\r?\n/g, ' ')
  for (const line of joined.split(/\r?\n/)) {
    const head = /^\s*\[([A-Za-z]+)\]\s*$/.exec(line)
    if (head !== null) section = head[1] ?? ''
    const pair = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line)
    if (pair === null || /^\s*[#;]/.test(line)) continue
    const key = `${section}.${pair[1] ?? ''}`
    // An empty value empties the list.
    if (pair[2] === '') settings.set(key, [])
    else settings.set(key, [...(settings.get(key) ?? []), pair[2] ?? ''])
  }
  return settings
}

const words = (values: readonly string[] | undefined): readonly string[] =>
  (values ?? []).flatMap((value) => value.split(/\s+/)).filter((word) => word !== '')

const kinds: readonly (readonly [key: string, kind: DependencyKind])[] = [
  ['Unit.Requires', 'service'],
  ['Unit.BindsTo', 'service'],
  ['Unit.PartOf', 'service'],
  ['Service.EnvironmentFile', 'credential'],
  ['Service.LoadCredential', 'credential'],
  ['Service.LoadCredentialEncrypted', 'credential'],
  ['Service.ReadWritePaths', 'volume'],
  ['Service.StateDirectory', 'volume'],
  ['Service.BindPaths', 'volume'],
  ['Service.LogsDirectory', 'log path'],
  ['Service.StandardOutput', 'log path'],
  ['Service.StandardError', 'log path'],
  ['Service.NetworkNamespacePath', 'network'],
  ['Unit.JoinsNamespaceOf', 'network'],
]

/** What a setting names: a credential by its file, a log by its path; the journal is everybody's and no path. */
function nameOf(kind: DependencyKind, word: string): string | undefined {
  const plain = word.replace(/^-/, '')
  if (kind === 'credential') return /^[^/:]+:(\/.+)$/.exec(plain)?.[1] ?? plain
  if (kind !== 'log path') return plain
  const file = /^(?:append|file|truncate):(.+)$/.exec(plain)?.[1]
  return file ?? (/^(?:inherit|null|tty|journal|kmsg|socket|fd:)/.test(plain) ? undefined : plain)
}

/** What the unit files of our parts lean on. Without `User=` a system service runs as root. */
export function readUnits(files: readonly NamedText[]): readonly Dependency[] {
  return files.flatMap(({ path, text }): Dependency[] => {
    const settings = parseUnit(text)
    const layer = layerOfText(`${path} ${words(settings.get('Service.ExecStart')).join(' ')}`)
    if (layer === undefined) return []
    const of = (kind: DependencyKind, name: string): Dependency => ({ layer, kind, name, evidence: path })
    const [user = 'root'] = settings.get('Service.User') ?? []
    const isDynamic = settings.get('Service.DynamicUser')?.at(-1) === 'yes'
    return [
      ...(isDynamic ? [] : [of('user', user)]),
      ...kinds.flatMap(([key, kind]) =>
        words(settings.get(key)).flatMap((word) => {
          const name = nameOf(kind, word)
          return name === undefined ? [] : [of(kind, name)]
        }),
      ),
    ]
  })
}
