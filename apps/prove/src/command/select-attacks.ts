import type { AttackFacts } from '../attack/attack.ts'
import { UsageError } from './usage-error.ts'

/** The attacks that were asked for. Throws `UsageError` for a name that is neither an attack nor a class. */
export function selectAttacks<A extends AttackFacts>(
  catalogue: readonly A[],
  wish: { readonly quick: boolean; readonly only: readonly string[] },
): readonly A[] {
  for (const name of wish.only) {
    if (!catalogue.some((attack) => attack.id === name || attack.class === name)) {
      throw new UsageError(`--only ${name}: no attack and no class of that name; --list shows them`)
    }
  }
  return catalogue.filter((attack) => {
    const isWanted =
      wish.only.length === 0 || wish.only.includes(attack.id) || wish.only.includes(attack.class)
    return isWanted && !(wish.quick && attack.slow === true)
  })
}
