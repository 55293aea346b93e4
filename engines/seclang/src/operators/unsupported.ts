import type { Operator } from './operator.ts'

const NEEDS: readonly (readonly [name: string, need: string])[] = [
  ['fuzzyHash', 'a fuzzy-hash library (ssdeep)'],
  ['geoLookup', 'a GeoIP database'],
  ['gsbLookup', 'a Safe Browsing database, which no longer exists'],
  ['inspectFile', 'an external script or Lua'],
  ['rbl', 'a DNS query during the request'],
  ['rsub', 'rewriting of streams, which ModSecurity 3 has not either'],
  ['validateDTD', 'an external DTD file'],
  ['validateHash', 'hash injection, which ModSecurity 3 has not either'],
  ['validateSchema', 'an external XML schema file'],
]

/** An operator that needs what is not there during a request. */
export class UnsupportedOperator extends Error {}

/** Operators of the language that are known and refused: compiling one throws with the reason. */
export const unsupportedOperators: readonly Operator[] = NEEDS.map(([name, need]) => ({
  name,
  compile() {
    throw new UnsupportedOperator(`@${name} is not supported: it needs ${need}`)
  },
}))
