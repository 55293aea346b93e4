import { type CharSet } from './char-set.ts'

/**
 * The members, up to `max`, of a Unicode general category or script by its Go name (`L`, `Lu`, `Greek`), from the tables
 * of the JavaScript engine. Undefined when there is no such class. `Any` is everything.
 */
export function unicodeClass(name: string, max = 0x10ffff): CharSet | undefined {
  if (name === 'Any') return [0, max]
  if (!/^[A-Z][A-Za-z_]{0,31}$/.test(name)) return undefined
  const tester = propertyTester(`General_Category=${name}`) ?? propertyTester(`Script=${name}`)
  return tester === undefined ? undefined : membersOf(tester, max)
}

function propertyTester(property: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${property}}$`, 'u')
  } catch {
    return undefined // no such property: the caller reports the name
  }
}

function membersOf(tester: RegExp, max: number): CharSet {
  const out: number[] = []
  let start = -1
  for (let code = 0; code <= max + 1; code++) {
    const member = code <= max && tester.test(String.fromCodePoint(code))
    if (member && start < 0) start = code
    if (!member && start >= 0) {
      out.push(start, code - 1)
      start = -1
    }
  }
  return out
}
