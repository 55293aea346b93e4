import { canExplode, mayExplode, readRegex } from '../lexers/regex-tree.ts'
import { regexGateName, repeatedGroup } from './regex.ts'

const maxKnown = 2_000
// Without a group that is repeated, nothing is read.
const worthReading = new RegExp(repeatedGroup)

/**
 * Regular expressions that are made at run time go through the same gate as those in sources. The constructor shares its
 * prototype with the native one, whose `constructor` stays native: replacing that would take V8's fast paths away.
 */
export function hookRegexConstructor(): void {
  const native = RegExp
  const gate = (globalThis as unknown as Readonly<Record<string, (regex: RegExp) => RegExp>>)[regexGateName]
  if (gate === undefined) return
  const known = new Map<string, boolean>()
  const isDangerous = ({ source, flags }: RegExp): boolean => {
    const key = `${source}/${flags}`
    let answer = known.get(key)
    if (answer === undefined) {
      const tree = mayExplode(source) ? readRegex(source, flags) : undefined
      answer = tree !== undefined && canExplode(tree)
      if (known.size >= maxKnown) known.clear()
      known.set(key, answer)
    }
    return answer
  }
  const make = (pattern: string, flags: string | undefined, target: unknown): RegExp => {
    if (target === undefined) return native(pattern, flags)
    return target === guarded
      ? new native(pattern, flags)
      : Reflect.construct(native, [pattern, flags], target as typeof RegExp)
  }
  const guarded = function (this: unknown, pattern: unknown, flags: unknown): unknown {
    const made = make(pattern as string, flags as string | undefined, new.target)
    if (typeof pattern !== 'string' || !worthReading.test(pattern) || Object.hasOwn(made, 'exec')) return made
    return isDangerous(made) ? gate(made) : made
  } as unknown as RegExpConstructor
  for (const key of Reflect.ownKeys(native)) {
    const descriptor = Object.getOwnPropertyDescriptor(native, key)
    if (descriptor === undefined) continue
    // What the last match left (`RegExp.$1`) is told by the native constructor only.
    const isLegacy = descriptor.get !== undefined && key !== Symbol.species
    Object.defineProperty(
      guarded,
      key,
      isLegacy
        ? {
            ...descriptor,
            get: (): unknown => Reflect.get(native, key),
            set: (value: unknown) => void Reflect.set(native, key, value),
          }
        : descriptor,
    )
  }
  Object.defineProperty(globalThis, 'RegExp', {
    value: guarded,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
